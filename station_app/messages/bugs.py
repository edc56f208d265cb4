"""A fault of the program itself, as its user is told of it."""

from __future__ import annotations

import logging
import secrets
from typing import Final

from station_app.domain.errors import StationError

_LOG: Final = logging.getLogger(__name__)


def as_refusal(error: BaseException) -> StationError:
    """Log an exception that nobody expected, and return what is told of it: the number leads to the log."""
    number = secrets.token_hex(2).upper()
    _LOG.error("bug %s", number, exc_info=error)
    return StationError("program-error", id=number, kind=type(error).__name__)
