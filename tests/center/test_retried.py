"""What a center refused and is given back: judged anew, taken in under its own id, or refused as before."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import delete

from station_app.bootstrap import station
from station_app.storage.rows import CredentialRow
from station_app.usecases import run_action
from station_app.usecases.ports import OutboxEntry
from station_app.usecases.retrying import retry_refused
from tests.center.served import Served


def synced(served: Served) -> station.Report:
    """Exchange with the station's own loop, at the address where this center is."""
    me = replace(served.desk.home.identity(), center_url=f"http://127.0.0.1:{served.port}")
    served.desk.home.save_identity(me)
    return station.exchange_fully(served.desk.loop(0.1))


def outbox(served: Served) -> list[OutboxEntry]:
    with served.desk.desk.read_book() as book:
        return list(book.outbox_entries())


def forget_worker(served: Served) -> None:
    """Let the center have lost whom it certified on the village's PC."""
    with served.opened.write() as store:
        store.connection.execute(delete(CredentialRow).where(CredentialRow.person != ""))


def test_a_step_by_somebody_whom_the_center_did_not_know_is_taken_in_when_given_back(served: Served) -> None:
    forget_worker(served)
    case = served.register()
    run_action.act_on_case(served.desk.desk, case, "note", {"text": "材料已收齐"})
    assert synced(served).code == ""
    [entry] = outbox(served)
    assert (entry.subject_id, entry.events, served.counts()["refused"]) == (case, 2, 2)
    with served.desk.desk.read_book() as book:
        refused = set(book.refused_events())
    # An exchange alone changes nothing.
    synced(served)
    assert len(outbox(served)) == 1
    assert retry_refused(served.desk.desk, case) == 2
    report = synced(served)
    assert (report.code, report.returned) == ("", 2)
    assert outbox(served) == []
    assert served.counts()["refused"] == 0
    with served.opened.read() as store:
        assert {event.event_id for event in store.case_events([case])[case]} >= refused
    with served.desk.desk.read_book() as book:
        shown = book.case(case)
        assert shown is not None
        assert (shown.provisional, shown.not_standing, len(shown.remarks)) == (False, {}, 1)
        before = book.id_sum()
    # And once more, as after a lost reply: nothing is there to be given back, and both have the same.
    assert retry_refused(served.desk.desk) == 0
    assert synced(served).returned == 0
    with served.desk.desk.read_book() as book:
        assert (book.id_sum(), book.link().owes) == (before, [])


def test_what_is_still_not_to_be_taken_in_stays_refused_and_leaves_no_second_tombstone(served: Served) -> None:
    case = served.register()
    synced(served)
    with served.opened.write() as store:
        # As after a mistake at the center: it has forgotten who sees the case.
        store.save_viewers({("case", case): ()})
    run_action.act_on_case(served.desk.desk, case, "note", {"text": "备注"})
    synced(served)
    [before], counts = outbox(served), served.counts()
    assert before.code == "not-a-party"
    for _ in range(2):
        assert retry_refused(served.desk.desk, case) == 1
        assert synced(served).returned == 1
        assert (outbox(served), served.counts()) == ([before], counts)
        with served.desk.desk.read_book() as book:
            assert (book.link().owes, len(book.retried())) == ([], 1)
