"""The table of results to bring to applicants, and the words on each."""

from __future__ import annotations

from datetime import date

from station_app.domain.cases import CaseState
from station_app.ui.models.case_now import state_word
from station_app.ui.models.dates import Word, due_word
from station_app.ui.models.printed import iso_day
from station_app.ui.models.row_table import Column, RowTable
from station_app.ui.tokens import Tone
from station_app.usecases.deliveries import Delivery


def delivery_table(today: date) -> RowTable[Delivery]:
    """Return the table of results, the first to end first."""
    return RowTable(
        (
            Column("申请人", lambda row: row.line.applicant, 140),
            Column("事项", lambda row: row.line.item_name),
            Column("结果", lambda row: verdict_word(row).text, 85, lambda row: verdict_word(row).tone),
            Column("送达期限", lambda row: _due_words(row, today), 125, lambda row: _due_tone(row, today)),
        ),
        key=lambda row: row.line.case_id,
    )


def verdict_word(row: Delivery) -> Word:
    """Return the decision in a word."""
    return state_word(CaseState.GRANTED if row.granted else CaseState.REFUSED)


def _due_words(row: Delivery, today: date) -> str:
    if row.delivered_on:
        return "已送达，没有办结"
    return due_word(row.line.clock, today).text


def _due_tone(row: Delivery, today: date) -> Tone:
    return Tone.INFO if row.delivered_on else due_word(row.line.clock, today).tone


def decision_words(row: Delivery) -> str:
    """Return who decided, when, and under which number."""
    document = f"，文号 {row.document}" if row.document else ""
    return f"{row.decided_by} {iso_day(row.decided_on)}决定{document}"


def papers_words(row: Delivery, here: str) -> Word:
    """Return where the papers of a decision are that another office made, for the office that delivers them."""
    place = row.papers
    if place is None or row.delivered_on or (place.org == here and not place.batch):
        return Word("")
    if place.to == here:
        return Word(f"{row.papers_with} {iso_day(place.on)}交出了决定书、证照：到了先签收", Tone.INFO)
    if place.to:
        return Word(f"决定书、证照 {iso_day(place.on)}交给了{row.papers_to}，那里还没有签收", Tone.STALE)
    if place.org == here:
        return Word(f"决定书、证照 {iso_day(place.on)}已签收", Tone.GOOD)
    return Word(f"决定书、证照在{row.papers_with}，还没有交到这里：急着送的，打电话问一问", Tone.STALE)


def result_words(row: Delivery) -> str:
    """Return what the applicant must be told."""
    if row.granted:
        return row.result if row.result == "准予" else f"准予：{row.result}"
    return f"不予。理由：{row.reason}\n告诉申请人：{row.remedy}"
