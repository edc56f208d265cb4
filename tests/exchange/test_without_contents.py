"""Events that a restored center has without their contents: who has them whole is to see that, and gives them back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from station_app.center.healing import heal
from station_app.domain.lanes import Audience
from station_app.exchange.obeying import lacks_bodies
from station_app.exchange.ports import Placement
from station_app.exchange.serving import Asker, serve_feed
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import OWN, ExchangeRequest
from tests.exchange.centers import Node, Pc, exchange
from tests.exchange.makers import EPOCH, NOTE
from tests.exchange.test_city import A_TOWN, A_VILLAGE, OPEN, A, county


@pytest.fixture
def restored() -> tuple[Node, Pc, Event]:
    """A county that was put back and has an event without its contents, and the PC that wrote it."""
    node = county(A, A_TOWN, A_VILLAGE)
    pc = Pc(A_VILLAGE).enrol(node)
    event = pc.write("register", OPEN)
    pc.sync()
    with node.store.write() as book:
        book.start_center_epoch("f" * 16)
        book.erase_bodies([event.event_id])
    return node, pc, event


def gave_back(node: Node, pc: Pc, cursor: int) -> bool:
    """Tell whether a PC counts as having given back all, that has what the center has and has read so far."""
    with node.store.write() as book:
        own = book.feed_sum(pc.org)
        incarnation = book.setting("center")["incarnation"]
        request = ExchangeRequest(EPOCH, incarnation, cursor, 2, (), 10, sum=(own.count, own.total))
        heal(book, node.parts, book.station(pc.device), request)
        return not book.setting("center")["healing"]


def test_a_pc_has_given_back_all_only_once_it_has_seen_what_lacks_contents(restored: tuple[Node, Pc, Event]) -> None:
    """By equal ids it counted at once, and the center ruled on what nobody could read yet."""
    node, pc, _ = restored
    assert not gave_back(node, pc, 0)
    with node.store.read() as book:
        head = book.feed_head(pc.org)
    assert gave_back(node, pc, head)


def test_what_was_removed_or_is_for_one_office_alone_is_not_waited_for(restored: tuple[Node, Pc, Event]) -> None:
    node, pc, event = restored
    with node.store.write() as book:
        assert lacks_bodies(book, pc.org)
        book.fill_bodies([event])
        assert not lacks_bodies(book, pc.org)
        alone = pc.write("note", NOTE, audience=Audience.OFFICE)
        book.add_events([Event(alone.header_bytes, alone.signature, alone.person_signature, None)])
        book.place([Placement(pc.org, "new", alone.event_id)])
        assert not lacks_bodies(book, pc.org)


@pytest.mark.parametrize("kind", [OWN, "ruling"])
def test_a_row_of_ones_own_without_contents_is_one_that_every_client_can_read(
    restored: tuple[Node, Pc, Event], kind: str
) -> None:
    """A row `own` has an id and no event (docs/sync.md §5): clients of before look for the id."""
    node, pc, event = restored
    with node.store.write() as book:
        book.place([Placement(A_TOWN, kind, event.event_id)])
        asker: Any = Asker(pc.device, pc.epoch, A_TOWN, "township")
        [row] = serve_feed(book, asker, 0, 10)
    assert row.event is not None
    assert (row.kind, row.event.event_id, row.event.body) == ("new" if kind == OWN else kind, event.event_id, None)


def test_what_a_request_gives_back_without_contents_comes_in_as_it_ends_the_healing() -> None:
    """It was left for who has it whole, nobody was waited for any more, and sent again it came in (seed 321)."""
    node = county(A, A_TOWN, A_VILLAGE)
    pc = Pc(A_VILLAGE).enrol(node)
    pc.write("register", OPEN)
    pc.sync()
    bare = replace(pc.write("note", NOTE), body=None)
    with node.store.write() as book:
        book.start_center_epoch("f" * 16)
        incarnation = book.setting("center")["incarnation"]
    asks = ExchangeRequest(pc.epoch, incarnation, 9, 3, (), 10, seq=2, sum=(2, "0" * 64))
    pc.nonce = exchange(node, pc.key, replace(asks, buckets={}), pc.nonce).nonce
    gives = replace(asks, returns=(bare,))
    exchange(node, pc.key, gives, pc.nonce)
    with node.store.read() as book:
        assert not book.setting("center")["healing"]
        assert bare.event_id in book.seqs([bare.event_id])
    assert node.store.rehearse(lambda: exchange(node, pc.key, gives, pc.nonce)) <= {"stations"}
