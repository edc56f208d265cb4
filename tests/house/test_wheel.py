"""What gets installed is complete: the wheel runs from an empty environment, in another folder."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from installers.environment import venv_program

ROOT = Path(__file__).resolve().parents[2]
WINDOWS = sys.platform == "win32"
FONTS = "station_app/_resources/fonts/"


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment with nothing but the wheel in it; `elsewhere` is an empty folder to run in."""

    wheel: Path
    venv: Path
    elsewhere: Path

    def run(self, program: str, *arguments: str) -> str:
        command = [str(venv_program(self.venv, program, windows=WINDOWS)), *arguments]
        done = subprocess.run(command, cwd=self.elsewhere, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def ask(self, expression: str) -> str:
        return self.run("python", "-X", "utf8", "-c", f"import station_app, station_app.paths; print({expression})")


def _run(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("wheel")
    venv, elsewhere = folder / "venv", folder / "elsewhere"
    elsewhere.mkdir()
    _run("hatchling", "build", "-t", "wheel", "-d", str(folder))
    [wheel] = folder.glob("*.whl")
    _run("venv", "--without-pip", str(venv))
    python = str(venv_program(venv, "python", windows=WINDOWS))
    _run("pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    _lend_dependencies(venv)
    return Installed(wheel, venv, elsewhere)


def _lend_dependencies(venv: Path) -> None:
    # The dependencies come from the running environment, without a network. A line in a .pth file appends that one
    # folder and reads no .pth file in it, so the checkout, which is installed editable there, stays invisible.
    scheme = {"base": str(venv), "platbase": str(venv)}
    site_packages = Path(sysconfig.get_path("purelib", "venv", vars=scheme))
    (site_packages / "lent.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")


def test_the_program_comes_from_the_new_environment(installed: Installed) -> None:
    assert Path(installed.ask("station_app.__file__")).is_relative_to(installed.venv)


@pytest.mark.parametrize("name", ["fonts/NotoSansSC-Regular.ttf", "data/items_sample.yaml"])
def test_the_resources_are_installed(installed: Installed, name: str) -> None:
    found = Path(installed.ask(f"station_app.paths.resource({name!r})"))
    assert found.is_relative_to(installed.venv)
    assert found.stat().st_size > 0


def test_every_resource_of_the_checkout_is_in_the_wheel_unchanged(installed: Installed) -> None:
    names = [file for file in (ROOT / "resources").rglob("*") if file.is_file()]
    with zipfile.ZipFile(installed.wheel) as wheel:
        sizes = {entry.filename: entry.file_size for entry in wheel.infolist()}
    expected = {
        f"station_app/_resources/{f.relative_to(ROOT / 'resources').as_posix()}": f.stat().st_size for f in names
    }
    assert names
    assert {name: sizes.get(name) for name in expected} == expected


def test_the_licences_of_the_fonts_travel_with_them(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        fonts = [name for name in wheel.namelist() if name.startswith(FONTS)]
        licences = [name for name in fonts if "LICENSE" in name.upper() or "OFL" in name.upper()]
        texts = [wheel.read(name).decode("utf-8") for name in licences]
    assert any(name.endswith(".ttf") for name in fonts)
    assert any("sil open font license" in text.lower() for text in texts), licences


def test_the_command_starts_from_another_folder(installed: Installed) -> None:
    assert "station-app" in installed.run("station-app", "--help")
