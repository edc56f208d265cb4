"""What the page does so that nothing lands in the wrong field, and what it asks to be looked at again."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QWidget

from station_app.ui.models.entry import Entry, age_doubt, missing_or_wrong, remark_on
from station_app.ui.presenters.registering import LAST_DRAFT
from station_app.ui.workplace import Workplace
from tests.persons import id_number
from tests.ui import seeded
from tests.ui.register_hands import CARD, NAME, Hands, Key, SitAt, hands, sit_at
from tests.ui.said import said

__all__ = ["hands", "sit_at"]

TODAY = date(2026, 11, 25)


def walk(hands: Hands, backwards: bool = False) -> list[QWidget]:
    """Return what Tab reaches from where the focus is, up to the button that saves (or the box of the item)."""
    reached = []
    for _ in range(12):
        hands.press(Key.Key_Backtab if backwards else Key.Key_Tab)
        reached.append(hands.focus)
        if hands.focus in (hands.page.save_button, hands.page.item.box):
            break
    return reached


def test_enter_after_the_name_leads_to_the_number_and_its_digits_change_no_type(hands: Hands) -> None:
    hands.choose()
    hands.type_own_data(NAME)
    hands.press(Key.Key_Return)
    hands.type_own_data(CARD)
    assert hands.page.form.entry.id_number == CARD
    assert hands.page.form.entry.id_type == "111"


def test_the_type_of_paper_is_changed_by_its_own_key_only(hands: Hands) -> None:
    hands.choose()
    applicant = hands.page.applicant
    hands.press(Key.Key_F5)
    assert hands.focus is applicant.id_type
    hands.type("7")
    assert hands.page.form.entry.id_type == "414"
    hands.press(Key.Key_Return)
    assert hands.focus is applicant.id_number
    assert applicant.id_type not in walk(hands)


def test_tab_goes_from_the_papers_to_saving_and_back(hands: Hands) -> None:
    hands.choose()
    page = hands.page
    assert walk(hands)[-2:] == [page.materials.list, page.save_button]
    assert walk(hands, backwards=True)[0] is page.materials.list


def test_enter_stays_on_a_wrong_number_once_so_that_the_right_one_lands_there(hands: Hands) -> None:
    number = hands.page.applicant.id_number
    number.setFocus()
    hands.type_own_data(CARD[:-1] + "1")
    hands.press(Key.Key_Return)
    assert hands.focus is number
    assert "最后一位应为 X" in said(hands.page.applicant)
    hands.press(Key.Key_Return)
    assert hands.focus is hands.page.applicant.phone


@pytest.mark.parametrize("phone", ["13800001234", "+86 138-0000-1234", "0833-5221234", "１３８０００", "12345", ""])
def test_a_telephone_number_in_any_usual_way_is_taken(phone: str) -> None:
    assert "phone" not in missing_or_wrong(Entry(name=NAME, id_number=CARD, phone=phone), TODAY)


@pytest.mark.parametrize("phone", [CARD, "990000196203058812", "1234", "没有", "138x", "13800001234 李"])
def test_what_is_no_telephone_number_is_said_beside_its_field(phone: str) -> None:
    assert "电话只写数字" in remark_on(Entry(phone=phone), "phone", TODAY).text
    assert "phone" in missing_or_wrong(Entry(name=NAME, id_number=CARD, phone=phone), TODAY)


def test_enter_stays_on_an_id_number_in_the_telephone_box(hands: Hands) -> None:
    phone = hands.page.applicant.phone
    phone.setFocus()
    hands.type_own_data(CARD)
    hands.press(Key.Key_Return)
    assert hands.focus is phone
    assert "填的是 17 位" in said(hands.page.applicant)


def test_that_papers_are_missing_is_taken_back_once_all_are_there(hands: Hands) -> None:
    hands.choose()
    hands.page.form.save()
    assert "必须交的材料还缺" in said(hands.page.materials)
    hands.page.materials.list.setFocus()
    hands.type("1")
    assert "还缺：高龄津贴申请表" in said(hands.page.materials)
    hands.type("0")
    assert "还缺" not in said(hands.page.materials)


def test_who_the_number_belongs_to_is_still_said_after_a_refused_save(hands: Hands) -> None:
    hands.choose()
    hands.type_own_data(NAME)
    hands.press(Key.Key_Return)
    hands.type_own_data(CARD)
    hands.press(Key.Key_F8)
    hands.wait()
    assert "必须交的材料还缺" in said(hands.page.materials)
    assert "女，1949-12-31 生，76 周岁" in said(hands.page.applicant)


def test_going_on_with_a_draft_needs_no_second_question(hands: Hands, village: Workplace, sit_at: SitAt) -> None:
    hands.choose()
    hands.type_own_data(NAME)
    hands.page.close_up()
    again = sit_at(village, LAST_DRAFT)
    assert again.page.applicant.name.text() == NAME
    assert again.focus is again.page.applicant.id_number
    assert not again.page.drafts.isVisible()


def test_an_age_that_the_title_rules_out_is_said_and_blocks_nothing(hands: Hands) -> None:
    hands.fill()
    assert "事项写的是80周岁以上，申请人 76 周岁" in said(hands.page.applicant.doubt)
    hands.save()
    assert not hands.page.applicant.doubt.isVisible()


def test_an_age_is_doubted_only_where_a_title_names_one_that_is_not_reached() -> None:
    entry = Entry(id_number=CARD)
    assert age_doubt("80周岁以上老年人高龄津贴", entry, TODAY)
    assert age_doubt("80周岁以上老年人高龄津贴", entry, date(2029, 12, 31)) == ""
    assert age_doubt("临时救助", entry, TODAY) == ""
    assert age_doubt("80周岁以上老年人高龄津贴", Entry(id_number="1"), TODAY) == ""


def test_the_same_errand_of_the_same_person_is_said_and_blocks_nothing(hands: Hands) -> None:
    name, part, item = seeded.VILLAGE_1[7]
    before = hands.count_cases()
    hands.choose(item)
    hands.type_own_data(name)
    hands.press(Key.Key_Return)
    hands.type_own_data(id_number(part))
    hands.press(Key.Key_Return)
    hands.wait()
    assert "已经收过同一件事" in said(hands.page.applicant.doubt)
    hands.page.materials.list.setFocus()
    hands.type("0")
    hands.save()
    assert hands.count_cases() == before + 1
