"""The states of an epoch, and how a center looks at a PC, are those that docs/sync.md §7 draws, and no others.

Each arrow of the page is walked with the program. One that is new on the page has no walk here and fails; so does
another outcome of the program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from station_app.domain.document_numbers import Block, HeldBlock
from station_app.exchange.limits import CLONED, DEVICE_REVOKED
from station_app.protocol.exchange_records import ExchangeReply
from station_app.usecases.leased_numbers import leave_blocks
from station_app.usecases.revoking import revoke
from station_app.usecases.serials import Written, resume, resume_restored, written
from tests.center.pc_and_center import BEFORE, CHALLENGE, FIRST, GOOD, SEQ, PcAndCenter
from tests.diagrams import Arrow, arrows, walked
from tests.exchange.receiving import AGAIN, REPLY, Station, in_touch
from tests.fakes import FakeKey

NEXT, TODAY = "f" * 16, date(2026, 3, 2)
ANSWER = re.compile(": (again|served)")
Walk = Callable[[PcAndCenter], object]
StationWalk = Callable[[Station], object]


# -- an epoch as its center has it -------------------------------------------------------------------------------------


def state_of_epoch(place: PcAndCenter) -> str:
    if place.epoch is None:
        return "(none)"
    return "CLOSED" if place.epoch.closed else "OPEN"


def forget(place: PcAndCenter) -> None:
    with place.node.store.write() as book:
        book.tables.epochs.clear()


EPOCHS_BEGIN: Mapping[str, Walk] = {"(none)": forget, "OPEN": lambda _: None, "CLOSED": PcAndCenter.go_on}
EPOCHS: Mapping[tuple[str, str], Walk] = {
    ("(none)", "enrolled"): PcAndCenter.enrol,
    ("(none)", "any nonce but the challenge: again"): PcAndCenter.ask,
    ("(none)", "the challenge: served"): lambda place: place.ask(place.ask().nonce),
    ("OPEN", "a good nonce, seq not below: served"): lambda place: place.ask(BEFORE),
    ("OPEN", "the challenge, seq not below, another incarnation: served"): lambda place: place.ask(
        place.ask("old", incarnation="i0").nonce, incarnation="i0"
    ),
    ("OPEN", "another nonce, or seq below: again"): lambda place: (place.ask("old"), place.ask(seq=SEQ - 1))[1],
    ("OPEN", "two events in one place: its nonces are good no more"): lambda place: place.keep(nonce="x", previous="x"),
    ("OPEN", "another epoch of the PC is opened"): PcAndCenter.go_on,
    ("CLOSED", "another nonce: again"): lambda place: place.ask("old"),
    ("CLOSED", "a good nonce, of a county's center: again"): lambda place: (place.know(is_center=True), place.ask())[1],
    ("CLOSED", "a good nonce, of a PC: served, from now on CLONED"): PcAndCenter.ask,
}


@walked("(none)")
def test_each_arrow_between_the_states_of_an_epoch_is_walked(arrow: Arrow) -> None:
    before, why, after = arrow
    place = PcAndCenter()
    EPOCHS_BEGIN[before](place)
    assert state_of_epoch(place) == before
    reply = EPOCHS[before, why](place)
    assert state_of_epoch(place) == after
    if answer := ANSWER.search(why):
        assert isinstance(reply, ExchangeReply)
        assert answer[1] == ("again" if reply.again else "served")
    assert place.station.cloned == why.endswith("CLONED")


def test_no_walk_is_without_its_arrow() -> None:
    assert {(before, why) for before, why, _ in arrows("(none)")} == set(EPOCHS)
    assert {why for _, why, _ in arrows("AS USUAL")} == set(STANDINGS)
    assert {why for _, why, _ in arrows("e")} == set(OWN)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the state of its epoch, the nonce that it names, the number of its last event, and who asks."""

    state: str
    nonce: str
    seq: int
    moved: bool
    is_center: bool

    def answer(self) -> tuple[str, str]:
        """Return how the program answers it, and the state of the epoch then."""
        place = PcAndCenter()
        EPOCHS_BEGIN[self.state](place)
        place.know(challenge=CHALLENGE, is_center=self.is_center)
        reply = place.ask(self.nonce, seq=self.seq, incarnation="i0" if self.moved else place.incarnation)
        return ("again" if reply.again else "served"), state_of_epoch(place)

    def drawn(self) -> tuple[str, str]:
        """Return the same as the page has it: it is served by an arrow that fits, and asked again without one."""
        for before, why, after in arrows("(none)"):
            fits = (before, "served" in why, NONCES[self.nonce] in why) == (self.state, True, True)
            if fits and self._may(why):
                return "served", after
        return "again", self.state

    def _may(self, why: str) -> bool:
        whole = "seq not below" not in why or self.seq == SEQ
        return whole and (self.moved or "another incarnation" not in why) and not (self.is_center and "of a PC" in why)


NONCES = {GOOD: "a good nonce", BEFORE: "a good nonce", CHALLENGE: "the challenge", "old": "no nonce that is drawn"}


def test_every_request_is_answered_as_drawn() -> None:
    both = (True, False)
    asked = [Asked(*found) for found in product(EPOCHS_BEGIN, NONCES, (SEQ, SEQ - 1), both, both)]
    assert [one for one in asked if one.answer() != one.drawn()] == []
    assert {one.drawn()[0] for one in asked} == {"served", "again"}


# -- how the center looks at the PC ------------------------------------------------------------------------------------


def clone(place: PcAndCenter) -> None:
    place.go_on()
    place.ask()


def revoke_it(place: PcAndCenter) -> None:
    with place.node.store.write() as book:
        revoke(book, place.node.clerk, place.device, "丢失", "a" * 32)


def enrol_anew(place: PcAndCenter) -> None:
    place.be(FakeKey(b"n" * 32))
    place.enrol()


STANDINGS_BEGIN: Mapping[str, Walk] = {"AS USUAL": lambda _: None, "CLONED": clone}
STANDINGS: Mapping[str, Walk] = {
    "a good nonce under a closed epoch": clone,
    "revoked: each epoch is valid up to the seq that is taken in": revoke_it,
    "revoked": revoke_it,
    "enrolled anew, with another key: another PC": enrol_anew,
}


@walked("AS USUAL")
def test_each_arrow_between_the_standings_of_a_pc_is_walked(arrow: Arrow) -> None:
    before, why, after = arrow
    place = PcAndCenter()
    STANDINGS_BEGIN[before](place)
    STANDINGS[why](place)
    open_one = next(one for one in place.epochs if not one.closed)
    reply = place.ask(open_one.nonce, open_one.epoch)
    assert (reply.standing or "as usual").upper() == after
    if "valid up to" in why:
        with place.node.store.read() as book:
            assert book.limits().devices[place.device] == {(place.device, FIRST): SEQ}


def test_every_reason_why_a_pc_gets_nothing_is_drawn() -> None:
    states = {state for before, _, after in arrows("AS USUAL") for state in (before, after)}
    assert states == {"AS USUAL", CLONED.upper(), DEVICE_REVOKED.upper()}


# -- the epoch that a PC writes in -------------------------------------------------------------------------------------


def start(station: Station, noted: Callable[[Written], Written] | None) -> None:
    """Start the program beside a sidecar that says this, or without one."""
    with station.store.write() as book:
        if noted is not None:
            resume(book, noted(written(book, TODAY)), NEXT)
        else:
            book.save_number_blocks([HeldBlock(Block("海便受字", 2026, 1, 20), book.own_epoch().epoch, 1)])
            leave_blocks(book, NEXT)


def start_undisturbed(station: Station) -> None:
    """Start it as it was left, and once more behind a crash between a new epoch and the first save in it."""
    start(station, lambda noted: noted)
    with station.store.write() as book:
        noted = written(book, TODAY)
        book.start_epoch("d" * 16)
        assert not resume(book, noted, NEXT)
        book.tables.settings["identity"] = replace(book.identity(), epoch=noted.epoch, forked_from="")


def behind(station: Station, *, more: int = 0) -> None:
    """Let the center say that it has taken in less than the PC has a receipt for, once or more often."""
    for number in range(1 + more):
        station.apply(replace(AGAIN, epoch_known=True, link_head=1, nonce=f"challenge {number}"))


def put_back(station: Station) -> None:
    """Begin a day with the mark of a restore, and a sidecar that is no further than the journal."""
    with station.store.write() as book:
        assert resume_restored(book, written(book, TODAY), NEXT, None)
        assert not resume_restored(book, written(book, TODAY), NEXT, None)


OWN: Mapping[str, StationWalk] = {
    "at the start: the journal is as far as the sidecar, or f was begun and not written in": start_undisturbed,
    "at the start: the journal is behind the sidecar": lambda station: start(
        station, lambda noted: replace(noted, seq=noted.seq + 1)
    ),
    "at the start: no sidecar, and blocks of numbers (§15)": lambda station: start(station, None),
    "at the start: put back from a backup (§18), however the sidecar is": put_back,
    "again, epoch not known": lambda station: station.apply(AGAIN),
    "again, epoch known": lambda station: station.apply(replace(AGAIN, epoch_known=True)),
    "again, epoch known, and the center is behind: LOST": behind,
    "again, epoch known, and the center is behind once more": lambda station: behind(station, more=1),
    "again, epoch known, in another incarnation: LOST": lambda station: station.apply(
        replace(AGAIN, epoch_known=True, incarnation="i2")
    ),
    "again, with the nonce that it has": lambda station: station.apply(
        replace(AGAIN, epoch_known=True, nonce=REPLY.nonce)
    ),
}


@walked("e")
def test_each_arrow_to_the_next_epoch_of_a_pc_is_walked(arrow: Arrow) -> None:
    _, why, after = arrow
    station = Station()
    in_touch(station)
    OWN[why](station)
    with station.store.read() as book:
        own = book.own_epoch()
        assert book.link().lost == why.endswith("LOST")
    assert own.epoch == (station.me.epoch if after == "e" else NEXT)
    assert (own.forked_from == station.me.epoch) == (after == "f")
