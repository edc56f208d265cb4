"""Every source file is documented, small, and named after a thing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("station_app", "installers", "tests")
SOURCES = sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))
FILE_WALL = 400
FUNCTION_WALL = 50
FORBIDDEN_NAMES = frozenset({"utils", "helpers", "common", "manager", "services"})

every_source = pytest.mark.parametrize("source", SOURCES, ids=lambda file: file.relative_to(ROOT).as_posix())


def _tree(source: Path) -> ast.Module:
    return ast.parse(source.read_text(encoding="utf-8"), str(source))


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


@every_source
def test_the_module_says_in_its_first_line_what_it_is(source: Path) -> None:
    docstring = ast.get_docstring(_tree(source))
    assert docstring, f"{source} has no docstring"
    assert docstring.splitlines()[0].strip(), f"the docstring of {source} starts with an empty line"


@every_source
def test_the_file_stays_below_the_wall(source: Path) -> None:
    lines = len(source.read_text(encoding="utf-8").splitlines())
    assert lines <= FILE_WALL, f"{source}: {lines} lines"


@every_source
def test_functions_stay_below_the_wall(source: Path) -> None:
    sizes = {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in _functions(_tree(source))}
    assert {name: size for name, size in sizes.items() if size > FUNCTION_WALL} == {}


@every_source
def test_the_name_says_what_is_inside(source: Path) -> None:
    names = {Path(part).stem for part in source.relative_to(ROOT).parts}
    assert names & FORBIDDEN_NAMES == set()


@every_source
def test_no_error_is_swallowed(source: Path) -> None:
    handlers = [node for node in ast.walk(_tree(source)) if isinstance(node, ast.ExceptHandler)]
    assert [handler.lineno for handler in handlers if _swallows_everything(handler)] == []


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
