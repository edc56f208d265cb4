"""A small form of one-line boxes: each can be refused by itself, Enter leads through them to one main button."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Field, Notice, Text

NOT_FILLED = "这一项还没有填。"


class TypedForm(QWidget):
    """Fields by name and a main button below; a refusal stands beside its field or in the band on top."""

    def __init__(self, fields: Mapping[str, Field], main: Button, title: str = "", about: str = "") -> None:
        super().__init__()
        self.setAccessibleName(title or main.accessibleName())
        self.fields = fields
        self.main = main
        self.notice = Notice()
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(12)
        if title:
            self.body.addWidget(Text(title, "title"))
        self.about = Text(about, muted=True)
        self.about.setVisible(bool(about))
        self.body.addWidget(self.about)
        self.body.addWidget(self.notice)
        for field in fields.values():
            self.body.addWidget(field)
        self.body.addWidget(main)
        self._let_enter_lead()

    def text(self, name: str) -> str:
        """Return what stands in a field."""
        return self.editor(name).text()

    def editor(self, name: str) -> QLineEdit:
        """Return the box of a field."""
        editor = self.fields[name].editor
        assert isinstance(editor, QLineEdit)
        return editor

    def check_on_leaving(self, name: str, problem: Callable[[str], str]) -> None:
        """Say what is wrong with a field as soon as it is left."""
        editor, field = self.editor(name), self.fields[name]
        editor.editingFinished.connect(lambda: field.show_message(problem(editor.text())))

    def complete(self) -> bool:
        """Tell whether every field is filled; the first that is not gets the word and the cursor."""
        return self.filled(*self.fields)

    def filled(self, *names: str) -> bool:
        """Tell the same of some of the fields."""
        for name in names:
            if not self.text(name).strip():
                self.fields[name].show_message(NOT_FILLED)
                self.fields[name].editor.setFocus()
                return False
        return True

    def refuse(self, name: str, text: str) -> None:
        """Show a refusal where it belongs; what was typed stays."""
        if name in self.fields:
            self.fields[name].show_message(text)
            self.fields[name].editor.setFocus()
            self.editor(name).selectAll()
        else:
            self.notice.show_text(text, Tone.BAD)

    def forget(self) -> None:
        """Drop what was typed and what was said of it."""
        self.clear_messages()
        for name in self.fields:
            self.editor(name).clear()

    def clear_messages(self) -> None:
        """Forget what was refused before."""
        self.notice.show_text("")
        for field in self.fields.values():
            field.show_message()

    def show_busy(self, what: str) -> None:
        """Say what is under way, and take no second click meanwhile."""
        self.main.setEnabled(not what)
        if what:
            self.clear_messages()
            self.notice.show_text(what, Tone.INFO)
        else:
            self.notice.show_text("")

    def _let_enter_lead(self) -> None:
        """Enter goes to the next field, and from the last one does what the main button does."""
        editors = [self.editor(name) for name in self.fields]
        for editor, following in pairwise(editors):
            editor.returnPressed.connect(following.setFocus)
        if editors:
            editors[-1].returnPressed.connect(self.main.click)


def line_edit(*, secret: bool = False, most: int = 120) -> QLineEdit:
    """Return a one-line box; a secret one shows dots and asks the input method for digits."""
    editor = QLineEdit()
    editor.setMaxLength(most)
    if secret:
        editor.setEchoMode(QLineEdit.EchoMode.Password)
        hints = Qt.InputMethodHint
        editor.setInputMethodHints(hints.ImhDigitsOnly | hints.ImhHiddenText | hints.ImhNoPredictiveText)
    return editor
