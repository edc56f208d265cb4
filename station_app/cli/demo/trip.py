"""Running the demonstration: a scratch folder, the story, and a clean end whatever happens."""

from __future__ import annotations

import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from station_app.cli.demo.place import Place
from station_app.cli.demo.story import Story
from station_app.cli.demo.telling import Teller
from station_app.cli.demo.windows import open_windows
from station_app.cli.output import Output
from station_app.domain.errors import StationError
from station_app.messages import text_of

# How long a dead line gives no answer before a try fails: it is no closed door.
PATIENCE_S = 3.0
FOLDER_PREFIX = "station-demo-"


def run_demo(output: Output, *, headless: bool) -> None:
    """Build the place in a scratch folder, run the trip through real processes and tell every step.

    Then, unless `headless`, open windows on the place and stay until they are closed.

    Raises:
        StationError: `demo-failed` (step, reason) when anything goes otherwise than it should; then the scratch
            folder is kept, and told.
    """
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
    teller = Teller(Output(as_json=True) if headless else output)
    place = Place(folder, patience_s=PATIENCE_S)
    try:
        with _signals(signal.default_int_handler):
            result = _go(place, teller)
            if not headless:
                open_windows(place, teller)
    except StationError as error:
        raise _failure(place, teller, text_of(error)) from error
    except KeyboardInterrupt:
        raise _failure(place, teller, "中途被停下") from None
    except Exception as error:
        # A bug, not a refusal: told in the same way, and then shown as what it is.
        _failure(place, teller, f"程序出错：{type(error).__name__}")
        raise
    finally:
        with _signals(signal.SIG_IGN):
            place.close()
    shutil.rmtree(folder, ignore_errors=True)
    numbers = f"{result['cases']} 件，用时 {result['seconds']} 秒，自动交换 {result['exchanges']} 次"
    teller.last(result, f"演示结束：{numbers}，没有人点过同步；有一个村只带优盘。")


def _go(place: Place, teller: Teller) -> dict[str, Any]:
    began = time.monotonic()
    cases = Story(place, teller).go()
    found = {"result": "ok", "cases": cases, "seconds": round(time.monotonic() - began, 1)}
    return {**found, "exchanges": place.exchanges(), "commands": place.children.counts()}


def _failure(place: Place, teller: Teller, reason: str) -> StationError:
    """End the processes, tell what went wrong and where everything lies, and return the error to raise."""
    with _signals(signal.SIG_IGN):
        place.close()
    tails = place.error_tails()
    found = {"result": "failed", "step": teller.step, "reason": reason, "folder": str(place.folder), "errors": tails}
    # People read the reason once: in the error.
    lines = [f"数据留在 {place.folder}", *(f"[{label}] {tail}" for label, tail in tails.items())]
    teller.last(found, "\n".join(lines))
    return StationError("demo-failed", step=teller.step, reason=reason.removesuffix("。"))


@contextmanager
def _signals(handler: Callable[..., Any] | signal.Handlers) -> Iterator[None]:
    """Answer Ctrl-C and being ended in this way for the length of a block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), handler) for name in names}
    try:
        yield
    finally:
        for name, previous in before.items():
            signal.signal(getattr(signal, name), previous)
