"""Why a case goes back: one digit for the frequent reasons, or a few words; Enter ends."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QSizePolicy, QVBoxLayout, QWidget

from station_app.domain.actions import action_named
from station_app.domain.batches import BatchKind
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Field

FREQUENT = {
    BatchKind.CASES: (
        "材料不齐，请照目录补齐后再交",
        "申请表没有本人签字或按手印",
        "复印件看不清，请重新复印",
        "不归本窗口办理，请看目录里的办理单位",
        "同一件事已经在别处登记过",
    ),
    BatchKind.PAPERS: (
        "不是交给本单位送的",
        "纸和交接单对不上",
        "姓名或者文号写错了",
        "没有盖章",
        "破损，看不清",
    ),
}
_FIELD = next(field for field in action_named("reject_handover").fields if field.name == "reason")


class ReasonBox(QWidget):
    """Asks for the reason of a return."""

    typed = Signal()
    finished = Signal(str)
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._frequent = FREQUENT[BatchKind.CASES]
        self.editor = QLineEdit()
        self.editor.setPlaceholderText(f"按 1 至 {len(self._frequent)} 选，或直接写")
        self.editor.installEventFilter(self)
        self.editor.textChanged.connect(self.typed)
        self.field = Field(_FIELD.label, self.editor)
        self.choices = QListWidget()
        self.choices.setAccessibleName("常用的退回原因")
        self.choices.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.choices.setWordWrap(True)
        # It takes the room that there is, and asks for none: the button below must stay on a small screen.
        self.choices.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.choices.setMinimumHeight(self.choices.minimumSizeHint().height())
        self.choices.clicked.connect(lambda index: self._take(self._frequent[index.row()]))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.field)
        column.addWidget(self.choices, 1)

    def ask(self, reason: str, kind: BatchKind) -> None:
        """Begin, with the reason given before if there is one; `kind` says which reasons are frequent."""
        self._frequent = FREQUENT[kind]
        self.choices.clear()
        self.choices.addItems([f"{number}  {frequent}" for number, frequent in enumerate(self._frequent, 1)])
        self.editor.setText(reason)
        self.editor.selectAll()
        self.editor.setFocus()
        self.field.show_message()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        escape = event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and escape:
            # Here Esc gives up the return of this case; it does not leave the page.
            event.accept()
            return True
        return event.type() == QEvent.Type.KeyPress and self._on_key(event, escape=escape)

    def _on_key(self, event: QKeyEvent, *, escape: bool) -> bool:
        if escape:
            self.given_up.emit()
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._end()
            return True
        choices = {str(number): reason for number, reason in enumerate(self._frequent, 1)}
        if event.text() in choices and self.editor.selectedText() == self.editor.text():
            self._take(choices[event.text()])
            return True
        return False

    def _take(self, reason: str) -> None:
        self.editor.setText(reason)
        self.editor.setFocus()

    def _end(self) -> None:
        reason = self.editor.text().strip()
        if not reason:
            self.field.show_message("退回要写明原因，对方才知道补什么。")
        elif len(reason) > _FIELD.max_length:
            self.field.show_message(f"原因最多 {_FIELD.max_length} 个字，请缩短。", Tone.BAD)
        else:
            self.finished.emit(reason)
