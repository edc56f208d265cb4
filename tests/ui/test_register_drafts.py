"""A half-filled form is never lost, and never offered again once it is a case."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from station_app.ui.presenters.kept_drafts import KEEP_AFTER_MS
from station_app.ui.workplace import Workplace
from station_app.usecases.drafts import Draft
from tests.ui import seeded
from tests.ui.conftest import SetUp
from tests.ui.register_hands import NAME, Hands, Key, SitAt, hands, sit_at
from tests.ui.said import said

__all__ = ["hands", "sit_at"]


# drafts


def test_a_half_filled_form_survives_a_crash(hands: Hands, sit_down: SetUp, sit_at: SitAt, qtbot: QtBot) -> None:
    hands.choose()
    hands.type_own_data("李𬭎")
    qtbot.waitUntil(lambda: hands.page.form.drafts._kept is not None, timeout=KEEP_AFTER_MS * 5)
    hands.wait()
    again = sit_at(sit_down("v1", seeded.AGENT))
    assert "李𬭎 · 80周岁以上老年人高龄津贴" in said(again.page.drafts)
    again.page.drafts.resume_button.click()
    again.wait()
    assert again.page.applicant.name.text() == "李𬭎"
    assert again.page.item.name.text() == "80周岁以上老年人高龄津贴"
    assert again.focus is again.page.applicant.id_number
    assert not again.page.drafts.isVisible()


def test_the_draft_goes_with_the_case_that_grew_from_it(hands: Hands) -> None:
    hands.fill()
    hands.page.close_up()
    assert len(hands.drafts()) == 1
    hands.save()
    assert hands.drafts() == []


def test_a_form_that_is_wiped_leaves_no_draft(hands: Hands) -> None:
    hands.page.applicant.name.setFocus()
    hands.type_own_data("李")
    hands.page.close_up()
    assert len(hands.drafts()) == 1
    hands.page.applicant.name.setFocus()
    hands.press(Key.Key_Backspace)
    hands.page.close_up()
    assert hands.drafts() == []


def test_a_draft_is_opened_by_its_id(hands: Hands, village: Workplace, sit_at: SitAt) -> None:
    hands.fill()
    hands.page.close_up()
    [draft] = hands.drafts()
    again = sit_at(village, draft.draft_id)
    assert again.page.applicant.name.text() == NAME
    assert len(again.page.form.materials.to_form()) == 4
    assert "76 周岁" in said(again.page.applicant)


def test_a_second_caller_comes_in_between(hands: Hands) -> None:
    hands.fill("李𬭎")
    hands.page.aside_button.click()
    hands.wait()
    assert hands.page.form.blank
    assert "李𬭎" in said(hands.page.drafts)
    hands.page.applicant.name.setFocus()
    hands.type_own_data("沙马")
    hands.page.drafts.resume_button.click()
    hands.wait()
    assert hands.page.applicant.name.text() == "李𬭎"
    assert "沙马" in said(hands.page.drafts)
    hands.page.drafts.discard_button.click()
    hands.wait()
    assert not hands.page.drafts.isVisible()


def test_a_draft_whose_item_is_gone_asks_for_another(hands: Hands) -> None:
    draft = Draft("d1", "p", "register", "t", {"name": "李𬭎", "item": "GONE"}, "2026-11-23T01:00:00Z")
    hands.page.form.resume(draft)
    assert "事项目录里没有“GONE”" in said(hands.page.item)
    assert hands.page.applicant.name.text() == "李𬭎"


def test_coming_back_finds_the_form_as_it_was_left(hands: Hands) -> None:
    hands.fill()
    hands.page.close_up()
    hands.page.open("")
    hands.wait()
    assert hands.page.applicant.name.text() == NAME
    assert len(hands.page.form.materials.to_form()) == 4
