"""The head of a case: what it is about, where it stands, who has it now and what happens next."""

from __future__ import annotations

from station_app.ui.models.dates import Word
from station_app.ui.models.printed import grouped
from station_app.ui.presenters.case_view import Sheet
from station_app.ui.tokens import Tone
from station_app.ui.widgets.board.wrapping import WrappingRow
from station_app.ui.widgets.controls import Card, Pill, Text
from station_app.usecases.attachment_views import uploaded_words


class CaseHeader(Card):
    """Shows the head of a `Sheet`."""

    def __init__(self) -> None:
        super().__init__()
        self.item = Text(size="strong")
        self.now = Text(size="strong")
        self.number = Text(size="small", muted=True)
        self.pills = WrappingRow()
        for part in (self.item, self.pills, self.now, self.number):
            self.add(part)

    def show_sheet(self, sheet: Sheet) -> None:
        """Show another case, or another state of it."""
        case = sheet.view.case
        self.item.setText(str(case.item.get("name", "")))
        self.now.setText(sheet.now)
        self.number.setText(f"代办登记号 {grouped(case.number)}　收件单位 {sheet.view.origin_name}")
        words = [sheet.state, *sheet.trust]
        if any(scan.own and not scan.there for scan in sheet.view.attachments):
            words.append(Word(uploaded_words(sheet.view.attachments), Tone.INFO))
        limits = [Pill(f"{label} {word.text}", word.tone) for label, word in sheet.limits]
        self.pills.show_parts([*(Pill(word.text, word.tone) for word in words), *limits])
