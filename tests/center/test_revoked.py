"""A revoked PC and a disabled worker over HTTP, events held for a person, and renewals of certificates."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from station_app.bootstrap import station
from station_app.bootstrap.center import sign_in_here
from station_app.center.ports import CenterParts
from station_app.domain.errors import StationError
from station_app.domain.people import Role, Worker
from station_app.keys.signing import verify_many
from station_app.protocol.requests import ACTIVATE_PATH
from station_app.protocol.signed import PersonCredential, read_credential, read_document
from station_app.protocol.wire import pack
from station_app.usecases import hand_over, run_action
from station_app.usecases.certificates import expired_on
from station_app.usecases.held_events import admit_event, held
from station_app.usecases.revoking import revoke
from station_app.usecases.run_center import ORGANISATIONS, add_user, disable_user
from tests.center.served import WORKER, Served, activation_of, served_at
from tests.reliability.place import ADMINISTRATORS, PIN, TOWNSHIP, VILLAGES, Place


def persons(served: Served) -> tuple[Worker, Worker]:
    first, second = (sign_in_here(served.opened, name, PIN) for name in ADMINISTRATORS)
    return first, second


def synced(served: Served) -> station.Report:
    """Exchange with the station's own loop, at the address where this center is."""
    me = replace(served.desk.home.identity(), center_url=f"http://127.0.0.1:{served.port}")
    served.desk.home.save_identity(me)
    return station.exchange_fully(served.desk.loop(0.1))


def take_away(served: Served) -> None:
    with served.opened.write() as store:
        revoke(store, served.opened.clerk, served.desk.home.identity().device, "被盗", "")


def leave(served: Served) -> None:
    with served.opened.write() as store:
        disable_user(store, served.opened.clerk, WORKER, "")


def refused(served: Served, number: int, who: tuple[Worker, Worker]) -> StationError:
    with served.opened.write() as store, pytest.raises(StationError) as caught:
        admit_event(store, served.opened.clerk, number, who, verify_many)
    return caught.value


def numbers(served: Served) -> list[int]:
    with served.opened.read() as store:
        return [entry.number for entry in store.held_events()]


def test_a_revoked_pc_gets_no_rows_and_hears_why_and_what_it_sends_is_held(served: Served) -> None:
    served.register()
    assert synced(served).code == ""
    take_away(served)
    case = served.register()
    report = synced(served)
    assert (report.code, report.pulled) == ("device-revoked", 0)
    reply = served.exchange(served.nonce, events=(), cursor=0)
    assert (reply.standing, reply.rows, reply.credentials, reply.phone, reply.seen) == (
        "device-revoked",
        (),
        (),
        (),
        (),
    )
    assert served.counts() == {"events": 2, "cases": 1, "refused": 1}
    with served.desk.desk.read_book() as book:
        [entry] = book.outbox_entries()
        assert (entry.subject_id, entry.code) == (case, "device-revoked")
        assert book.sync_status().code == "device-revoked"
    # It keeps its work, and goes on: a worker must never stand before a PC that does not take an errand in.
    served.register()
    assert synced(served).code == "device-revoked"
    assert len(numbers(served)) == 2


def test_nobody_is_activated_on_a_revoked_pc(served: Served) -> None:
    take_away(served)
    with served.opened.write() as store:
        worker = Worker("d" * 32, "新人", VILLAGES[0], frozenset({Role.AGENT}))
        add_user(store, served.opened.clerk, worker, "00" * 32)
    answer = served.call(ACTIVATE_PATH, pack(activation_of(served, "新人")))
    assert answer.refusal()[:2] == (403, "device-revoked")


def test_two_administrators_admit_a_held_event_and_it_is_ruled_on_like_any_other(served: Served) -> None:
    take_away(served)
    case = served.register()
    synced(served)
    [number] = numbers(served)
    first, second = persons(served)
    assert refused(served, number, (first, first)).code == "two-administrators-needed"
    clerk_only = replace(second, roles=frozenset({Role.CLERK}))
    assert refused(served, number, (first, clerk_only)).code == "role-missing"
    assert refused(served, number + 1, (first, second)).code == "held-unknown"
    with served.opened.write() as store:
        entry = admit_event(store, served.opened.clerk, number, (first, second), verify_many)
        content = read_document(store.document(ORGANISATIONS)).content
        assert content["admitted"] == [entry.event.event_id]
        assert [audit.what for audit in store.audits()] == ["revoke", "held-admit"]
        assert store.feed(VILLAGES[0], 0, 100)[-1].event == entry.event
        assert [event.header.subject_id for event in store.case_events([case])[case]] == [case]
    assert refused(served, number, (first, second)).code == "held-unknown"
    assert served.counts() == {"events": 1, "cases": 1, "refused": 0}


def test_a_held_event_is_admitted_after_the_one_that_it_follows(served: Served) -> None:
    take_away(served)
    case = served.register()
    hand_over.offer_batch(served.desk.desk, TOWNSHIP, [case])
    synced(served)
    opening, *others = numbers(served)
    with served.opened.read() as store:
        offer = next(n for n in others if held(store, n).event.header.type == "offer")
        batch = next(n for n in others if held(store, n).event.header.type == "batch_offer")
    error = refused(served, offer, persons(served))
    assert (error.code, error.params) == ("held-base-first", {"number": opening})
    # In one transaction: on a slow machine the ruler had ruled in between, and the case was in the feed as well.
    with served.opened.write() as store:
        for number in (opening, offer, batch):
            admit_event(store, served.opened.clerk, number, persons(served), verify_many)
        assert [row.event.header.type for row in store.feed(TOWNSHIP, 0, 100) if row.event] == ["batch_offer"]
    assert numbers(served) == []


def test_a_held_event_that_would_be_refused_anyway_stays_held(served: Served) -> None:
    take_away(served)
    case = served.register()
    run_action.act_on_case(served.desk.desk, case, "note", {"text": "备注"})
    synced(served)
    _, note = numbers(served)
    error = refused(served, note, persons(served))
    assert error.code == "held-not-admissible"
    assert "县中心没有收到这件的登记" in str(error.params["reason"])
    assert len(numbers(served)) == 2


def test_what_a_disabled_worker_wrote_before_the_pc_heard_of_it_is_held_and_counts_again_when_admitted(
    served: Served,
) -> None:
    served.register()
    synced(served)
    leave(served)
    case = served.register()
    assert synced(served).code == ""
    with served.desk.desk.read_book() as book:
        assert [(entry.subject_id, entry.code) for entry in book.outbox_entries()] == [(case, "worker-disabled")]
        assert book.case(case) is None or book.case(case).not_standing
    [number] = numbers(served)
    with served.opened.write() as store:
        admit_event(store, served.opened.clerk, number, persons(served), verify_many)
    synced(served)
    with served.desk.desk.read_book() as book:
        assert book.outbox_entries() == []
        shown = book.case(case)
        assert shown is not None
        assert not shown.not_standing


def later(days: int) -> Any:
    """Return a change of the center's parts: its clock is so many days ahead."""

    def change(parts: CenterParts) -> CenterParts:
        clock = parts.clerk.now
        return replace(parts, clerk=replace(parts.clerk, now=lambda: clock() + timedelta(days=days)))

    return change


def certificate(served: Served) -> PersonCredential:
    with served.desk.desk.read_book() as book:
        found = book.credentials().person(served.desk.desk.worker.person_id, book.identity().device)
    assert found is not None
    return found


def expired(served: Served, days: int) -> str:
    desk = served.desk.desk
    with desk.read_book() as book:
        return expired_on(book, desk.worker, desk.now() + timedelta(days=days))


def test_a_certificate_that_has_run_out_keeps_nobody_from_entering_and_the_next_exchange_renews_it(
    template: Place, tmp_path: Path
) -> None:
    with served_at(template.copy(tmp_path / "place", "c", "v1"), later(100)) as served:
        before = certificate(served)
        assert expired(served, 89) == ""
        assert expired(served, 100) != ""
        served.register()
        assert synced(served).code == ""
        after = certificate(served)
        assert after.valid_to > before.valid_to
        assert after.public_key == before.public_key
        assert expired(served, 100) == ""


def test_a_certificate_is_renewed_in_its_last_sixty_days_and_not_before(template: Place, tmp_path: Path) -> None:
    for days, renewed in ((20, False), (40, True)):
        with served_at(template.copy(tmp_path / str(days), "c", "v1"), later(days)) as served:
            before = certificate(served)
            synced(served)
            assert (certificate(served) != before) is renewed


def test_a_disabled_worker_is_renewed_no_more(template: Place, tmp_path: Path) -> None:
    with served_at(template.copy(tmp_path / "place", "c", "v1"), later(40)) as served:
        leave(served)
        before = certificate(served)
        reply = served.exchange(served.nonce)
        found = [read_credential(signed.payload) for signed in reply.credentials]
        assert [c for c in found if isinstance(c, PersonCredential) and c.person == before.person and c != before] == []
