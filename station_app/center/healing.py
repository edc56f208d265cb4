"""A center that was restored from a backup: it takes in again what it has lost, and rules only after that."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from station_app.center.ports import CenterParts, CenterStore
from station_app.center.trust import signer_of
from station_app.domain.people import Role, Worker
from station_app.exchange.id_sums import IdSum
from station_app.exchange.inbox import CREDENTIAL_CONTEXT, DOCUMENT_CONTEXT, RECEIPT_CONTEXT
from station_app.exchange.obeying import lacks_bodies
from station_app.exchange.ports import Placement
from station_app.exchange.serving import BUCKETS_AT_ONCE, differing_ids
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import BACKFILL, ExchangeRequest
from station_app.protocol.signed import CENTERS, DeviceCredential, Document, Signed, read_credential, read_document
from station_app.usecases.center_ports import Account, CenterClerk, Station
from station_app.usecases.holding import is_revoked, let_count, take_back_limits
from station_app.usecases.office_key import is_office_key, kind_of
from station_app.usecases.office_key_release import release_to_new_pcs, take_back_office_key
from station_app.usecases.other_centers import take_back_offices
from station_app.usecases.run_center import (
    CALENDAR,
    DIRECTORY,
    ORGANISATIONS,
    publish,
    publish_centers,
    publish_organisations,
)
from station_app.usecases.times import read_stamp, stamp

# A station that has not come for so long is not waited for; what it brings later is taken in all the same. Counted is
# from the healing on where it had come lately when the backup was made: how old that is, is not the station's doing.
WAIT_FOR = timedelta(days=30)
# Each restore makes one; a PC that makes them up is not believed for ever.
MOST_NUMBERINGS, LONGEST_NUMBERING = 100, 32
# More than a center publishes of one kind between a backup and its loss. What it published before it knew that it was
# restored has numbers that had been used, and a PC that has not come may have higher ones than any that came back.
PASSED_OVER = 1000
_NOTES = "healing_notes"
KINDS = (ORGANISATIONS, CENTERS, DIRECTORY, CALENDAR)


@dataclass(frozen=True, slots=True)
class _Notes:
    """What a center notes while it heals, under the numbering in which it does.

    Args:
        began: when it began, UTC.
        newest: when any station had last come, as the backup knows it; UTC.
        gave_back: the PCs that have given back what they hold.
        looked: those that have been told all that differs.
    """

    incarnation: str
    began: str
    newest: str
    gave_back: Collection[str] = ()
    looked: Collection[str] = ()


def proves_loss(store: CenterStore, parts: CenterParts, station: Station, request: ExchangeRequest) -> bool:
    """Tell whether a receipt of this center shows that it had taken in or told more than it knows of: it was restored.

    Where the station last met it before a restore that it knows of, that is why; and while it heals, in any numbering
    but the present one.
    """
    receipt, center = request.receipt, store.setting("center")
    if receipt is None or request.incarnation in center.get("incarnations", ()):
        return False
    if center.get("healing") and request.incarnation != center["incarnation"]:
        return False
    found = receipt.value()
    mine = signer_of(store, parts, RECEIPT_CONTEXT, receipt) == center["org"]
    if not mine or found.get("device") != station.device:
        return False
    known = store.epoch(station.device, request.epoch)
    took = found.get("epoch") == request.epoch and int(found["link"]) > (known.link if known else 0)
    return took or _told_more(store, center, found, station.org)


def _told_more(store: CenterStore, center: Mapping[str, Any], found: Mapping[str, Any], org: str) -> bool:
    """Tell whether a receipt is of a numbering that this center does not know, or of more rows than it has."""
    # Receipts of before name no incarnation.
    numbering = found.get("incarnation", center["incarnation"])
    if numbering == center["incarnation"]:
        return int(found.get("head", 0)) > store.feed_head(org)
    return not center.get("healing") and numbering not in center.get("incarnations", ())


def shown_key(store: CenterStore, parts: CenterParts, device: str, found: Sequence[Signed]) -> bytes | None:
    """Return the key of a PC that this center once certified and no longer knows, as its credential shows it."""
    credential = _device_credential(store, parts, device, found)
    return credential.public_key if credential else None


def take_back_station(store: CenterStore, parts: CenterParts, device: str, found: Sequence[Signed]) -> None:
    """Know a PC again by the credential that this center had signed.

    What was published while no PC of its office was known has not gone into that office's feed.
    """
    credential = _device_credential(store, parts, device, found)
    if credential is None:
        return
    now = stamp(parts.clerk.now())
    store.save_station(Station(device, credential.org, credential.public_key, enrolled_at=now))
    for kind, number in document_numbers(store, credential.org).items():
        if number:
            store.place_document([credential.org], kind, number)


def _device_credential(
    store: CenterStore, parts: CenterParts, device: str, found: Sequence[Signed]
) -> DeviceCredential | None:
    here = store.setting("center")["org"]
    for signed in found:
        if signer_of(store, parts, CREDENTIAL_CONTEXT, signed) != here:
            continue
        credential = read_credential(signed.payload)
        if isinstance(credential, DeviceCredential) and credential.device == device:
            return credential
    return None


def document_numbers(store: CenterStore, org: str) -> Mapping[str, int]:
    """Return the newest number of each kind of document that is here, or could be at this office."""
    return {kind: store.last_document(kind) for kind in (*KINDS, kind_of(org))}


def take_back_documents(store: CenterStore, parts: CenterParts, found: Sequence[Signed]) -> None:
    """Adopt the documents of this center that a station still has and it has not."""
    for signed in found:
        if _is_own(store, parts, signed):
            _take_back(store, parts.clerk, read_document(signed))


def _is_own(store: CenterStore, parts: CenterParts, signed: Signed) -> bool:
    """Tell whether this center has signed a document; a county's center shows what it says of its own offices, too."""
    return signer_of(store, parts, DOCUMENT_CONTEXT, signed) == str(store.setting("center")["org"])


def heal(store: CenterStore, parts: CenterParts, station: Station, request: ExchangeRequest) -> None:
    """Note a station that has nothing left to give; when all have, ruling begins again.

    The caller has not noted yet that this station has come.
    """
    _note(store, _notes(store, parts.clerk.now()))
    # What does not come in here even now, it shows each time.
    gives = bool(request.events or store.seqs([event.event_id for event in request.returns]))
    own = [signed for signed in request.documents if _is_own(store, parts, signed)]
    behind = any(document.number > store.last_document(document.kind) for document in _read(own))
    at_home = request.incarnation == store.setting("center")["incarnation"]
    if not (at_home or station.cloned or is_revoked(store, station.device)):
        know_again(store, request.incarnation)
    # What the backup had without contents it may have with them, and is yet to see that.
    has_seen = request.cursor >= store.feed_head(station.org) or not lacks_bodies(store, station.org)
    if at_home and not (gives or behind) and has_seen and _is_even(store, parts, station, request):
        notes = _notes(store, parts.clerk.now())
        _note(store, replace(notes, gave_back=sorted({*notes.gave_back, station.device})))
    if not waited_for(store, parts.clerk.now()):
        end_healing(store, parts.clerk)


def know_again(store: CenterStore, incarnation: str) -> None:
    """Keep in mind a numbering that this center has had and forgotten: a receipt of it proves no further loss."""
    center = store.setting("center")
    known = [center["incarnation"], *center.get("incarnations", ())]
    is_one = 0 < len(incarnation) <= LONGEST_NUMBERING and incarnation not in known
    if is_one and len(known) < MOST_NUMBERINGS:
        store.save_setting("center", {**center, "incarnations": [*center.get("incarnations", ()), incarnation]})


def _is_even(store: CenterStore, parts: CenterParts, station: Station, request: ExchangeRequest) -> bool:
    """Tell whether a station has all that is here, or has looked for what differs and has nothing more to give.

    What it holds aside, because it can't be checked, it can't give back either.
    """
    if IdSum(*request.sum) == store.feed_sum(station.org):
        return True
    notes = _notes(store, parts.clerk.now())
    if request.buckets is None:
        return station.device in notes.looked
    if len(differing_ids(store.feed_ids(station.org), request.buckets)) < BUCKETS_AT_ONCE:
        _note(store, replace(notes, looked=sorted({*notes.looked, station.device})))
    return False


def _read(found: Sequence[Signed]) -> list[Document]:
    return [read_document(signed) for signed in found]


def waited_for(store: CenterStore, now: datetime) -> list[Station]:
    """Return the stations that may still have what this center has lost."""
    notes = _notes(store, now)
    return [
        station
        for station in store.stations()
        if station.device not in notes.gave_back
        and not station.cloned
        and not is_revoked(store, station.device)
        and _counts_from(station, notes) >= now - WAIT_FOR
    ]


def _notes(store: CenterStore, now: datetime) -> _Notes:
    """Return the notes of the healing that is under way; it may begin now."""
    kept, incarnation = store.setting(_NOTES), store.setting("center")["incarnation"]
    if kept and kept["incarnation"] == incarnation:
        return _Notes(**kept)
    if kept:
        # It was restored once more before it had healed. Who had come lately is still as the first backup knows it.
        return _Notes(incarnation, stamp(now), kept["newest"])
    came = [station.last_seen_at for station in store.stations() if station.last_seen_at]
    return _Notes(incarnation, stamp(now), max(came, default=stamp(now)))


def _note(store: CenterStore, notes: _Notes) -> None:
    store.save_setting(_NOTES, asdict(notes))


def _counts_from(station: Station, notes: _Notes) -> datetime:
    """Return from when on a station counts as silent."""
    came = read_stamp(station.last_seen_at or station.enrolled_at)
    return max(came, read_stamp(notes.began)) if came >= read_stamp(notes.newest) - WAIT_FOR else came


def end_healing(store: CenterStore, clerk: CenterClerk) -> None:
    """End the healing: from now on this center rules again, and tells what it has learned meanwhile."""
    store.save_setting("center", {**store.setting("center"), "healing": False})
    store.save_setting(_NOTES, None)
    beyond = let_count(store)
    _publish_anew(store, clerk)
    release_to_new_pcs(store, clerk)
    _bring_again(store, beyond)


def _publish_anew(store: CenterStore, clerk: CenterClerk) -> None:
    """Publish what is in force of each kind above every number that any store may have: of one number it keeps one."""
    publish_organisations(store, clerk, passed_over=PASSED_OVER)
    if store.setting(CENTERS):
        publish_centers(store, clerk, passed_over=PASSED_OVER)
    keys = [(kind_of(org), [org]) for org in sorted({station.org for station in store.stations()})]
    for kind, only in ((DIRECTORY, None), (CALENDAR, None), *keys):
        document = store.document(kind)
        if document is not None:
            publish(store, clerk, kind, dict(read_document(document).content), only, passed_over=PASSED_OVER)


def _bring_again(store: CenterStore, events: Sequence[Event]) -> None:
    """Bring events once more to who sees them: who knew the limit that this center had forgotten has put them aside."""
    viewers = store.viewers({event.header.subject for event in events})
    told = [(org, event) for event in events for org in viewers.get(event.header.subject, ())]
    store.place([Placement(org, BACKFILL, event.event_id) for org, event in told])


def _take_back(store: CenterStore, clerk: CenterClerk, document: Document) -> None:
    """Adopt a document of this center that a station still has: its number is never used again.

    What only grows is known again from any: another one may have got its number before this center knew of its loss.
    """
    if document.kind == ORGANISATIONS:
        take_back_limits(store, document.content)
        for entry in document.content["accounts"]:
            if entry["disabled"]:
                _take_back_account(store, entry)
    elif is_office_key(document.kind):
        take_back_office_key(store, clerk, document)
    if document.number <= store.last_document(document.kind):
        return
    store.save_document(document.kind, document.number, document.signed)
    stations = store.stations()
    orgs = {s.org for s in stations if not is_office_key(document.kind) or kind_of(s.org) == document.kind}
    store.place_document(sorted(orgs), document.kind, document.number)
    if document.kind == ORGANISATIONS:
        take_back_offices(store, document.content[ORGANISATIONS])
        for entry in document.content["accounts"]:
            _take_back_account(store, entry)
    elif document.kind == CENTERS:
        store.save_setting(CENTERS, document.content[CENTERS])


def _take_back_account(store: CenterStore, entry: Mapping[str, Any]) -> None:
    roles = frozenset(Role(role) for role in entry["roles"])
    worker = Worker(entry["person"], entry["name"], entry["org"], roles)
    before = store.account(worker.person_id) or Account(worker)
    store.save_account(replace(before, worker=worker, disabled=entry["disabled"]))
