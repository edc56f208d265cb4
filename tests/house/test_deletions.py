"""Every place where rows or files are taken out or overwritten is listed here, with its reason and its test."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.house.listed_deletions import FILES, LOGGED, REASONS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "station_app"
# The sentences for people, where words like these say what a worker should do.
_SENTENCES = PACKAGE / "messages"
_WORDS = ("DELETE", "DROP TABLE", "OR REPLACE", "TRUNCATE")
# Calls by which a file goes, or another takes its place; `move` and `rename` as of pathlib, os and shutil.
_FILE_CALLS = frozenset(
    {"unlink", "rmtree", "rmdir", "removedirs", "truncate", "ftruncate", "write_text", "write_bytes"}
)
_FILE_MAKERS = frozenset({"write_atomically", "QSaveFile"})
_OF_SYSTEM = frozenset({"remove", "replace", "rename", "move"})


def _empties(node: ast.AST) -> bool:
    """Tell whether it sets a column of bodies to nothing."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values"):
        return False
    return any(k.arg == "body" and isinstance(k.value, ast.Constant) and k.value.value is None for k in node.keywords)


def _functions(source: str) -> Iterator[tuple[str, list[ast.AST]]]:
    """Yield each function of a source with all that is in it."""
    for scope in ast.walk(ast.parse(source)):
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            yield scope.name, list(ast.walk(scope))


def _called(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    return (node for node in nodes if isinstance(node, ast.Call))


def deletions(source: str, name: str) -> Iterator[str]:
    """Yield module and function of each deletion of rows in a source."""
    for function, nodes in _functions(source):
        deletes = any(isinstance(call.func, ast.Name) and call.func.id == "delete" for call in _called(nodes))
        texts = (node.value for node in nodes if isinstance(node, ast.Constant))
        said = any(word in text for text in texts if isinstance(text, str) for word in _WORDS)
        if deletes or said or any(_empties(node) for node in nodes):
            yield f"{name}:{function}"


def _touches_file(call: ast.Call) -> bool:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id in _FILE_MAKERS | {"rmtree"} or (function.id == "open" and _opens_to_write(call))
    if not isinstance(function, ast.Attribute):
        return False
    if function.attr in ("open", "fdopen"):
        return _opens_to_write(call)
    if function.attr in _OF_SYSTEM and isinstance(function.value, ast.Name) and function.value.id in ("os", "shutil"):
        return True
    # A text is replaced by two, a path by one; what is replaced in a record has a name.
    is_path = function.attr in ("replace", "rename") and len(call.args) == 1 and not call.keywords
    return is_path or function.attr in _FILE_CALLS


def _opens_to_write(call: ast.Call) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    modes = [node.value for node in given if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    flags = {node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute)}
    return any(set(mode) <= set("wbt+") and "w" in mode for mode in modes) or bool(flags & {"O_TRUNC", "O_WRONLY"})


def file_changes(source: str, name: str) -> Iterator[str]:
    """Yield module and function of each place where a file goes or is overwritten."""
    for function, nodes in _functions(source):
        if any(_touches_file(call) for call in _called(nodes)):
            yield f"{name}:{function}"


def log_lines(source: str, name: str) -> Iterator[str]:
    """Yield module and function of each place that has a deletion logged."""
    for function, nodes in _functions(source):
        names = {call.func.id for call in _called(nodes) if isinstance(call.func, ast.Name)}
        if names & {"log_deletion", "log_deletion_after"}:
            yield f"{name}:{function}"


def found_by(search: Callable[[str, str], Iterator[str]]) -> set[str]:
    """Return what a search finds in the package."""
    files = (file for file in PACKAGE.rglob("*.py") if _SENTENCES not in file.parents)
    return {place for file in files for place in search(file.read_text("utf-8"), file.relative_to(PACKAGE).as_posix())}


def test_every_path_that_deletes_local_rows_is_listed_with_its_reason() -> None:
    assert found_by(deletions) == set(REASONS)


def test_every_path_by_which_a_file_goes_is_listed_with_its_reason() -> None:
    assert found_by(file_changes) == set(FILES)


def test_every_deletion_of_what_people_wrote_is_logged_and_nothing_else() -> None:
    # The one place that writes what a transaction has deleted, when it is committed.
    assert found_by(log_lines) - {"storage/engine.py:writing"} == set(LOGGED)
    assert set(LOGGED) <= set(REASONS) | set(FILES)


def test_every_path_that_deletes_is_covered() -> None:
    tests = "".join(file.read_text("utf-8") for file in (ROOT / "tests").rglob("test_*.py") if file != Path(__file__))
    named = [test for _, test in (*REASONS.values(), *FILES.values())] + list(LOGGED.values())
    assert [test for test in named if f"def {test}(" not in tests] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(c):\n c.execute(delete(OutboxRow))", ["m:f"]),
        ("def f(c):\n c.exec_driver_sql('DELETE FROM events')", ["m:f"]),
        ("def f(c):\n c.execute(select(OutboxRow))", []),
        ("def f(c):\n c.execute(update(EventRow).values(body=None))", ["m:f"]),
        ("def f(event):\n return replace(event, body=None)", []),
    ],
)
def test_the_search_for_deletions_sees_them(source: str, found: list[str]) -> None:
    assert list(deletions(source, "m")) == found


@pytest.mark.parametrize(
    ("call", "is_found"),
    [
        ("path.unlink()", True),
        ("os.remove(path)", True),
        ("shutil.rmtree(folder)", True),
        ("new.replace(old)", True),
        ("path.rename(other)", True),
        ("path.write_text(text, 'utf-8')", True),
        ("write_atomically(path, data)", True),
        ("path.open('wb')", True),
        ("open(path, mode='w')", True),
        ("os.open(path, os.O_WRONLY | os.O_CREAT)", True),
        ("os.truncate(path, 0)", True),
        ("QSaveFile(path)", True),
        ("text.replace('a', 'b')", False),
        ("day.replace(hour=0)", False),
        ("found.remove(one)", False),
        ("path.open('rb')", False),
        ("browser.open('https://west')", False),
    ],
)
def test_the_search_for_files_that_go_sees_them(call: str, is_found: bool) -> None:
    assert list(file_changes(f"async def f():\n {call}", "m")) == (["m:f"] if is_found else [])
