"""Contents that were removed are gone: from what is shown, from the journal, and from every page of the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlcipher3 import dbapi2 as sqlcipher

from station_app.bootstrap.station import _book
from station_app.domain.case_cards import CaseQuery
from station_app.domain.effects import Effects
from station_app.domain.removals import Reach
from station_app.exchange.inbox import Checks, apply_reply
from station_app.exchange.ports import Refusal
from station_app.keys.sealing import open_sealed, seal
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeReply, FeedRow, PushStatus
from station_app.protocol.signed import Signed, document_payload, read_document
from station_app.storage.center_rows import CENTER as CENTER_ROWS
from station_app.storage.engine import _engine, open_plain, read_pragmas, writing
from station_app.storage.journal import BodyCipher
from station_app.storage.people_rows import PEOPLE
from station_app.storage.rebuild import rebuild_step
from station_app.storage.registry import RegistryOnDisk
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare
from station_app.storage.station_rows import STATION
from station_app.usecases.audit import audit
from station_app.usecases.ports import Identity, Slice
from tests.exchange.closed import APPLICANT, BASIS, ID_NUMBER, NAME, OPINION, REASON, REMOVED_AT, ClosedCase
from tests.exchange.makers import CASE, CENTER, EPOCH, NOTE, ORGANISATIONS, OTHER, TOWNSHIP, VILLAGE, Device
from tests.fakes import center_store, fake_verify_many
from tests.storage.station_books import AT, Books, listed, opened

CHECKS = Checks(fake_verify_many, lambda _context, _signed, _named=(): True, lambda: "f" * 16)


def organisations() -> Any:
    content = {"organisations": ORGANISATIONS.to_json()}
    return read_document(Signed(document_payload("organisations", 1, content), b"s"))


@pytest.fixture
def center() -> ClosedCase:
    store = center_store()
    return ClosedCase(store.book(store.tables))


def take(book: Any, events: Sequence[Event]) -> None:
    """Take events in as a page of the feed brings them."""
    known = book.known_ids([event.event_id for event in events])
    book.fill_bodies([event for event in events if event.event_id in known and event.body is not None])
    book.add_foreign([event for event in events if event.event_id not in known])
    book.refold({event.header.subject: None for event in events})


def fill(books: Books, center: ClosedCase) -> None:
    with books.write() as book:
        book.save_document(organisations())
        take(book, center.events)


def bodies(events: Sequence[Event]) -> str:
    return "".join((event.body or b"").decode() for event in events)


def moved(books: Books, org: str) -> None:
    """Let the PC be one of another office."""
    with books.write() as book:
        book.save_identity(replace(book.identity(), org=org))


@pytest.mark.parametrize(("org", "where"), [(VILLAGE, Reach.VILLAGE), (VILLAGE, Reach.ALL), (TOWNSHIP, Reach.ALL)])
def test_number_item_state_and_dates_stay_and_nothing_of_the_applicant(
    books: Books, center: ClosedCase, org: str, where: Reach
) -> None:
    moved(books, org)
    fill(books, center)
    with books.read() as book:
        before = book.case(CASE)
        assert before.applicant == APPLICANT
        assert listed(book, CaseQuery(text=NAME)) == [CASE]
    center.remove(where)
    with books.write() as book:
        take(book, center.events[-1:])
    with books.read() as book:
        case, events = book.case(CASE), book.subject_events(CASE)
        [placed] = book.case_slice(CaseQuery(text=before.number[-4:]), Slice(None, 100))
        assert listed(book, CaseQuery(text=NAME)) == listed(book, CaseQuery(text=ID_NUMBER)) == []
    assert placed.card.applicant == f"内容已按规定删除（依据：{BASIS}，2029-06-01）"
    assert (case.removed.basis, case.removed.at) == (BASIS, REMOVED_AT)
    assert (case.number, case.item, case.state) == (before.number, before.item, before.state)
    assert (case.custody, case.obligations, case.viewers) == (before.custody, before.obligations, before.viewers)
    assert set(case.fields) == {"number", "item", "received_on"}
    assert (case.remarks, case.applicant) == ((), {})
    assert not any(text in bodies(events) for text in (NAME, ID_NUMBER, REASON, OPINION))


def test_what_is_for_the_villages_leaves_a_township_as_it_was(books: Books, center: ClosedCase) -> None:
    moved(books, TOWNSHIP)
    fill(books, center)
    center.remove(Reach.VILLAGE)
    with books.write() as book:
        before = book.case(CASE)
        take(book, center.events[-1:])
        assert book.case(CASE) == before
    assert before.applicant == APPLICANT


def test_contents_that_come_with_their_removal_or_after_it_are_never_committed(
    books: Books, center: ClosedCase
) -> None:
    whole = center.events
    center.remove()
    with books.write() as book:
        book.save_document(organisations())
        take(book, [*whole, center.events[-1]])
    with books.read() as book:
        assert NAME not in bodies(book.subject_events(CASE))
        # What is left of the case is as if it had been here before.
        assert (book.case(CASE).number, book.case(CASE).applicant) == (whole[0].effects["fields"]["number"], {})
        left = book.case(CASE)
    with books.write() as book:
        take(book, whole)
    with books.read() as book:
        assert NAME not in bodies(book.subject_events(CASE))
        assert book.case(CASE) == left


def test_a_note_of_later_is_shown_and_a_step_that_does_not_stand_is_told(books: Books, center: ClosedCase) -> None:
    fill(books, center)
    center.remove()
    note = center.write(center.village, "note", Effects(remark={"kind": "note", "text": "有人来问过"}))
    head = center.closed
    late = center.write(center.village, "deliver", NOTE, grant=head.header.grant, base=head.event_id)
    with books.write() as book:
        take(book, center.events)
    with books.read() as book:
        case = book.case(CASE)
    assert [remark.event_id for remark in case.remarks] == [note.event_id]
    assert case.not_standing == {late.event_id: "content-removed"}


def test_a_rebuild_takes_over_what_is_left_and_the_check_finds_it_right(books: Books, center: ClosedCase) -> None:
    fill(books, center)
    center.remove()
    with books.write() as book:
        take(book, center.events[-1:])
        left = book.case(CASE)
        if hasattr(book, "connection"):
            while not rebuild_step(book, "1", 2).swapped:
                pass
        assert book.case(CASE) == left
        assert audit(book, lambda jobs: [True] * len(jobs)).projections == "ok"


def test_the_check_finds_a_body_that_should_be_gone(books: Books, center: ClosedCase) -> None:
    fill(books, center)
    whole = center.events
    center.remove()
    with books.write() as book:
        take(book, center.events[-1:])
        book.fill_bodies(whole[:1])
        assert audit(book, lambda jobs: [True] * len(jobs)).projections == f"removed {CASE}"


def test_what_a_program_of_before_had_held_aside_is_obeyed_by_the_next_exchange(
    books: Books, center: ClosedCase
) -> None:
    fill(books, center)
    removal = center.remove()
    with books.write() as book:
        book.hold(removal, "person-missing")
        for signed in center.book.signed_credentials({CENTER}, set()):
            book.save_credentials([signed])
        assert NAME in bodies(book.subject_events(CASE))
        apply_reply(book, ExchangeReply("i", "n", AT, 0, (), None, 0, (), ()), CHECKS, AT)
        assert NAME not in bodies(book.subject_events(CASE))
        assert book.held_with(["person-missing"]) == []


@pytest.mark.parametrize("held_first", [True, False])
def test_what_is_held_aside_here_and_counts_there_loses_its_body_too(
    books: Books, center: ClosedCase, *, held_first: bool
) -> None:
    note = center.write(center.village, "note", Effects(remark={"kind": "note", "text": NAME}))
    before = [event for event in center.events if event.event_id != note.event_id]
    removal = center.remove()
    with books.write() as book:
        book.save_document(organisations())
        take(book, before)
        if held_first:
            book.hold(note, "person-unknown")
        take(book, [removal])
        if not held_first:
            # And once more, as when a comparison brings it.
            book.hold(note, "person-unknown")
            book.hold(note, "person-unknown")
        [(held, _)] = book.held_with(["person-unknown"])
        assert (held.header_bytes, held.body) == (note.header_bytes, None)
        whole = center.village.write("note", NOTE)
        book.hold(whole, "signature-wrong")
        assert [event.body for event, _ in book.held_with(["signature-wrong"])] == [whole.body]


def test_own_events_can_be_given_to_a_center_that_lost_them_without_their_bodies(
    books: Books, center: ClosedCase
) -> None:
    opened = center.events[0]
    with books.write() as book:
        book.save_document(organisations())
        book.append([opened])
        book.settle([PushStatus(1, "stored")], AT)
        take(book, center.events[1:])
    center.remove()
    with books.write() as book:
        take(book, center.events[-1:])
        book.reopen(0)
        assert [(event.event_id, event.body) for _, event in book.outbox(5)] == [(opened.event_id, None)]


# -- the files ---------------------------------------------------------------------------------------------------------

SECRETS = (NAME, ID_NUMBER, "13987654321", REASON, OPINION)


def traces(folder: Path) -> set[str]:
    """Return which of the secrets stand in a file of the folder: in pages in use, in free ones, or in the log."""
    content = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    return {text for text in SECRETS if text.encode() in content or repr(text)[1:-1].encode() in content}


def open_unencrypted(path: Path) -> Engine:
    """Open a station's database so that its pages can be read in the file."""

    def connect() -> Any:
        return sqlcipher.connect(str(path), check_same_thread=False, isolation_level=None)

    return _engine(connect, sqlcipher, path.parent)


def crowd(device: Device, count: int) -> list[Event]:
    """Return so many cases of other people, so that the pages of the file are shared and split."""
    people = [{"name": f"王{number}", "id_number": f"{number:018d}"} for number in range(100, 100 + count)]
    return [opened(device, 100 + at, applicant=who, note="甲" * 300) for at, who in enumerate(people)]


def test_nothing_is_left_in_any_page_of_a_station_s_files(tmp_path: Path, center: ClosedCase) -> None:
    engine = open_unencrypted(tmp_path / "journal.db")
    prepare(engine, tables(SHARED + STATION))
    with _book(engine, write=True) as book:
        book.save_identity(Identity(center.village.device, EPOCH, 3, VILLAGE, "https://c", CENTER, "00", "pem"))
        book.save_document(organisations())
    others = crowd(center.village, 60)
    for event in [*others[:30], *center.events, *others[30:]]:
        with _book(engine, write=True) as book:
            take(book, [event])
    assert traces(tmp_path) == set(SECRETS)
    removal = center.remove()
    reply = ExchangeReply("i", "n", AT, 0, (), None, 1, (FeedRow(1, "new", removal),), ())
    with _book(engine, write=True) as book:
        for signed in center.book.signed_credentials({CENTER}, set()):
            book.save_credentials([signed])
        apply_reply(book, reply, CHECKS, AT)
        assert book.has_traces()
    while True:
        with _book(engine, write=True) as book:
            if not book.has_traces():
                break
            book.wipe_traces()
    # The program is still running.
    assert traces(tmp_path) == set()
    content = (tmp_path / "journal.db").read_bytes()
    words = [f"u{ID_NUMBER}"[-12:], "d7210", "y" + "asujimu", ID_NUMBER[-10:]]
    assert [word for word in words if word.encode() in content] == []
    with _book(engine, write=False) as book:
        assert listed(book, CaseQuery(text="王120")) != []
        assert audit(book, lambda jobs: [True] * len(jobs)).projections == "ok"


def test_neither_plain_nor_sealed_contents_are_left_in_any_page_of_a_center_s_files(tmp_path: Path) -> None:
    key = bytes(range(32))
    cipher = BodyCipher(lambda body, name: seal(key, body, name), lambda blob, name: open_sealed(key, blob, name))
    engine = open_plain(tmp_path / "center.db")
    prepare(engine, tables(SHARED + CENTER_ROWS + PEOPLE))
    assert read_pragmas(engine)["secure_delete"] == 1
    with writing(engine) as connection:
        case = ClosedCase(RegistryOnDisk(connection, cipher))
    for event in crowd(Device(OTHER), 200):
        with writing(engine) as connection:
            RegistryOnDisk(connection, cipher).add_events([event])
    sealed = _sealed(engine)
    assert len(sealed) > 8
    content = _content(tmp_path)
    assert all(blob in content for blob in sealed.values())
    with writing(engine) as connection:
        case.book = RegistryOnDisk(connection, cipher)
        # Two persons had taken one of them in: its tombstone has the words as well.
        case.book.add_refusals("", "", [Refusal(0, case.events[0], "admitted")])
    gone = {event.event_id for event in case_events(engine, cipher) if event.header.type != "ruling"}
    doubled = _sealed(engine, "refusals")
    assert doubled.keys() <= gone
    with writing(engine) as connection:
        case.book = RegistryOnDisk(connection, cipher)
        case.remove()
    content = _content(tmp_path)
    assert [name for name in gone if sealed[name] in content or sealed[name][-16:] in content] == []
    assert [blob for blob in doubled.values() if blob in content] == []
    assert traces(tmp_path) == set()
    assert len(_sealed(engine)) == len(sealed) - len(gone) + 1


def case_events(engine: Engine, cipher: BodyCipher) -> list[Event]:
    with writing(engine) as connection:
        return list(RegistryOnDisk(connection, cipher).case_events([CASE])[CASE])


def _sealed(engine: Engine, table: str = "events") -> dict[str, bytes]:
    with writing(engine) as connection:
        rows = connection.exec_driver_sql(f"SELECT event_id, body FROM {table} WHERE body IS NOT NULL")
        return {row.event_id: bytes(row.body) for row in rows}


def _content(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
