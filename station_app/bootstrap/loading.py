"""Importing a program's parts: most of what a command takes is that, and half of that can be spared."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager


def without_phrases() -> None:
    """Have pypinyin come without the readings of phrases, 0.4 s of one core; we read one character at a time."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")


@contextmanager
def loading() -> Iterator[None]:
    """Import in this block what the program consists of.

    It lives as long as the program: no collection of garbage looks at it, neither meanwhile nor later nor at the end.
    """
    without_phrases()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
