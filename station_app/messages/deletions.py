"""One line in the log for each deletion of what people wrote here, so that a maintainer can tell what became of it."""

from __future__ import annotations

import logging
from collections.abc import Collection
from enum import StrEnum
from typing import Final

MOST_IDS: Final = 50
_LOG: Final = logging.getLogger(__name__)


class Deleted(StrEnum):
    """What was deleted."""

    DRAFT = "draft"
    FORGOTTEN = "bodies of others on a case that is seen no more"
    REMOVED = "bodies at the end of retention"
    HELD_ASIDE = "held aside until it came again as good"
    SLIP = "what a printed slip said of a case"
    FILE = "file of an attachment that nothing names"
    ACTIVATION_KEY = "key of an activation that is done"
    CARRIED = "sealed parts that have come where they go"
    BACKUP = "older backups of this machine"


def log_deletion(what: Deleted, how_many: int, ids: Collection[str] = ()) -> None:
    """Write the line, when the deletion can't be taken back any more.

    Args:
        how_many: rows, bodies or files.
        ids: of the cases, drafts or events, which are random; never anything that tells of a person.
    """
    named = sorted(ids)
    more = f" and {len(named) - MOST_IDS} more" if len(named) > MOST_IDS else ""
    # Not as information: the log of a PC keeps warnings and what is worse.
    _LOG.warning("deleted %d: %s (%s%s)", how_many, what, ", ".join(named[:MOST_IDS]), more)
