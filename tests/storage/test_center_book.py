"""The center's book in memory and those in databases keep the same contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from station_app.center.ports import CenterStore
from station_app.domain.lanes import SubjectKind
from station_app.domain.people import Role, Worker
from station_app.exchange.center import accept_push
from station_app.exchange.id_sums import IdSum
from station_app.exchange.intake_records import Pusher
from station_app.exchange.ports import Epoch, Head, Placement, Refusal
from station_app.protocol.exchange_records import BACKFILL, ExchangeRequest
from station_app.protocol.signed import DeviceCredential, Signed
from station_app.storage.center_rows import CENTER
from station_app.storage.engine import open_plain, reading, writing
from station_app.storage.journal import BodyCipher
from station_app.storage.postgres import open_postgres
from station_app.storage.registry import RegistryOnDisk
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare
from station_app.usecases.center_ports import Account, Station
from tests.exchange.makers import CENTER as CENTER_DEVICE
from tests.exchange.makers import CENTER_KEY, COUNTY, EPOCH, OPEN, OTHER, TOWNSHIP, VILLAGE, Device, by_center
from tests.fakes import center_store, fake_verify_many

SECRET = b"\x5a"


@dataclass(frozen=True, slots=True)
class Books:
    """A center's store."""

    write: Callable[[], AbstractContextManager[Any]]
    read: Callable[[], AbstractContextManager[Any]]


def turned(body: bytes, event_id: bytes) -> bytes:
    """Stand for a cipher that binds the event's id: what is opened for another event comes out wrong."""
    return bytes(byte ^ event_id[number % len(event_id)] ^ SECRET[0] for number, byte in enumerate(body))


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    if request.param == "memory":
        store = center_store()
        engine, books = None, Books(store.write, store.read)
    elif request.param == "sqlite":
        engine = open_plain(tmp_path / "center.db")
        books = on_disk(engine)
    else:
        engine = open_postgres(request.getfixturevalue("postgres").database())
        books = on_disk(engine)
    with books.write() as book:
        book.save_setting("center", {"device": CENTER_DEVICE, "epoch": "0" * 16, "org": COUNTY})
        book.save_credential(by_center(DeviceCredential(CENTER_DEVICE, COUNTY, CENTER_KEY.public).to_payload()))
    yield books
    if engine is not None:
        engine.dispose()


def on_disk(engine: Engine) -> Books:
    """Return a new center's store in this database."""
    prepare(engine, tables(SHARED + CENTER))
    cipher = BodyCipher(seal=turned, open=turned)

    @contextmanager
    def write() -> Iterator[RegistryOnDisk]:
        with writing(engine) as connection:
            yield RegistryOnDisk(connection, cipher)

    @contextmanager
    def read() -> Iterator[RegistryOnDisk]:
        with reading(engine) as connection:
            yield RegistryOnDisk(connection, cipher)

    return Books(write, read)


def push(books: Books, device: Device, first_link: int = 1) -> Any:
    request = ExchangeRequest(device.epoch, "", 0, first_link, tuple(device.wrote[first_link - 1 :]), 100)
    with books.write() as book:
        return accept_push(book, Pusher(device.device, device.epoch), request, fake_verify_many)


def known(books: Books, org: str) -> Device:
    device = Device(org)
    with books.write() as book:
        book.save_epoch(Epoch(device.device, device.epoch, 0, "n", "n", ""))
        for credential in device.credentials():
            book.save_credential(credential)
    return device


def test_an_event_comes_out_of_case_stream_and_feed_byte_for_byte(books: Books) -> None:
    device = known(books, VILLAGE)
    event = device.write("register", OPEN)
    push(books, device)
    with books.read() as book:
        assert list(book.case_events([event.header.subject_id])[event.header.subject_id]) == [event]
        [row] = book.feed(VILLAGE, 0, 10)
        assert (row.n, row.kind, row.event) == (1, "new", event)
        assert book.heads([(device.device, EPOCH)]) == {(device.device, EPOCH): Head(1, event.event_id)}
        assert book.epoch(device.device, EPOCH).link == 1
        assert book.seqs([event.event_id, "0" * 64]) == {event.event_id: 1}
        assert book.unruled(10) == [event.header.subject_id]
        assert book.viewers([event.header.subject]) == {event.header.subject: (VILLAGE,)}


def test_a_push_that_is_cut_short_leaves_nothing(books: Books) -> None:
    device = known(books, VILLAGE)
    device.write("register", OPEN)
    request = ExchangeRequest(EPOCH, "", 0, 1, tuple(device.wrote), 100)
    with pytest.raises(RuntimeError), books.write() as book:
        accept_push(book, Pusher(device.device, EPOCH), request, fake_verify_many)
        raise RuntimeError
    with books.read() as book:
        assert (book.epoch(device.device, EPOCH).link, book.feed_head(VILLAGE)) == (0, 0)
        assert (list(book.unruled(10)), book.feed_sum(VILLAGE)) == ([], IdSum())
        assert list(book.feed(VILLAGE, 0, 10)) == []
    assert [status.status for status in push(books, device).statuses] == ["stored"]
    with books.read() as book:
        # The number that was taken back is given again: a reader finds no gap.
        assert [row.n for row in book.feed(VILLAGE, 0, 10)] == [1]


def test_each_office_s_feed_is_numbered_without_gaps_and_read_in_pages(books: Books) -> None:
    device = known(books, VILLAGE)
    events = [device.write("note") if number else device.write("register", OPEN) for number in range(7)]
    push(books, device)
    with books.write() as book:
        book.place([Placement(TOWNSHIP, "backfill", event.event_id) for event in events])
        # Each is in a feed once: what is relayed may come twice.
        book.place([Placement(TOWNSHIP, "new", events[0].event_id), Placement(VILLAGE, "new", events[0].event_id)])
    with books.read() as book:
        assert (book.feed_head(VILLAGE), book.feed_head(TOWNSHIP), book.feed_head(OTHER)) == (7, 7, 0)
        pages = [[row.n for row in book.feed(TOWNSHIP, after, 3)] for after in (0, 3, 6, 7)]
    assert pages == [[1, 2, 3], [4, 5, 6], [7], []]


def test_a_feed_counts_its_events_once_however_often_they_are_placed(books: Books) -> None:
    device = known(books, VILLAGE)
    events = [device.write("note") if number else device.write("register", OPEN) for number in range(3)]
    ids = [event.event_id for event in events]
    push(books, device)
    with books.write() as book:
        for kind in ("new", "ruling", "new"):
            book.place([Placement(TOWNSHIP, kind, event_id) for event_id in (*ids[:2], ids[0])])
    with books.read() as book:
        assert book.feed_sum(VILLAGE) == IdSum().plus(ids)
        assert book.feed_sum(TOWNSHIP) == IdSum().plus(ids[:2])
        assert (sorted(book.feed_ids(TOWNSHIP)), list(book.feed_ids(OTHER))) == (sorted(ids[:2]), [])
        assert list(book.events_in_feed(TOWNSHIP, [*ids[1:], "0" * 64])) == [events[1]]
        assert book.feed_sum(OTHER) == IdSum()


def test_a_feed_tells_that_something_in_it_is_without_its_body(books: Books) -> None:
    device = known(books, VILLAGE)
    device.write("register", OPEN)
    other = device.write("note")
    push(books, device)
    with books.write() as book:
        book.place([Placement(TOWNSHIP, "new", device.wrote[0].event_id)])
        assert [list(book.bodiless_in_feed(org)) for org in (VILLAGE, TOWNSHIP)] == [[], []]
        book.erase_bodies([other.event_id])
        assert [list(book.bodiless_in_feed(org)) for org in (VILLAGE, TOWNSHIP)] == [[replace(other, body=None)], []]


def test_a_backfill_comes_again_to_who_had_to_forget_and_is_counted_once(books: Books) -> None:
    device = known(books, VILLAGE)
    event = device.write("register", OPEN)
    push(books, device)
    backfill = [Placement(TOWNSHIP, BACKFILL, event.event_id)]
    with books.write() as book:
        book.place([*backfill, *backfill])
    with books.write() as book:
        book.place_revocations([(TOWNSHIP, event.header.subject)])
        book.place(backfill)
    with books.read() as book:
        rows = book.feed(TOWNSHIP, 0, 10)
        assert [(row.n, row.kind, row.event, row.subject) for row in rows] == [
            (1, "backfill", event, None),
            (2, "revoke", None, event.header.subject),
            (3, "backfill", event, None),
        ]
        assert book.feed_sum(TOWNSHIP) == IdSum().plus([event.event_id])
        assert list(book.feed_ids(TOWNSHIP)) == [event.event_id]
        assert book.feed_head(TOWNSHIP) == 3


def test_epochs_are_kept_by_device_and_changed(books: Books) -> None:
    first = Epoch("d" * 32, "1" * 16, 7, "n2", "n1", "2026-03-02T00:00:00Z", link=3)
    second = Epoch("d" * 32, "2" * 16, 8, "m", "m", "2026-03-03T00:00:00Z", forked_from="1" * 16)
    with books.write() as book:
        book.save_epoch(first)
        book.save_epoch(replace(first, nonce="n3", previous="n2", closed=True, link=4))
        book.save_epoch(second)
        book.save_epoch(replace(second, device="e" * 32))
    with books.read() as book:
        closed = replace(first, nonce="n3", previous="n2", closed=True, link=4)
        assert sorted(book.epochs("d" * 32), key=lambda epoch: epoch.epoch) == [closed, second]
        assert book.epoch("d" * 32, "1" * 16) == closed
        assert (book.epoch("d" * 32, "3" * 16), list(book.epochs("f" * 32))) == (None, [])


def test_what_a_person_has_to_look_at_is_kept_with_the_reason(books: Books) -> None:
    with books.write() as book:
        book.add_reviews({})
        book.add_reviews({"a" * 64: "cloned-pc", "b" * 64: "cloned-pc"})
        book.add_reviews({"a" * 64: "cloned-pc"})
    with books.read() as book:
        assert book.reviews(["a" * 64, "c" * 64]) == {"a" * 64: "cloned-pc"}
        assert book.reviews([]) == {}


def test_two_events_in_one_place_of_a_chain_are_both_kept(books: Books) -> None:
    device, clone = known(books, VILLAGE), Device(VILLAGE)
    one = device.write("register", OPEN)
    other = clone.write("register", OPEN, subject=device_case(1))
    push(books, device)
    request = ExchangeRequest(EPOCH, "", 0, 2, (other,), 100)
    with books.write() as book:
        plan = accept_push(book, Pusher(device.device, EPOCH), request, fake_verify_many)
    assert plan.forked
    with books.read() as book:
        assert book.seqs([one.event_id, other.event_id]) == {one.event_id: 1, other.event_id: 1}
        chain = (one.header.origin, one.header.epoch)
        assert [set(book.seqs_behind(chain, seq)) for seq in (0, 1)] == [{1}, set()]
        assert [row.event for row in book.feed(VILLAGE, 0, 10)] == [one, other]


def test_centers_that_this_one_knows_are_centers_as_well(books: Books) -> None:
    with books.write() as book:
        assert book.centers() == {CENTER_DEVICE}
        book.save_setting("centers", [{"org": "511100000000", "device": "9" * 32, "public_key": "00"}])
    with books.read() as book:
        assert book.centers() == book.credentials([]).centers == {CENTER_DEVICE, "9" * 32}


def test_documents_are_numbered_signed_and_placed(books: Books) -> None:
    with books.write() as book:
        assert (book.last_document("calendar"), book.document("calendar")) == (0, None)
        for number in (1, 2):
            book.save_document("calendar", number, Signed(b"%d" % number, b"s"))
        book.place_document([VILLAGE, TOWNSHIP], "calendar", 2)
    with books.read() as book:
        assert book.last_document("calendar") == 2
        assert book.document("calendar") == Signed(b"2", b"s")
        [row] = book.feed(TOWNSHIP, 0, 10)
        assert (row.n, row.kind, row.document) == (1, "document", Signed(b"2", b"s"))


def test_a_refused_event_is_kept_with_its_reason_and_not_in_the_stream(books: Books) -> None:
    device = known(books, VILLAGE)
    event = device.write("note")
    with books.write() as book:
        book.add_refusals(device.device, EPOCH, [Refusal(1, event, "subject-unknown")])
    with books.read() as book:
        assert book.refused_ids([event.event_id, "0" * 64]) == {event.event_id: "subject-unknown"}
        assert [found.header_bytes for found in book.refused_by([device.device])] == [event.header_bytes]
        assert list(book.refused_by(["9" * 32])) == []
        assert book.refused_links(device.device) == {1}
        assert book.refusals_by_device() == {device.device: (1, 0)}
        assert not book.refused_links("9" * 32)
        assert list(book.case_events([event.header.subject_id])[event.header.subject_id]) == []


def test_unruled_cases_are_given_in_portions_until_they_are_ruled(books: Books) -> None:
    device = known(books, VILLAGE)
    for number in range(5):
        fields = {"number": str(number)}
        device.write("register", replace(OPEN, fields=fields), subject=device_case(number))
    push(books, device)
    with books.write() as book:
        first = list(book.unruled(3))
        assert len(first) == 3
        book.mark_ruled(first)
        rest = list(book.unruled(3))
        assert sorted([*first, *rest]) == [device_case(number)[1] for number in range(5)]
        book.mark_ruled(rest)
        book.mark_unruled(first[:1])
        assert list(book.unruled(3)) == first[:1]


def device_case(number: int) -> Any:
    return SubjectKind.CASE, f"{number:032d}"


def test_credentials_are_found_by_device_and_by_person_on_it(books: Books) -> None:
    village, other = known(books, VILLAGE), known(books, OTHER)
    with books.read() as book:
        found = book.credentials({village.device})
        assert set(found.devices) == {village.device}
        signed = book.signed_credentials({village.device, other.device}, {(village.person, village.device)})
    assert sorted(s.payload for s in signed) == sorted(
        s.payload for s in [*village.credentials()[:2], other.credentials()[0]]
    )


def test_stations_accounts_codes_and_drafts_are_kept_and_changed(books: Books) -> None:
    station = Station("d" * 32, VILLAGE, b"k" * 32, "2026-03-02T00:00:00Z")
    account = Account(Worker("p" * 32, "李𬭎", VILLAGE, frozenset({Role.AGENT, Role.CLERK})), code_hash="h")
    with books.write() as book:
        book.save_station(station)
        book.save_account(account)
        book.add_code("code", VILLAGE)
        number = book.add_draft({"items": []}, "p" * 32)
        book.save_station(replace(station, challenge="c1", cloned=True))
        book.save_account(replace(account, disabled=True, code_hash=""))
        book.use_code("code", "d" * 32)
        book.save_draft(replace(book.draft(number), approved_by="q" * 32))
    with books.read() as book:
        assert book.stations_of(VILLAGE) == [replace(station, challenge="c1", cloned=True)]
        assert (book.stations_of(TOWNSHIP), book.station("x")) == ([], None)
        assert book.account_named("李𬭎") == book.account("p" * 32) == replace(account, disabled=True, code_hash="")
        assert (book.account_named("李"), book.account("x")) == (None, None)
        assert (book.code("code"), book.code("x")) == ((VILLAGE, "d" * 32), None)
        draft = book.draft(number)
        assert (draft.submitted_by, draft.approved_by, draft.published) == ("p" * 32, "q" * 32, False)
        assert book.draft(99) is None


def test_both_are_what_the_center_asks_for(books: Books) -> None:
    with books.read() as book:
        missing = [name for name in dir(CenterStore) if not name.startswith("_") and not hasattr(book, name)]
    assert missing == []
