"""Which system parts the installer brings, on which Linux, and what it says where it may not."""

from __future__ import annotations

import pytest

from installers.linux_packages import FOR_CLOCKS, FOR_POSTGRESQL, FOR_WINDOWS, TO_START, Program, ensure_system_parts
from installers.system import SetupError
from tests.installers.machines import OPENEULER, Machine

ALL = TO_START + FOR_WINDOWS


def test_nothing_is_run_where_nothing_is_missing() -> None:
    machine = Machine()
    ensure_system_parts(machine.system(), ALL, makes_environment=False)
    assert machine.commands == []


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_windows_and_macos_need_no_system_libraries(platform: str) -> None:
    machine = Machine(platform=platform, without={"libgl1", "python3-venv"})
    ensure_system_parts(machine.system(), ALL, makes_environment=True)
    assert machine.commands == []


def test_root_on_debian_updates_once_and_installs_only_what_is_missing() -> None:
    machine = Machine(without={"libgl1", "libxcb-cursor0"})
    ensure_system_parts(machine.system(), ALL, makes_environment=False)
    assert len(machine.ran("update")) == 1
    [install] = machine.ran("install")
    assert "sudo" not in install
    assert install[-4:] == ["-y", "--no-install-recommends", "libgl1", "libxcb-cursor0"]


def test_another_user_installs_through_sudo_where_it_asks_no_password() -> None:
    machine = Machine(euid=1000, sudo_asks_no_password=True, without={"libegl1"})
    ensure_system_parts(machine.system(), ALL, makes_environment=False)
    [install] = machine.ran("install")
    assert install[:2] == ["sudo", "-n"]
    assert install[-1] == "libegl1"


def test_without_permission_the_administrator_gets_the_exact_command() -> None:
    machine = Machine(euid=1000, without={"libgl1", "libdbus-1-3"})
    with pytest.raises(SetupError) as refused:
        ensure_system_parts(machine.system(), ALL, makes_environment=False)
    assert "sudo apt-get install -y --no-install-recommends libgl1 libdbus-1-3" in str(refused.value)
    assert machine.ran("install") == []


def test_newer_debian_and_ubuntu_get_the_package_under_its_new_name() -> None:
    machine = Machine(without={"libglib2.0-0"}, renamed_packages=True)
    ensure_system_parts(machine.system(), ALL, makes_environment=False)
    assert machine.ran("install")[0][-1] == "libglib2.0-0t64"


def test_a_missing_venv_module_is_installed_only_when_an_environment_is_made() -> None:
    machine = Machine(without={"python3-venv"})
    ensure_system_parts(machine.system(), ALL, makes_environment=False)
    assert machine.ran("install") == []
    ensure_system_parts(machine.system(), ALL, makes_environment=True)
    assert machine.ran("install")[0][-1] == "python3-venv"


def test_ubuntu_without_venv_and_without_permission_names_python3_venv() -> None:
    machine = Machine(euid=1000, without={"python3-venv"})
    with pytest.raises(SetupError, match=r"sudo apt-get install .* python3-venv$"):
        ensure_system_parts(machine.system(), ALL, makes_environment=True)


def test_an_install_that_brought_nothing_says_what_is_still_missing() -> None:
    machine = Machine(without={"libgl1"}, network=False)
    with pytest.raises(SetupError, match=r"网络.*\n.*libgl1"):
        ensure_system_parts(machine.system(), ALL, makes_environment=False)


@pytest.mark.parametrize(
    "os_release", [OPENEULER, {"ID": "kylin", "PRETTY_NAME": "Kylin"}, {"ID": "rocky", "ID_LIKE": "rhel centos fedora"}]
)
def test_a_linux_without_apt_gets_a_list_of_what_is_missing(os_release: dict[str, str]) -> None:
    machine = Machine(os_release=os_release, has_apt=False, without={"libgl1", "libxcb-shape0", "python3-venv"})
    with pytest.raises(SetupError) as refused:
        ensure_system_parts(machine.system(), ALL, makes_environment=True)
    sentence = str(refused.value)
    assert os_release.get("PRETTY_NAME", "Linux") in sentence
    assert all(part in sentence for part in ("libGL.so.1", "libxcb-shape.so.0", "ensurepip"))
    assert machine.ran("install") == []


def test_a_red_hat_system_with_apt_is_not_taken_for_debian() -> None:
    machine = Machine(os_release={"ID": "alt", "ID_LIKE": "Fedora"}, without={"libgl1"})
    with pytest.raises(SetupError, match=r"libGL\.so\.1"):
        ensure_system_parts(machine.system(), ALL, makes_environment=False)


@pytest.mark.parametrize(("parts", "package"), [(FOR_POSTGRESQL, "postgresql"), (FOR_CLOCKS, "faketime")])
def test_a_program_for_the_tests_is_installed_where_it_is_missing(parts: tuple[Program, ...], package: str) -> None:
    machine = Machine(without={package})
    ensure_system_parts(machine.system(), parts, makes_environment=False)
    assert machine.ran("install")[0][-1] == package
    ensure_system_parts(machine.system(), parts, makes_environment=False)
    assert len(machine.ran("install")) == 1


def test_without_permission_the_sentence_names_the_database_server() -> None:
    machine = Machine(euid=1000, without={"postgresql"})
    with pytest.raises(SetupError) as refused:
        ensure_system_parts(machine.system(), FOR_POSTGRESQL, makes_environment=False)
    assert "apt-get install -y --no-install-recommends postgresql" in str(refused.value)
