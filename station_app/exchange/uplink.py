"""A county's center as a client of the city's: the same journal, seen as a station's book by the same exchange."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace

from station_app.domain.document_numbers import HeldBlock
from station_app.domain.lanes import Audience
from station_app.domain.organisations import Organisations
from station_app.exchange.authentic import Credentials
from station_app.exchange.center import write_plan
from station_app.exchange.id_sums import IdSum
from station_app.exchange.intake import keep
from station_app.exchange.intake_records import IntakePlan
from station_app.exchange.intake_view import intake_view
from station_app.exchange.limits import Limits
from station_app.exchange.obeying import obey_removals
from station_app.exchange.ports import Hop, Link, OwnEpoch, Subject
from station_app.exchange.relay_port import RelayBook, SharingBook
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import PushStatus
from station_app.protocol.signed import Document, Signed, read_credential, read_document

ORGANISATIONS = "organisations"
LINK, SUM, TOLD, ABOVE = "uplink_link", "uplink_sum", "uplink_told", "uplink_documents"


class Uplink:
    """One open transaction of a center, as the exchange with the center above sees it (ports.StationBook).

    Args:
        book: the center's journal.
        tell: called with a reference document of the center above.
    """

    relays = True

    def __init__(self, book: RelayBook, tell: Callable[[Document], None]) -> None:
        self._book = book
        self._tell = tell

    # -- how far both are ------------------------------------------------------------------------------------------

    def link(self) -> Link:
        return Link(**(self._book.setting(LINK) or {}))

    def save_link(self, link: Link) -> None:
        self._book.save_setting(LINK, asdict(link))

    def own_epoch(self) -> OwnEpoch:
        chain, center = self._book.chain(), self._book.setting("center")
        return OwnEpoch(chain.epoch, chain.seq, center.get("forked_from", ""), 0)

    def start_epoch(self, epoch: str) -> None:
        self._book.start_center_epoch(epoch)

    def save_tag(self, tag: int) -> None:
        """Ignore the digits of printed numbers: a center prints none."""

    def own_series(self) -> Sequence[str]:
        return ()

    def arrived(self, event_ids: Collection[str]) -> None:
        """Do nothing: nobody brings a center anything by hand but to be served, which is as by network."""

    def add_brought(self, events: Sequence[Event]) -> None:
        """Do nothing, likewise."""

    def brought(self, subject_ids: Iterable[str]) -> Collection[str]:
        return ()

    def number_blocks(self) -> Sequence[HeldBlock]:
        """Return nothing: a center prints no papers."""
        return ()

    def save_number_blocks(self, blocks: Sequence[HeldBlock]) -> None:
        """Ignore blocks that nobody asked for."""

    def asked_cases(self) -> Mapping[str, str]:
        """Return nothing: a center has every case of its offices."""
        return {}

    def save_asked_cases(self, asked: Mapping[str, str]) -> None:
        """Ignore what nobody asked for."""

    def documents_to_tell(self) -> Sequence[Signed]:
        number = self._book.last_document(ORGANISATIONS)
        document = self._book.document(ORGANISATIONS)
        return [document] if document is not None and self._book.setting(TOLD) != number else []

    def save_heard(self, number: int) -> None:
        self._book.save_setting(TOLD, number)

    # -- what goes up ----------------------------------------------------------------------------------------------

    def outbox(self, limit: int) -> Sequence[tuple[int, Event]]:
        return [(link, _for_above(event)) for link, event in self._book.outbox(limit)]

    def settle(self, statuses: Iterable[PushStatus], at: str) -> None:
        above = self._book.setting("uplink")["org"]
        settled = self._book.settle_outbox([status for status in statuses if status.status != "waiting"], at)
        events = self._book.events_named(settled)
        # The center's own rulings have no author who would want to know.
        by_people = [event for event in events if event.header.actor is not None]
        self._book.place_hops([(event.header.org, Hop(event.event_id, above, at)) for event in by_people])
        self._add_to_sum(settled)

    def reopen(self, after: int) -> None:
        self._book.reopen_outbox(after)
        self._book.save_setting(SUM, list(_pair(IdSum().plus(self.shared_ids()))))

    def save_receipt(self, receipt: Signed) -> None:
        self._book.save_receipt(receipt)

    def last_receipt(self, numbering: str) -> Signed | None:
        return self._book.last_receipt(numbering)

    def own_credentials(self) -> Sequence[Signed]:
        return self._book.signed_credentials({self._book.setting("center")["device"]}, ())

    def documents_behind(self, numbers: Mapping[str, int]) -> Sequence[Signed]:
        kept = [read_document(Signed.from_wire(found)) for found in (self._book.setting(ABOVE) or {}).values()]
        return [document.signed for document in kept if document.number > numbers.get(document.kind, 0)]

    # -- what comes down -------------------------------------------------------------------------------------------

    def known_ids(self, event_ids: Collection[str]) -> set[str]:
        return set(self._book.seqs(event_ids))

    def add_foreign(self, events: Sequence[Event]) -> None:
        self._book.note_from_above([event.event_id for event in events])
        self._add_to_sum([event.event_id for event in events])
        plan, view = IntakePlan(), intake_view(self._book, events, None)
        for event in events:
            keep(view, plan, event)
        write_plan(self._book, plan)
        self._send_what_is_here([event.header.subject for event in events])

    def _send_what_is_here(self, subjects: Collection[Subject]) -> None:
        """Give the center above all of what it has brought something of; what it has from here or brought is left out.

        Each center may have followed one branch of a case, before it heard that the village had moved to the other.
        """
        self._book.send_up_all_of(list(dict.fromkeys(subject_id for _, subject_id in subjects)))

    def fill_bodies(self, events: Sequence[Event]) -> None:
        self._book.fill_bodies(events)
        obey_removals(self._book, events)

    def hold(self, event: Event, code: str) -> None:
        self._book.hold(event, code)
        obey_removals(self._book, (), [event])
        self._add_to_sum([event.event_id])

    def held_with(self, codes: Collection[str]) -> Sequence[tuple[Event, str]]:
        """Return none: centers have the newest program before any of them writes what is new in it."""
        return ()

    def credentials(self) -> Credentials:
        return self._book.all_credentials()

    def save_credentials(self, found: Sequence[Signed]) -> None:
        """Keep credentials; of itself a center believes only its own, which its stations can check.

        What was renewed here since stays: the center above may have the one of before.
        """
        here = self._book.setting("center")["device"]
        others = [s for s in found if read_credential(s.payload).device != here]
        known = self._book.credentials({read_credential(signed.payload).device for signed in others})
        for signed in others:
            if not known.is_renewed(read_credential(signed.payload)):
                self._book.save_credential(signed)

    def save_document(self, document: Document) -> None:
        kept = self._book.setting(ABOVE) or {}
        before = kept.get(document.kind)
        # A center above that was restored brings its documents from the first one on once more.
        if before is None or read_document(Signed.from_wire(before)).number < document.number:
            # It may have no station of its own that could give this back to it.
            self._book.save_setting(ABOVE, {**kept, document.kind: document.signed.to_wire()})
            self._tell(document)

    def save_seen_below(self, seen: Mapping[str, str]) -> None:
        """Ignore when the county's own stations came: its center knows better."""

    def refold(self, subjects: Iterable[Subject]) -> None:
        """Leave it to the ruler, before which every case has gone that something came for."""

    def save_hops(self, hops: Sequence[Hop]) -> None:
        for hop in hops:
            events = self._book.events_named([hop.event_id])
            self._book.place_hops([(event.header.org, hop) for event in events])

    def revoke(self, subjects: Sequence[Subject]) -> None:
        """Leave it to the ruler: which of its own offices see a case no more, each center finds by its own fold."""

    def forgotten(self, subject_ids: Iterable[str]) -> set[str]:
        """A center forgets nothing."""
        return set()

    def show_again(self, subjects: Sequence[Subject]) -> Sequence[Subject]:
        """Leave it to the ruler, like `revoke`."""
        return ()

    def has_revocations(self) -> bool:
        """Leave it to the ruler, like `revoke`."""
        return False

    def put_away(self, subjects: Sequence[Subject]) -> None:
        """Pass it over: a center has everything, and is told of it nothing that is put away."""

    def call_back(self, subjects: Sequence[Subject]) -> None:
        """Pass it over, like `put_away`."""

    def call_all_back(self) -> None:
        """Nothing is put away here."""

    def obey_revocations(self) -> None:
        """A center forgets nothing."""

    def limits(self) -> Limits:
        """Return this center's own: what it holds does not come in from above either."""
        return self._book.limits()

    def refused_events(self) -> Mapping[str, str]:
        return self._book.refused_in_outbox()

    def admit_own(self, event_ids: Collection[str]) -> None:
        """Count what was taken in there after all; in the journal here it has counted all along.

        So does what is there without a place in the outbox here: this center was set back to before it sent it, and
        has it again from its stations.
        """
        self._add_to_sum(self._book.admit_in_outbox(event_ids))
        if unshared := self._book.not_shared_above(event_ids):
            self._book.note_from_above(unshared)
            self._add_to_sum(unshared)
            self._send_what_is_here([event.header.subject for event in self._book.events_named(unshared)])

    def save_phone_keys(self, keys: Mapping[str, tuple[int, str]]) -> None:
        """Ignore them: nobody is signed in at a center."""

    # -- comparing -------------------------------------------------------------------------------------------------

    def id_sum(self) -> IdSum:
        found = self._book.setting(SUM)
        return IdSum(*found) if found else IdSum()

    def _add_to_sum(self, event_ids: Sequence[str]) -> None:
        if event_ids:
            self._book.save_setting(SUM, list(_pair(self.id_sum().plus(event_ids))))

    def shared_ids(self) -> Iterable[str]:
        return self._book.ids_shared_above()

    def events_named(self, event_ids: Collection[str]) -> Sequence[Event]:
        return [_for_above(event) for event in self._book.events_named(event_ids)]

    def credentials_of(self, events: Sequence[Event]) -> Sequence[Signed]:
        people = {(event.header.actor or "", event.header.origin) for event in events}
        return self._book.signed_credentials({event.header.origin for event in events}, people)


def note_regained(book: SharingBook, events: Sequence[Event]) -> None:
    """Count as come from above what stations give back that others wrote than a county's own offices; it had come so.

    The center above may have forgotten it as well, its own rulings among it: by the sums it gets that back from here.
    """
    if not book.setting("uplink"):
        return
    offices, here = book.organisations(), book.setting("center")["org"]
    others = [e for e in events if e.header.org in offices and not offices.is_served_by(e.header.org, here)]
    if unshared := book.not_shared_above([event.event_id for event in others]):
        book.note_from_above(unshared)
        found = IdSum(*(book.setting(SUM) or ())).plus(unshared)
        book.save_setting(SUM, list(_pair(found)))


def _pair(found: IdSum) -> tuple[int, str]:
    return found.count, found.total


def _for_above(event: Event) -> Event:
    """Return an event as the center above may read it: what is for one office alone stays there."""
    if event.header.audience == Audience.OFFICE:
        return replace(event, body=None)
    return event


def may_relay(organisations: Organisations, county: str) -> Callable[[str], bool]:
    """Return which offices' events a county's center may bring: of those that it serves, or has served."""

    def may(org: str) -> bool:
        return org == county or county in _served_by(organisations, org)

    return may


def _served_by(organisations: Organisations, org: str) -> set[str]:
    """Return the offices of the centers that serve an office or have served it."""
    if org not in organisations:
        return set()
    left = _left(organisations, org)
    for code in organisations.get(org).former_parents if not left else ():
        # It has moved within a county, or a program of before noted no county that it left. The office that was above
        # it may have gone to another county since: then it was in the one that that office left first.
        left += _left(organisations, code)[:1] or _homes(organisations, code)
    return {*_homes(organisations, org), *left}


def _left(organisations: Organisations, org: str) -> list[str]:
    """Return the offices of the centers that an office left, in order, as its moves between counties noted them."""
    former = organisations.get(org).former_parents if org in organisations else ()
    return [code for code in former if _homes(organisations, code) == [code]]


def _homes(organisations: Organisations, code: str) -> list[str]:
    center = organisations.center_of(code) if code in organisations else None
    return [center.code] if center is not None else []
