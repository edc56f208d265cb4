"""Two workers on one PC: each has the own queue, and nothing of the first is lost when the second comes."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from station_app.bootstrap import joining, station
from station_app.domain.case_cards import CaseQuery
from station_app.domain.errors import StationError
from station_app.domain.people import Role, Worker
from station_app.keys.codes import hash_code, new_activation_code, parse_activation_code
from station_app.usecases import run_action
from station_app.usecases.drafts import drafts_of, save_draft
from station_app.usecases.home import VillageHome, village_home
from station_app.usecases.look_up import list_cases
from station_app.usecases.run_center import add_user, disable_user
from tests.center.served import WORKER, Served
from tests.center.test_retried import synced
from tests.reliability.place import FORM, PIN, VILLAGES

SECOND, SECOND_PIN = "吉伍阿支", "905172"


def come(served: Served) -> station.SignedIn:
    """Activate the second worker on the PC of the first, which is locked, and sign in."""
    me = replace(served.desk.home.identity(), center_url=f"http://127.0.0.1:{served.port}")
    served.desk.home.save_identity(me)
    code = new_activation_code()
    worker = Worker(secrets.token_hex(16), SECOND, VILLAGES[0], frozenset({Role.AGENT}))
    with served.opened.write() as store:
        add_user(store, served.opened.clerk, worker, hash_code(parse_activation_code(code)).hex())
    joining.activate(served.desk.home.folder, SECOND, code, SECOND_PIN)
    return station.sign_in(served.desk.home.folder, SECOND, SECOND_PIN)


def home_of(signed_in: station.SignedIn) -> VillageHome:
    with signed_in.desk.read_book() as book:
        return village_home(book, signed_in.desk.worker.person_id, signed_in.desk.now())


def waiting(signed_in: station.SignedIn) -> set[str]:
    with signed_in.desk.read_book() as book:
        return {entry.subject_id for entry in book.outbox_entries()}


def test_the_second_cadre_on_the_same_pc_sees_the_own_queue_only_the_firsts_is_intact(served: Served) -> None:
    first_case = served.register()
    save_draft(served.desk.desk, "draft-1", "register", "第一人的半张表", {"item": "SAMPLE-SB-003"})
    second = come(served)
    assert drafts_of(second.desk) == []
    assert (home_of(second).to_hand_over, home_of(second).drafts) == (0, 0)
    second_case = run_action.register_case(second.desk, FORM).case_id
    save_draft(second.desk, "draft-1", "register", "第二人的半张表", {})
    mine = CaseQuery(taken_by=second.desk.worker.person_id)
    with second.desk.read_book() as book:
        assert [view.case.case_id for view in list_cases(book, mine)] == [second_case]

    first = station.sign_in(served.desk.home.folder, WORKER, PIN)
    assert [draft.title for draft in drafts_of(first.desk)] == ["第一人的半张表"]
    assert (home_of(first).to_hand_over, home_of(first).to_hand_over_all, home_of(first).drafts) == (1, 2, 1)
    assert waiting(first) == {first_case, second_case}
    # Whoever is signed in sends what both have written, each under the own signature.
    assert station.exchange_fully(second.loop(0.1)).code == ""
    assert waiting(first) == set()
    with served.opened.read() as store:
        found = store.case_events([first_case, second_case])
        actors = {case: events[0].header.actor for case, events in found.items()}
    assert actors == {
        first_case: first.desk.worker.person_id,
        second_case: second.desk.worker.person_id,
    }
    second.engine.dispose()
    first.engine.dispose()


def test_who_left_has_no_key_slot_any_more_once_somebody_else_has_one(served: Served) -> None:
    """The program kept the disabled worker out, but the PIN went on opening the database itself."""
    folder = served.desk.home.folder
    disable(served, WORKER)
    assert synced(served).code == ""
    # Alone on the PC: what was not sent would be locked in.
    assert served.desk.home.slots().worker_count() == 1
    assert refusal(folder, WORKER, PIN) == "worker-disabled"
    second = come(served)
    assert served.desk.home.slots().worker_count() == 1
    assert refusal(folder, WORKER, PIN) == "worker-unknown-here"
    second.engine.dispose()


def test_a_name_that_was_given_again_keeps_its_key_slot(served: Served) -> None:
    second = come(served)
    disable(served, WORKER)
    with served.opened.write() as store:
        again = Worker(secrets.token_hex(16), WORKER, VILLAGES[0], frozenset({Role.AGENT}))
        add_user(store, served.opened.clerk, again, hash_code("another").hex())
    assert station.exchange_fully(second.loop(0.1)).code == ""
    assert second.home.slots().worker_count() == 2
    second.engine.dispose()


def disable(served: Served, name: str) -> None:
    with served.opened.write() as store:
        disable_user(store, served.opened.clerk, name, "")


def refusal(folder: Path, name: str, pin: str) -> str:
    with pytest.raises(StationError) as refused:
        station.sign_in(folder, name, pin)
    return refused.value.code
