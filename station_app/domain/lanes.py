"""The closed word lists that events carry: subjects, lanes, audiences."""

from __future__ import annotations

from enum import StrEnum


class SubjectKind(StrEnum):
    """What an event is about. Custody exists for cases only."""

    CASE = "case"
    BATCH = "batch"
    POINT_LOG = "point_log"
    AUDIT = "audit"


class Lane(StrEnum):
    """Custody lane: fenced by grant and base, ruled by a center. Open lane: a set, never blocked."""

    CUSTODY = "custody"
    OPEN = "open"


class Audience(StrEnum):
    """Who receives a body; headers go to all who see the subject."""

    PARTIES = "parties"
    HANDLING = "handling"
    OFFICE = "office"
    SUPERVISION = "supervision"
