"""The item directory as YAML text, with the line of every fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml

from station_app.domain.directory_check import check_document
from station_app.domain.faults import Fault
from station_app.domain.items import Directory

_DEEPEST = 20
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """The safe loader that leaves dates as text: they are checked like every other field."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}


def parse_directory(text: str) -> tuple[Directory | None, tuple[Fault, ...]]:
    """Return the directory (None when there is an error) and every fault with its place and line."""
    try:
        refused = tuple(_refused(text))
        node, document = (None, None) if refused else _load(text)
    except yaml.YAMLError as error:
        line = _line_of(error, text)
        return None, (Fault("", "directory-yaml", {"line": line}, line=line),)
    except ValueError:
        return None, (Fault("", "directory-yaml-value"),)
    lines: dict[str, int] = {}
    refused += tuple(_walk(node, "", lines))
    if refused:
        return None, refused
    directory, faults = check_document(document)
    return directory, tuple(replace(fault, line=_nearest(fault.place, lines)) for fault in faults)


def _refused(text: str) -> Iterator[Fault]:
    """Yield what is not plain data: aliases (a small file could unfold to a huge one), tags, bottomless nesting."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        line = _line(event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST or getattr(event, "anchor", None) or getattr(event, "tag", None):
            yield Fault("", "directory-yaml-plain", {"line": line}, line=line)
            return


def _load(text: str) -> tuple[yaml.Node | None, object]:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def _line(mark: Any) -> int:
    return int(mark.line) + 1


def _line_of(error: yaml.YAMLError, text: str) -> int:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = _line(mark) if mark is not None else text.count("\n", 0, getattr(error, "position", 0)) + 1
    # A bracket that is never closed is noticed behind the last line.
    return min(line, max(len(text.splitlines()), 1))


def _walk(node: yaml.Node | None, place: str, lines: dict[str, int]) -> Iterator[Fault]:
    """Note the line of every place; yield keys written twice, of which YAML would keep the last without a word."""
    if node is None:
        return
    lines[place] = _line(node.start_mark)
    if isinstance(node, yaml.SequenceNode):
        for index, entry in enumerate(node.value):
            yield from _walk(entry, f"{place}[{index}]", lines)
    elif isinstance(node, yaml.MappingNode):
        yield from _walk_mapping(node, place, lines)


def _walk_mapping(node: yaml.MappingNode, place: str, lines: dict[str, int]) -> Iterator[Fault]:
    keys: set[str] = set()
    for key, value in node.value:
        name = str(key.value)
        below = f"{place}.{name}" if place else name
        if name in keys:
            yield Fault(below, "directory-key-twice", {"key": name}, line=_line(key.start_mark))
        keys.add(name)
        yield from _walk(value, below, lines)


def _nearest(place: str, lines: dict[str, int]) -> int | None:
    """Return the line of the place, or of the nearest part around it that the file has."""
    while place and place not in lines:
        place = re.sub(r"(^|\.)[^.\[\]]*$|\[\d+\]$", "", place)
    return lines.get(place)
