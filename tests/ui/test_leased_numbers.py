"""The 文号 on the form of 受理: filled in by itself, or typed where the office or the PC has none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from station_app.domain.actions import action_named
from station_app.domain.cases import CaseState
from station_app.domain.document_numbers import DocumentNumber
from station_app.ui.widgets.case.action_form import ActionForm
from station_app.ui.widgets.case.editors import TextEditor
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.leased_numbers import Numbering
from tests.ui.test_case_page import Idle, OpenCase, case_in, open_case

__all__ = ["open_case"]

NEXT = Numbering(2026, DocumentNumber("沙便受字", 2026, 23), 8)
USED_UP = Numbering(2026, None, 0)
Asked = Callable[[Numbering | None], ActionForm]


@pytest.fixture
def asked(village: Workplace, open_case: OpenCase, theme: Theme, qtbot: QtBot, idle: Idle) -> Asked:
    """Asks for 受理 at a PC with these numbers."""

    def ask(numbering: Numbering | None) -> ActionForm:
        page = open_case(village, case_in(CaseState.RETURNED))
        assert page.view.sheet is not None
        form = ActionForm(village, theme)
        qtbot.addWidget(form)
        form.show_action(action_named("accept_application"), replace(page.view.sheet.view, numbering=numbering))
        idle(village)
        return form

    return ask


def editor(form: ActionForm, name: str = "document_number") -> TextEditor:
    found = form._editors[name]
    assert isinstance(found, TextEditor)
    return found


def said(form: ActionForm) -> str:
    return str(form.fields["document_number"]._message.text())


def test_the_next_number_is_filled_in_and_nothing_is_handed_in_for_it(asked: Asked) -> None:
    form = asked(NEXT)
    assert editor(form).text() == "沙便受字〔2026〕第0023号"
    assert editor(form).isReadOnly()
    assert form.typed()["document_number"] == ""
    assert "还有 8 个" in said(form)
    form.put({"document_number": "沙受〔2026〕1号"})
    assert editor(form).text() == "沙便受字〔2026〕第0023号"


def test_where_none_is_left_it_is_typed_and_a_sentence_says_why(asked: Asked) -> None:
    form = asked(USED_UP)
    assert not editor(form).isReadOnly()
    form.put({"document_number": "沙便受字〔2026〕补1号"})
    assert form.typed()["document_number"] == "沙便受字〔2026〕补1号"
    assert "手填" in said(form)


def test_an_office_without_a_series_types_as_before(asked: Asked) -> None:
    form = asked(None)
    assert (editor(form).isReadOnly(), said(form)) == (False, "")


def test_the_number_of_a_paper_of_another_year_is_typed(asked: Asked) -> None:
    form = asked(NEXT)
    form.put({"accepted_on": "2025-12-30"})
    form._check("accepted_on")
    assert (editor(form).text(), editor(form).isReadOnly()) == ("", False)
    assert "2026" in said(form)
    form.put({"accepted_on": ""})
    form._check("accepted_on")
    assert editor(form).text() == "沙便受字〔2026〕第0023号"
