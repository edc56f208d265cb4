"""The repository holds no address of a package registry, no path of one machine, and one version number."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import station_app

ROOT = Path(__file__).resolve().parents[2]
# Put together here, so that this file does not find itself.
REGISTRIES = tuple(
    ".".join(words)
    for words in (
        ("pypi", "org"),
        ("pypi", "python", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("mirrors", "aliyun", "com"),
        ("tuna", "tsinghua", "edu", "cn"),
    )
)
MACHINE_PATHS = tuple(f"/{name}/" for name in ("work", "farm"))
NOTES_OUTSIDE = "../" + "shared"
UNWANTED = re.compile(
    "|".join(
        [
            *(re.escape(registry) for registry in REGISTRIES),
            *(rf"(?<![\w.}}\])*-]){path}" for path in MACHINE_PATHS),
            re.escape(NOTES_OUTSIDE),
        ]
    ),
    re.IGNORECASE,
)


def _text_files() -> dict[str, str]:
    # As root in a container the clone may belong to somebody else; git would refuse without safe.directory.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    found = {}
    for name in filter(None, listed.decode().split("\0")):
        file = ROOT / name
        content = file.read_bytes() if file.is_file() else b"\0"
        if b"\0" not in content:
            found[name] = content.decode("utf-8", errors="replace")
    return found


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    files = _text_files()
    assert "pyproject.toml" in files
    hits = [f"{name}: {hit.group()}" for name, text in files.items() for hit in UNWANTED.finditer(text)]
    assert hits == []


@pytest.mark.parametrize("text", [f"see https://{REGISTRIES[0]}/x", f"cd {MACHINE_PATHS[0]}main", NOTES_OUTSIDE])
def test_the_search_finds_what_it_is_for(text: str) -> None:
    assert UNWANTED.search(text)


@pytest.mark.parametrize("text", ["tests/work/plan", "home/farm/", "a-work/order", "pypiXorg"])
def test_the_search_leaves_other_words_alone(text: str) -> None:
    assert not UNWANTED.search(text)


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == station_app.__version__


def test_the_changelog_tells_of_what_is_being_made() -> None:
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line[:2] == "##"]
    wanted = ("unreleased", "未发布", station_app.__version__)
    assert any(word in heading.lower() for heading in headings for word in wanted), headings
