"""Under which epoch a request is served: the PC itself, a restored backup, a clone, and a center that forgot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from station_app.center.epochs import Challenge, admit, epochs_of_office, turn_nonce
from station_app.domain.errors import StationError
from station_app.exchange.ports import Epoch, Head
from station_app.protocol.exchange_records import ExchangeRequest
from station_app.usecases.center_ports import CenterClerk, Station
from station_app.usecases.tags import MOST_TAGS
from tests.fake_vault import FakeVault
from tests.fakes import Store, center_store

PC, OFFICE = "d" * 32, "511102101001"
FIRST, SECOND, THIRD = "1" * 16, "2" * 16, "3" * 16
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass
class Desk:
    """A center in memory, and a PC that was enrolled at it under its first epoch."""

    store: Store = field(default_factory=center_store)

    def __post_init__(self) -> None:
        numbers = count(1)
        self.clerk = CenterClerk(
            lambda context, data: b"s", lambda: NOW, lambda size: next(numbers).to_bytes(size, "big"), FakeVault()
        )
        with self.book() as book:
            book.save_setting(
                "center", {"device": "c" * 32, "epoch": "0" * 16, "org": "511102000000", "incarnation": "i1"}
            )
            book.save_station(Station(PC, OFFICE, b"k" * 32, "2026-03-01T00:00:00Z"))
            book.save_epoch(Epoch(PC, FIRST, 4, "now", "before", "2026-03-01T00:00:00Z", link=3))
            book.save_heads({(PC, FIRST): Head(5, "e" * 64)})

    @contextmanager
    def book(self) -> Iterator[Any]:
        with self.store.write() as book:
            yield book

    @property
    def station(self) -> Station:
        found: Station = self.store.tables.stations[PC]
        return found

    def epoch(self, name: str) -> Epoch:
        found: Epoch = self.store.tables.epochs[PC, name]
        return found

    def ask(self, nonce: str, epoch: str = FIRST, **more: Any) -> Epoch | Challenge:
        """Ask as a PC that knows all it wrote would."""
        request = ExchangeRequest(epoch, more.pop("incarnation", "i1"), 0, 4, (), 100, **{"seq": 5, "tag": 4, **more})
        with self.book() as book:
            return admit(book, self.clerk, self.station, request, nonce)

    def turn(self, epoch: Epoch, named: str, *, forked: bool = False) -> Epoch:
        with self.book() as book:
            return turn_nonce(book, self.clerk, epoch, named, forked=forked)

    def challenged(self, nonce: str = "made up", **more: Any) -> Challenge:
        found = self.ask(nonce, **more)
        assert isinstance(found, Challenge)
        return found

    def restored(self) -> Epoch:
        """Let a restored backup go on under the second epoch."""
        found = self.ask(self.challenged("old").nonce, SECOND, seq=0, forked_from=FIRST, tag=4)
        assert isinstance(found, Epoch)
        return found


@pytest.mark.parametrize("nonce", ["now", "before"])
def test_the_pc_itself_is_let_in_also_when_the_last_reply_got_lost(nonce: str) -> None:
    desk = Desk()
    before = desk.store.tables
    assert desk.ask(nonce) == desk.epoch(FIRST)
    assert desk.store.tables == before


def test_the_newest_nonce_is_turned_and_the_one_before_is_not() -> None:
    desk = Desk()
    first = desk.turn(desk.epoch(FIRST), "now")
    assert (first.previous, first.nonce != "now") == ("now", True)
    # The reply got lost: the same request is answered with the same nonce.
    assert desk.turn(desk.epoch(FIRST), "now") == first == desk.epoch(FIRST)


def test_another_nonce_is_challenged_with_the_same_word_until_it_is_named() -> None:
    desk = Desk()
    first = desk.challenged("made up")
    assert (first.epoch_known, first.link) == (True, 3)
    assert desk.challenged("something else") == first
    assert desk.station.challenge == first.nonce
    # The nonce of the PC itself is as good as before.
    assert desk.ask("now") == desk.epoch(FIRST)


def test_a_restored_backup_goes_on_under_a_new_epoch_with_digits_of_its_own_and_closes_the_old_one() -> None:
    desk = Desk()
    opened = desk.restored()
    assert (opened.epoch, opened.forked_from, opened.link) == (SECOND, FIRST, 3)
    assert opened.tag not in (4,)
    assert opened.nonce == opened.previous != "now"
    assert (desk.epoch(FIRST).closed, desk.epoch(SECOND).closed) == (True, False)
    assert (desk.station.challenge, desk.station.cloned) == ("", False)
    assert desk.ask(opened.nonce, SECOND, seq=0) == opened


def test_a_backup_with_a_good_nonce_but_fewer_events_is_found_out() -> None:
    """Restored within one exchange of the backup: the nonce still fits, what was written since is gone."""
    desk = Desk()
    assert desk.challenged("now", seq=4).epoch_known
    assert desk.ask("now", seq=5) == desk.epoch(FIRST)
    with desk.book() as book:
        book.tables.heads.clear()
    assert desk.ask("now", seq=0) == desk.epoch(FIRST)


def test_the_challenge_does_not_open_the_epoch_that_is_known_already() -> None:
    desk = Desk()
    desk.challenged(desk.challenged("old").nonce)
    assert list(desk.store.tables.epochs) == [(PC, FIRST)]


def test_who_may_go_on_with_its_challenge_no_more_is_given_another_by_which_it_knows_it() -> None:
    """Of two copies one was let go on after a restore; before it came, the other had written more.

    It had that challenge already, so it took the refusal for the one before, for ever; found by the simulator (91).
    """
    desk = Desk()
    nonce = desk.challenged("old", incarnation="i0").nonce
    assert not desk.challenged("old", incarnation="i0").epoch_known
    with desk.book() as book:
        book.save_heads({(PC, FIRST): Head(6, "f" * 64)})
    again = desk.challenged(nonce, incarnation="i0")
    assert again.epoch_known
    assert again.nonce != nonce
    assert isinstance(desk.ask(again.nonce, SECOND, seq=0, forked_from=FIRST), Epoch)


def test_a_countys_center_that_was_restored_twice_is_no_clone_but_challenged_again() -> None:
    """Set back twice to one backup it counted as cloned, and its county got nothing more; found by the simulator."""
    desk = Desk()
    with desk.book() as book:
        book.save_station(replace(desk.station, is_center=True))
    desk.restored()
    again = desk.challenged("now")
    assert (again.epoch_known, desk.station.cloned) == (True, False)
    third = desk.ask(again.nonce, THIRD, seq=0, forked_from=FIRST)
    assert isinstance(third, Epoch)
    # A center prints no numbers: it uses no digits up.
    assert third.tag == desk.epoch(SECOND).tag == 0


def test_a_challenge_is_good_for_one_epoch_alone() -> None:
    desk = Desk()
    nonce = desk.challenged("old").nonce
    desk.restored()
    assert desk.challenged(nonce, epoch=THIRD).nonce != nonce
    assert (PC, THIRD) not in desk.store.tables.epochs


def test_nobody_is_let_in_with_an_empty_nonce() -> None:
    desk = Desk()
    assert desk.challenged("", epoch=THIRD).epoch_known is False


def test_two_copies_that_are_both_alive_are_a_clone() -> None:
    desk = Desk()
    desk.restored()
    # The first PC, of whose copy nobody had told it, comes with the nonce that it was given last.
    found = desk.ask("now")
    assert found == desk.epoch(FIRST)
    assert desk.station.cloned
    assert desk.turn(desk.epoch(FIRST), "now") == desk.epoch(FIRST)
    assert desk.ask("now") == desk.epoch(FIRST)


def test_a_copy_of_an_older_day_is_challenged_like_any_other() -> None:
    desk = Desk()
    desk.restored()
    again = desk.challenged("long ago")
    assert again.epoch_known
    third = desk.ask(again.nonce, THIRD, seq=0, forked_from=FIRST)
    assert isinstance(third, Epoch)
    assert desk.epoch(SECOND).closed
    assert len({desk.epoch(name).tag for name in (FIRST, SECOND, THIRD)}) == 3


def test_two_events_in_one_place_let_whoever_comes_next_be_challenged() -> None:
    desk = Desk()
    told = desk.turn(desk.epoch(FIRST), "now", forked=True)
    assert told.nonce == "now"
    for nonce in ("now", "before"):
        assert isinstance(desk.ask(nonce), Challenge)


def test_a_center_that_forgot_an_epoch_keeps_its_digits_and_its_links() -> None:
    desk = Desk()
    with desk.book() as book:
        book.tables.epochs.clear()
    found = desk.challenged("now")
    assert (found.epoch_known, found.link) == (False, 0)
    opened = desk.ask(found.nonce, tag=17)
    assert isinstance(opened, Epoch)
    assert (opened.tag, opened.link, opened.forked_from, opened.epoch) == (17, 3, "", FIRST)


def test_a_center_that_forgot_an_epoch_keeps_its_digits_also_where_it_continues_one_that_is_known() -> None:
    """It drew others, and the first ones might be drawn for another PC, which would print the same numbers."""
    desk = Desk()
    opened = desk.ask(desk.challenged("old").nonce, SECOND, forked_from=FIRST, tag=17)
    assert isinstance(opened, Epoch)
    assert (opened.tag, desk.epoch(FIRST).tag) == (17, 4)


def test_digits_of_an_epoch_that_was_forgotten_are_not_given_to_the_one_that_continues_it() -> None:
    """Until it is given its own it names those of the one before, under which a copy of the PC may still write."""
    desk = Desk()
    opened = desk.ask(desk.challenged("old").nonce, THIRD, forked_from=SECOND, tag=17)
    assert isinstance(opened, Epoch)
    assert opened.tag not in (17, 4)


def test_digits_that_another_pc_of_the_office_has_meanwhile_are_not_kept() -> None:
    desk = Desk()
    with desk.book() as book:
        book.tables.epochs.clear()
        book.save_station(Station("b" * 32, OFFICE, b"o" * 32, ""))
        book.save_epoch(Epoch("b" * 32, FIRST, 17, "n", "n", ""))
        assert [epoch.device for epoch in epochs_of_office(book, OFFICE)] == ["b" * 32]
    opened = desk.ask(desk.challenged("now").nonce, tag=17)
    assert isinstance(opened, Epoch)
    assert opened.tag == 0


def test_without_digits_left_no_epoch_is_opened() -> None:
    desk = Desk()
    with desk.book() as book:
        for tag in range(MOST_TAGS):
            book.save_epoch(replace(desk.epoch(FIRST), epoch=f"{tag:016d}", tag=tag, closed=True))
    nonce = desk.challenged("old").nonce
    with pytest.raises(StationError, match="tags-used-up"):
        desk.ask(nonce, SECOND, forked_from=FIRST)
    assert desk.station.challenge == nonce


def test_after_the_center_was_restored_its_pcs_go_on_as_who_they_were() -> None:
    """A restored center knows an older nonce than its PCs; each was challenged for ever, as its epoch was known."""
    desk = Desk()
    with desk.book() as book:
        book.save_setting("center", {**book.setting("center"), "incarnation": "i2"})
    nonce = desk.challenged("newer than the backup").nonce
    found = desk.ask(nonce)
    assert isinstance(found, Epoch)
    assert (found.epoch, found.nonce, found.previous, found.tag) == (FIRST, nonce, nonce, 4)
    assert (desk.station.challenge, found.closed) == ("", False)
    # Who has learnt of the new numbering and comes with a wrong nonce is a restored backup, as ever.
    again = desk.challenged("old", incarnation="i2").nonce
    assert isinstance(desk.ask(again, incarnation="i2"), Challenge)


def test_a_closed_epoch_is_not_opened_by_the_challenge_after_a_restore() -> None:
    desk = Desk()
    desk.restored()
    with desk.book() as book:
        book.save_setting("center", {**book.setting("center"), "incarnation": "i2"})
    nonce = desk.challenged("older").nonce
    assert isinstance(desk.ask(nonce), Challenge)
