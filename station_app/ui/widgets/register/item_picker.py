"""Which item somebody came for: a box to search in, and the chosen item as a card."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from station_app.domain.items import Item
from station_app.ui.models.item_matches import item_facts
from station_app.ui.presenters.registering import Registering
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Card, Field, Text

_NOTHING_YET = "选好以后，这里写明谁决定、多久办完、收不收费。"


class ItemPicker(Card):
    """Emits `offered` when matches are there to be shown, and `picked` once an item is chosen."""

    offered = Signal()
    picked = Signal()

    def __init__(self, form: Registering, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._form = form
        self._takes_first = False
        self.box = QLineEdit()
        self.box.setPlaceholderText("拼音首字母、名称或编码；↓ 看全部")
        self.field = Field("办什么事（选事项）", self.box)
        self.name = Text(size="strong")
        self.facts = Text(_NOTHING_YET, muted=True)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setVerticalSpacing(2)
        self._grid.setHorizontalSpacing(12)
        self._answers = [self._fact(row, label) for row, label in enumerate(("谁决定", "多久办完"))]
        self.add(self.field)
        self.add(self.name)
        self.add(self.facts)
        self.body.addLayout(self._grid)
        self.box.textEdited.connect(self._on_text)
        self.box.returnPressed.connect(self._on_enter)
        form.items.answered.connect(self._on_answer)
        form.item_changed.connect(self._show_item)
        self._show_item()

    def list_all(self) -> None:
        """Offer every item, or what the text finds."""
        self._form.items.ask(self.box.text())

    def choose(self, row: int) -> None:
        """Choose a match, or say why it can't be."""
        item: Item = self._form.items.matches[row].about
        refusal = self._form.choose_item(item)
        replacement = self._form.replacement(item) if refusal else None
        self.box.setText(replacement.name if replacement else "")
        self.field.show_message(refusal, Tone.WARN)
        if replacement:
            self.list_all()
        elif not refusal:
            self.picked.emit()

    def _on_text(self, text: str) -> None:
        self._takes_first = False
        self.field.show_message()
        if text.strip():
            self._form.items.ask(text)
        else:
            self._form.items.drop()
            self._form.items.matches.put([])
            self.offered.emit()

    def _on_enter(self) -> None:
        """Take the first match, also where the typing was faster than the search."""
        if self._form.items.waiting:
            self._takes_first = True
        elif self._form.item is not None and not self.box.text().strip():
            self.picked.emit()
        else:
            self.list_all()

    def _on_answer(self, text: str) -> None:
        found = self._form.items.matches.rowCount()
        if not found:
            self.field.show_message(f"没有找到“{text.strip()}”。换几个字再试；清空后按 ↓ 看全部事项。", Tone.WARN)
        if self._takes_first and found:
            self._takes_first = False
            self.choose(0)
        else:
            self.offered.emit()

    def _fact(self, row: int, label: str) -> tuple[Text, Text]:
        caption, answer = Text(label, "small", muted=True), Text()
        caption.setWordWrap(False)
        self._grid.addWidget(caption, row, 0)
        self._grid.addWidget(answer, row, 1)
        return caption, answer

    def _show_item(self) -> None:
        item = self._form.item
        self.name.setText(item.name if item else "")
        self.name.setVisible(item is not None)
        self.facts.setVisible(item is None)
        texts = [answer for _, answer in item_facts(item)] if item else [""] * len(self._answers)
        for (caption, answer), text in zip(self._answers, texts, strict=True):
            answer.setText(text)
            caption.setVisible(item is not None)
            answer.setVisible(item is not None)
