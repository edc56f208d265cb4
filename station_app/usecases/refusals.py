"""What a center refused, as its people see it and technical support gets it: headers and reasons, no contents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from station_app.exchange.authentic import readable
from station_app.exchange.curable import remedy_of
from station_app.messages import center_word, waiting_text
from station_app.usecases.center_ports import AuditEntry, CenterClerk, RefusedEvent, Registry
from station_app.usecases.support import SupportExport, as_file, told_of
from station_app.usecases.times import stamp

REFUSED_EXPORT = "refused-export"
ABOUT = "中心没有收下的记录：编号、签名用的表头、原因。没有件的内容，没有群众的个人信息。"


class RefusalStore(Registry, Protocol):
    """The center's office tables, and its tombstones."""

    def refused(self) -> Sequence[RefusedEvent]: ...


def refusals(store: RefusalStore) -> list[dict[str, Any]]:
    """Return what is refused, in order, with what is known of each.

    What can't be read may say anything, names of people too: of that its hash is told, and how long it is.
    """
    level = store.organisations().get(store.setting("center")["org"]).level
    return [_told(found, center_word(level)) for found in store.refused()]


def export_refusals(store: RefusalStore, clerk: CenterClerk, version: str, by: str) -> SupportExport:
    """Return what is refused as a file for support, and log that this was exported.

    Args:
        version: of this program.
        by: name of who signed in for it, "" for nobody.
    """
    found, center, at = refusals(store), store.setting("center"), stamp(clerk.now())
    head = {"about": ABOUT, "made_at": at, "program": version, "healing": bool(center.get("healing"))}
    here = {name: center[name] for name in ("org", "name", "level", "device", "epoch", "incarnation")}
    store.add_audit(AuditEntry(at, REFUSED_EXPORT, by, "", {"events": len(found)}))
    return SupportExport(as_file({**head, **here, "refused": found}), len(found))


def _told(found: RefusedEvent, center: str) -> dict[str, Any]:
    event = found.event
    why = {"code": found.code, "reason": waiting_text(found.code, center), "remedy": remedy_of(found.code).value}
    place = {"number": found.number, **why, "device": found.device, "epoch": found.epoch, "link": found.link}
    if not readable(event):
        return {**place, "event": event.event_id, "header_bytes": len(event.header_bytes)}
    header = event.header
    about = {"org": header.org, "type": header.type, "subject": header.subject_id, "claimed_at": header.claimed_at}
    return {**place, **about, **told_of(event)}
