"""Every code that the program raises or records, with its parameters, read off the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "station_app"
# The one module beside the sentences that makes an error.
_RAISES = "messages/bugs.py"
# Functions that take a code and hand it to a StationError or a Fault.
_MAKERS = frozenset({"StationError", "Fault", "_warning"})


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a code is given; `params` is None where they can't be read off (passed on from elsewhere)."""

    code: str
    params: frozenset[str] | None
    place: str


@cache
def sources() -> dict[str, ast.Module]:
    """Return the parsed modules of the package by their path, sentences themselves left out."""
    found = {file.relative_to(PACKAGE).as_posix(): file for file in sorted(PACKAGE.rglob("*.py"))}
    files = [file for name, file in found.items() if "messages" not in name or name == _RAISES]
    return {file.relative_to(ROOT).as_posix(): parsed(file) for file in files}


@cache
def parsed(file: Path) -> ast.Module:
    """Return what a source consists of; whoever looks at sources looks at the same."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


@cache
def error_uses() -> list[Use]:
    """Return each StationError and each fault of an imported file."""
    return [use for name, tree in sources().items() for use in _uses_in(name, tree)]


def verdict_reasons() -> set[str]:
    """Return the reasons that stand beside a verdict, such as `(Verdict.LATE, "base-passed")`."""
    found: set[str] = set()
    for tree in sources().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Tuple) and len(node.elts) == 2 and _is_member(node.elts[0], "Verdict"):
                found.update(_texts(node.elts[1]))
    return found


def fault_codes() -> set[str]:
    """Return the codes that the domain's `..._fault` functions give back; they stand beside verdicts and in errors."""
    found: set[str] = set()
    for name, tree in sources().items():
        if name.startswith("station_app/domain/"):
            faults = (f for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) and f.name.endswith("_fault"))
            returns = (node.value for fault in faults for node in ast.walk(fault) if isinstance(node, ast.Return))
            found.update(text for value in returns if value is not None for text in _texts(value) if is_code(text))
    return found


def reviews() -> set[str]:
    """Return why a center lets a person look at what a PC brings: the third word of each `Pusher`."""
    calls = (node for tree in sources().values() for node in ast.walk(tree) if isinstance(node, ast.Call))
    pushers = (call for call in calls if _called(call) == "Pusher" and len(call.args) > 2)
    return {text for call in pushers for text in _texts(call.args[2])}


def exchange_codes() -> set[str]:
    """Return every code-like text of the exchange: refusals, statuses with a hyphen, rest codes."""
    found: set[str] = set()
    for name, tree in sources().items():
        if name.startswith("station_app/exchange/"):
            texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
            found.update(text for text in texts if isinstance(text, str) and is_code(text))
    return found


def is_code(text: str) -> bool:
    """Tell whether a text is written like a code: small words joined by hyphens."""
    words = text.split("-")
    return len(words) > 1 and all(word.isascii() and word.isalpha() and word.islower() for word in words)


def _uses_in(name: str, tree: ast.Module) -> Iterator[Use]:
    for scope in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
        dicts = _named_dicts(scope)
        for node in ast.walk(scope):
            if isinstance(node, ast.Call) and _called(node) in _MAKERS:
                yield from _use_of_call(f"{name}:{node.lineno}", node, dicts)
            elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
                yield from _use_of_problem(f"{name}:{node.lineno}", node.value, dicts)


def _use_of_call(place: str, call: ast.Call, dicts: dict[str, frozenset[str]]) -> Iterator[Use]:
    at = 0 if _called(call) == "StationError" else 1
    codes = _texts(call.args[at]) if len(call.args) > at else []
    if _called(call) == "Fault":
        given = call.args[2] if len(call.args) > 2 else None
        params = frozenset() if given is None else _keys(given, dicts)
    else:
        names = [keyword.arg for keyword in call.keywords]
        params = None if None in names else frozenset(name for name in names if name)
    for code in codes:
        yield Use(code, params, place)


def _use_of_problem(place: str, found: ast.Tuple, dicts: dict[str, frozenset[str]]) -> Iterator[Use]:
    if len(found.elts) == 3 and isinstance(found.elts[2], ast.Dict):
        for code in _texts(found.elts[1]):
            yield Use(code, _keys(found.elts[2], dicts), place)


def _keys(node: ast.expr, dicts: dict[str, frozenset[str]]) -> frozenset[str] | None:
    if isinstance(node, ast.Name):
        return dicts.get(node.id)
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        return frozenset(str(key.value) for key in node.keys if isinstance(key, ast.Constant))
    return None


def _named_dicts(scope: ast.AST) -> dict[str, frozenset[str]]:
    found = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and isinstance(node.targets[0], ast.Name):
            keys = _keys(node.value, {})
            if keys is not None:
                found[node.targets[0].id] = keys
    return found


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _texts(node: ast.expr) -> list[str]:
    """Return the texts that an expression can be: a constant, or either branch of a condition."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and node.value else []
    return [*_texts(node.body), *_texts(node.orelse)] if isinstance(node, ast.IfExp) else []


def _is_member(node: ast.expr, enum: str) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == enum
