"""Programs of the system that tests run: installed where they are missing, as the test command installs libraries."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from installers.linux_packages import Part, ensure_system_parts
from installers.system import this_system
from station_app.keys.key_files import exclusive

PATIENCE_S = 600


def install(parts: Iterable[Part]) -> None:
    """Install what is missing.

    Raises:
        SetupError: it cannot be; the sentence says what to do.
    """
    system = this_system(lambda text: print(text, file=sys.stderr))
    # One of the processes that run the tests at a time; apt itself would only refuse the second.
    with exclusive(Path(tempfile.gettempdir()), f"station-parts-{os.getuid()}.lock", PATIENCE_S):
        ensure_system_parts(system, parts, makes_environment=False)
