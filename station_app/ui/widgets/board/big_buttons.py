"""Buttons that hold more than a word: a big step, a line with what to do about it, a line to tick."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from station_app.ui.presenters.boards import Step, ToDo
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Pill, Text, set_look

_STEP_MARGINS = (14, 12, 14, 12)
_LINE_MARGINS = (12, 6, 12, 6)
_LEAST_WIDTH = 108


class LaidOutButton(QPushButton):
    """A button as high as the parts in its layout need at its width; a plain one would cut them off."""

    def __init__(self, layout: QBoxLayout, margins: tuple[int, int, int, int], on_click: Callable[[], Any]) -> None:
        super().__init__()
        layout.setContentsMargins(*margins)
        self.setLayout(layout)
        self._layout = layout
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAutoDefault(True)
        self.clicked.connect(lambda _checked: on_click())
        set_look(self, kind="step")

    def put(self, part: QWidget, stretch: int = 0) -> None:
        """Add a part; a click on it is a click on the button."""
        part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._layout.addWidget(part, stretch)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._layout.totalHeightForWidth(width)

    def sizeHint(self) -> QSize:
        hint = self._layout.totalSizeHint()
        return QSize(hint.width(), self.heightForWidth(max(self.width(), _LEAST_WIDTH)))

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH, self._layout.totalMinimumSize().height())


class StepButton(LaidOutButton):
    """One of the big steps: its name, how much waits, and a line."""

    def __init__(self, on_click: Callable[[], Any]) -> None:
        super().__init__(QVBoxLayout(), _STEP_MARGINS, on_click)
        self._title = Text(size="strong")
        self._count = Text(size="display")
        self._line = Text(muted=True)
        self._plain = Text(size="small", muted=True)
        for part in (self._title, self._plain, self._count, self._line):
            self.put(part)
        self._layout.addStretch(1)

    def show_step(self, step: Step) -> None:
        """Show another number."""
        self._title.setText(step.title)
        self._plain.setText(step.plain)
        self._plain.setVisible(bool(step.plain))
        self._count.setText(step.count)
        self._line.setText(step.line)
        self._count.set_tone(step.tone)
        name = f"{step.title}（{step.plain}）" if step.plain else step.title
        self.setAccessibleName(f"{name}：{step.count} {step.line}")
        self.updateGeometry()


class ToDoButton(LaidOutButton):
    """One line of what waits; a click goes where it is done."""

    def __init__(self, todo: ToDo, on_click: Callable[[], Any]) -> None:
        super().__init__(QHBoxLayout(), _LINE_MARGINS, on_click)
        set_look(self, kind="line")
        self.put(Pill(todo.state.text, todo.state.tone))
        self.put(Text(todo.text), 1)
        advice = Text(f"{todo.advice} ›")
        advice.setWordWrap(False)
        advice.set_tone(Tone.INFO)
        self.put(advice)
        self.setAccessibleName(f"{todo.state.text}：{todo.text}。{todo.advice}")


class Tick(LaidOutButton):
    """A line that is ticked or not, said by a word and a shape; its text wraps, that of a check box would not."""

    def __init__(self, text: str, words: tuple[str, str]) -> None:
        super().__init__(QHBoxLayout(), _LINE_MARGINS, lambda: None)
        set_look(self, kind="line")
        self.about = text
        self._words = words
        self._state = Pill()
        self.put(self._state)
        self.put(Text(text), 1)
        self.setCheckable(True)
        self.toggled.connect(self._show_state)
        self._show_state(checked=False)

    def _show_state(self, checked: bool) -> None:
        word = self._words[0 if checked else 1]
        self._state.show_state(word, Tone.GOOD if checked else Tone.STALE)
        self.setAccessibleName(f"{self.about}：{word}")
