"""How commands answer: a line for people, one JSON object (or one a line) with --json, and the exit status."""

from __future__ import annotations

import errno
import json
import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from station_app.domain.errors import StationError
from station_app.messages import text_of
from station_app.messages.bugs import as_refusal

log = logging.getLogger("station_app")
DONE = 0
REFUSED = 1
USAGE = 2
_FULL = (errno.ENOSPC, errno.EDQUOT)
_NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)


class Output:
    """Prints answers in the form that was asked for, each line at once."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def answer(self, found: Mapping[str, Any], text: str) -> None:
        """Print one answer: the object with --json, the sentence without."""
        line = json.dumps(found, ensure_ascii=False, default=str) if self._as_json else text
        print(line, flush=True)

    def tell(self, text: str) -> None:
        """Print a line for people; with --json the answer itself carries what it says."""
        if not self._as_json:
            print(text, flush=True)

    def refuse(self, error: StationError) -> None:
        """Print on standard error why something is refused and what to do next."""
        if self._as_json:
            found = {"code": error.code, "params": error.params, "message": text_of(error)}
            print(json.dumps(found, ensure_ascii=False, default=str), file=sys.stderr, flush=True)
        else:
            print(text_of(error), file=sys.stderr, flush=True)


def run(command: Callable[[], None], output: Output) -> int:
    """Run a command and return the exit status: 0 done, 1 refused or not possible now."""
    try:
        command()
    except StationError as error:
        output.refuse(error)
        return REFUSED
    except OSError as error:
        output.refuse(_of_system(error))
        return REFUSED
    except Exception as error:
        output.refuse(as_refusal(error))
        return REFUSED
    return DONE


def _of_system(error: OSError) -> StationError:
    name = str(error.filename or "")
    if error.errno in _FULL:
        return StationError("disk-full")
    if isinstance(error, FileNotFoundError):
        return StationError("file-not-found", file=name)
    if error.errno in _NOT_ALLOWED:
        return StationError("file-not-allowed", file=name)
    return StationError("system-error", detail=error.strerror or type(error).__name__, file=name)


def log_to(folder: Path) -> None:
    """Write what only a maintainer can use into the data folder, beside the journal; without one, nowhere."""
    handler = (
        logging.FileHandler(folder / "program.log", encoding="utf-8", delay=True)
        if folder.is_dir()
        else logging.NullHandler()
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")


def use_utf8() -> None:
    """Print UTF-8 whatever the console's code page is; a character it can't show must not end the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
