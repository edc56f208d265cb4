"""What an event does to its subject: produced once by an action, folded by code that knows no action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from station_app.domain.cases import CaseState
from station_app.domain.errors import StationError


class CustodyOp(StrEnum):
    """How an event moves a case between offices."""

    OPEN = "open"
    OFFER = "offer"
    ACCEPT = "accept"
    REJECT = "reject"
    TAKE_OVER = "take_over"
    RECLAIM = "reclaim"
    END = "end"


class ObligationOp(StrEnum):
    """How an event moves a duty that outlives custody, such as the delivery of a decision."""

    CREATE = "create"
    ADVANCE = "advance"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class CustodyMove:
    """A step in the chain of custody.

    Args:
        op: the step; `end` closes handling for good.
        to: for an offer, the office that is to take the case; for a reclaim, the office that has it from now on.
        arbiter: for an offer, the office whose center rules this hand-over to its end.
        batch: for a hand-over, the batch it belongs to.
    """

    op: CustodyOp
    to: str | None = None
    arbiter: str | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class ObligationMove:
    """A step of an obligation; its token is the id of the event that created it, named in the header's `grant`."""

    op: ObligationOp
    kind: str | None = None
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything an event changes.

    Args:
        fields: facts set on the case, each key a whole value (no merging inside).
        state: the new state of the case.
        custody: the step in the chain of custody, if any.
        obligation: the step of an obligation, if any.
        remark: an entry for the open lane, kept in a set.
        batch: facts of a batch, for events whose subject is a batch.
        outward: a paper of it has left the house (a decision handed out): it is never ruled out by itself.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    state: CaseState | None = None
    custody: CustodyMove | None = None
    obligation: ObligationMove | None = None
    remark: Mapping[str, Any] | None = None
    batch: Mapping[str, Any] | None = None
    outward: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form, without what is empty."""
        found: dict[str, Any] = {}
        if self.fields:
            found["fields"] = dict(self.fields)
        if self.state is not None:
            found["state"] = self.state.value
        if self.custody is not None:
            found["custody"] = _without_none(
                op=self.custody.op.value, to=self.custody.to, arbiter=self.custody.arbiter, batch=self.custody.batch
            )
        if self.obligation is not None:
            found["obligation"] = _without_none(
                op=self.obligation.op.value, kind=self.obligation.kind, holder=self.obligation.holder
            )
        if self.remark is not None:
            found["remark"] = dict(self.remark)
        if self.batch is not None:
            found["batch"] = dict(self.batch)
        if self.outward:
            found["outward"] = True
        return found


def _without_none(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


_KEYS = frozenset({"fields", "state", "custody", "obligation", "remark", "batch", "outward"})


def effects_from_json(found: Mapping[str, Any]) -> Effects:
    """Return the effects written in a body.

    Raises:
        StationError: `effects-unknown` for words of a newer version (kept, shown as 需升级) or a wrong shape.
    """
    if not _KEYS.issuperset(found):
        raise StationError("effects-unknown", keys=sorted(set(found) - _KEYS))
    try:
        return Effects(
            fields=_mapping(found.get("fields", {})),
            state=_state(found.get("state")),
            custody=_custody(found.get("custody")),
            obligation=_obligation(found.get("obligation")),
            remark=None if found.get("remark") is None else _mapping(found["remark"]),
            batch=None if found.get("batch") is None else _mapping(found["batch"]),
            outward=_flag(found.get("outward", False)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StationError("effects-unknown", keys=[str(error)]) from None


def _custody(found: Any) -> CustodyMove | None:
    if found is None:
        return None
    return CustodyMove(
        CustodyOp(found["op"]), _text(found.get("to")), _text(found.get("arbiter")), _text(found.get("batch"))
    )


def _obligation(found: Any) -> ObligationMove | None:
    if found is None:
        return None
    return ObligationMove(ObligationOp(found["op"]), _text(found.get("kind")), _text(found.get("holder")))


def _state(found: Any) -> CaseState | None:
    return None if found is None else CaseState(found)


def _mapping(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise TypeError("object expected")
    return found


def _flag(found: Any) -> bool:
    if not isinstance(found, bool):
        raise TypeError("true or false expected")
    return found


def _text(found: Any) -> str | None:
    if found is not None and not isinstance(found, str):
        raise TypeError("text expected")
    return found
