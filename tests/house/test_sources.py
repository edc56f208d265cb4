"""Every source file is documented, small, and named after a thing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.codes import ROOT, parsed

FOLDERS = ("station_app", "installers", "tests")
SOURCES = sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))
FILE_WALL = 400
FUNCTION_WALL = 50
FORBIDDEN_NAMES = frozenset({"utils", "helpers", "common", "manager", "services"})


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    """Return every source by its path; each test looks at all of them and names all that break its rule."""
    return {source.relative_to(ROOT).as_posix(): parsed(source) for source in SOURCES}


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _swallows_everything(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
    broad = handler.type is None or names & {"Exception", "BaseException"}
    does_nothing = all(
        isinstance(line, ast.Pass) or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        for line in handler.body
    )
    return bool(broad) and does_nothing


def test_sources_are_found_in_every_folder() -> None:
    assert {source.relative_to(ROOT).parts[0] for source in SOURCES} == set(FOLDERS)


def test_each_module_says_in_its_first_line_what_it_is(trees: dict[str, ast.Module]) -> None:
    first_lines = {path: ((ast.get_docstring(tree) or "").splitlines() or [""])[0] for path, tree in trees.items()}
    assert [path for path, line in first_lines.items() if not line.strip()] == []


def test_each_file_stays_below_the_wall() -> None:
    sizes = {source: len(source.read_text(encoding="utf-8").splitlines()) for source in SOURCES}
    assert {source: size for source, size in sizes.items() if size > FILE_WALL} == {}


def test_functions_stay_below_the_wall(trees: dict[str, ast.Module]) -> None:
    sizes = [
        (path, node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for path, tree in trees.items()
        for node in _functions(tree)
    ]
    assert [found for found in sizes if found[2] > FUNCTION_WALL] == []


def test_each_name_says_what_is_inside(trees: dict[str, ast.Module]) -> None:
    assert [path for path in trees if {Path(part).stem for part in Path(path).parts} & FORBIDDEN_NAMES] == []


def test_no_error_is_swallowed(trees: dict[str, ast.Module]) -> None:
    handlers = [
        (path, node) for path, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)
    ]
    assert [(path, handler.lineno) for path, handler in handlers if _swallows_everything(handler)] == []


@pytest.mark.parametrize(
    ("clause", "swallows"),
    [
        ("except Exception: pass", True),
        ("except: ...", True),
        ("except (OSError, BaseException): pass", True),
        ("except OSError: pass", False),
        ("except Exception: raise", False),
    ],
)
def test_the_check_for_swallowed_errors_knows_them(clause: str, swallows: bool) -> None:
    [handler] = [node for node in ast.walk(ast.parse(f"try: x\n{clause}")) if isinstance(node, ast.ExceptHandler)]
    assert _swallows_everything(handler) is swallows
