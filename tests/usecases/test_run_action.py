"""Taking an errand in, and running actions on it: all of it is written, or nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from station_app.domain.cases import CaseState
from station_app.domain.errors import StationError
from station_app.domain.numbers import parse_number
from station_app.domain.people import Role
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.run_action import act_on_case, find_case, possible_actions, register_case
from tests.domain.casework import COUNTY_ITEM, SCAN, TOWNSHIP, TOWNSHIP_ITEM, VILLAGE, directory, registration
from tests.usecases.county import County


def _refusal(county: County, form: dict[str, Any]) -> StationError:
    with pytest.raises(StationError) as refused:
        register_case(county.village.desk(), form)
    return refused.value


def _applicant(**changed: str) -> dict[str, Any]:
    return {**registration()["applicant"], **changed}


def test_a_registered_case_has_a_number_and_waits_in_the_outbox(county: County) -> None:
    case = register_case(county.village.desk(), registration(note="行动不便"))
    number = parse_number(case.number)
    assert (number.kind, number.point, number.day.isoformat(), number.tag, number.serial) == (
        "case", VILLAGE, "2026-11-23", 7, 1,
    )  # fmt: skip
    assert (case.state, case.custody.holder, case.provisional) == (CaseState.REGISTERED, VILLAGE, True)
    assert case.applicant["name"] == "李𬭎"
    assert case.fields["note"] == "行动不便"
    with county.village.read_book() as book:
        [(link, event)] = book.outbox(10)
        assert (link, event.header.subject_id, event.header.type) == (1, case.case_id, "register")
        assert find_case(book, case.number) == find_case(book, case.case_id) == case


def test_the_item_is_pinned_with_its_directory(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    assert case.item["name"] == "城乡居民基本养老保险待遇申领"
    pin = case.item["directory"]
    assert (pin["number"], pin["version"], pin["sample"]) == (1, directory().version, True)
    assert len(pin["hash"]) == 64


def test_serials_count_by_day_in_china(county: County) -> None:
    desk = county.village.desk()
    numbers = [parse_number(register_case(desk, registration()).number) for _ in range(2)]
    county.now += timedelta(hours=13)
    numbers.append(parse_number(register_case(desk, registration()).number))
    assert [(n.day.day, n.serial) for n in numbers] == [(23, 1), (23, 2), (24, 1)]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (registration("SAMPLE-QX-099", materials=[]), "item-cancelled"),
        (registration("SAMPLE-MZ-008"), "item-in-person"),
        ({**registration(), "item": "X-1"}, "item-unknown"),
        (registration(materials=registration()["materials"][1:]), "material-missing"),
        (registration(applicant=_applicant(id_number="110105194912310021")), "id-number-check"),
        (registration(applicant=_applicant(name="")), "form-field-missing"),
        (registration(applicant=_applicant(id_type="999")), "id-type-unknown"),
        (registration(attachments=["a.jpg"]), "form-field-type"),
        (registration(attachments=[{"file": SCAN, "grade": "B"}]), "grade-above-village"),
        (registration(price=5), "form-field-unknown"),
    ],
)
def test_a_refused_registration_writes_nothing_and_uses_up_no_number(
    county: County, form: dict[str, Any], code: str
) -> None:
    first = register_case(county.village.desk(), registration())
    before = county.village.journal()
    assert _refusal(county, form).code == code
    assert county.village.journal() == before
    after = register_case(county.village.desk(), registration())
    assert parse_number(after.number).serial == parse_number(first.number).serial + 1


def test_a_cancelled_item_names_what_is_in_its_place(county: County) -> None:
    error = _refusal(county, registration("SAMPLE-QX-099", materials=[]))
    assert error.params["replaced_by"] == "个人承诺，不再开具证明"
    assert error.params["cancelled_on"] == "2026-06-30"


def test_a_wrong_id_number_says_what_was_expected(county: County) -> None:
    error = _refusal(county, registration(applicant=_applicant(id_number="110105194912310021")))
    assert error.params == {"expected": "X", "given": "1"}


def test_who_may_not_register_is_told_which_role_is_needed(county: County) -> None:
    with pytest.raises(StationError) as refused:
        register_case(county.village.desk(roles=frozenset({Role.SUPERVISOR})), registration())
    assert (refused.value.code, refused.value.params["roles"]) == ("role-missing", "代办员、窗口人员")


def test_an_action_on_a_case_that_is_not_here_is_refused(county: County) -> None:
    with pytest.raises(StationError, match="case-unknown"):
        act_on_case(county.village.desk(), "f" * 32, "note", {"text": "x"})


def test_hand_overs_go_through_a_batch_only(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    with pytest.raises(StationError) as refused:
        act_on_case(county.village.desk(), case.case_id, "offer", {"to": TOWNSHIP})
    assert (refused.value.code, refused.value.params["action"]) == ("action-in-batch", "交接")


def test_a_case_is_found_by_its_number_as_people_type_it(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    typed = f" {case.number[:12]} {case.number[12:]} "
    assert (
        act_on_case(county.village.desk(), typed, "note", {"text": "下午再来"}).remarks[0].content["text"] == "下午再来"
    )


def test_the_menu_has_what_this_worker_can_do_now(county: County) -> None:
    desk = county.village.desk(roles=frozenset({Role.AGENT}))
    case = register_case(desk, registration())
    with county.village.read_book() as book:
        menu = [action.code for action in possible_actions(desk, book, case)]
        assert {"offer", "note"} <= set(menu)
        assert not {"register", "accept_handover", "supply", "grant", "deliver", "opinion"} & set(menu)
        silent = county.village.desk(roles=frozenset({Role.SUPERVISOR}))
        assert possible_actions(silent, book, case) == []


def test_a_refused_action_writes_nothing(county: County) -> None:
    case = register_case(county.village.desk(), registration(TOWNSHIP_ITEM))
    before = county.village.journal()
    for code, form, expected in (
        ("accept_application", {}, "not-the-deciding-office"),
        ("grant", {}, "state-wrong"),
        ("supply", {"note": "补"}, "state-wrong"),
        ("request_withdrawal", {"reason": "错"}, "nothing-to-withdraw"),
        ("note", {"text": ""}, "form-field-missing"),
    ):
        with pytest.raises(StationError, match=expected):
            act_on_case(county.village.desk(), case.case_id, code, form)
    assert county.village.journal() == before


@pytest.mark.parametrize("material", ["待遇领取申请表", "申请人居民身份证"])
def test_a_supplement_replaces_the_count_and_keeps_the_handling(county: County, material: str) -> None:
    case = register_case(county.village.desk(), registration(COUNTY_ITEM))
    batch = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id]).batch
    county.settle()
    receive_batch(county.township.desk(), batch.number, Count(rejected={case.number: "缺一份"}))
    county.settle()
    rows = [{"name": material, "originals": 2, "copies": 3}]
    after = act_on_case(county.village.desk(), case.case_id, "supply", {"note": "补了一份", "materials": rows})
    counted = {row["name"]: (row["originals"], row["copies"], row["handling"]) for row in after.materials}
    usual = next(row["handling"] for row in case.materials if row["name"] == material)
    assert counted[material] == (2, 3, usual)
    assert len(counted) == len(case.materials)
    assert after.state is CaseState.REGISTERED
    with pytest.raises(StationError, match="state-wrong"):
        act_on_case(county.village.desk(), case.case_id, "supply", {"note": "再补"})
