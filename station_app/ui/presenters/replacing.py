"""A PC that took the place of a dead one: which printed numbers nobody has, by the last one on paper."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from station_app.domain.errors import StationError
from station_app.domain.numbers import grouped
from station_app.ui.tokens import Tone
from station_app.ui.workplace import Workplace
from station_app.usecases.replaced_pc import Missing, missing_up_to

NONE_MISSING = "这一号和它前面的都在，没有缺的。"


class Replacing(QObject):
    """Looks once a number has been given; says so where this PC may not have everything yet."""

    found = Signal(str, str)
    """What is missing, in sentences, with its Tone."""
    refused = Signal(str)

    def __init__(self, place: Workplace, parent: QObject) -> None:
        super().__init__(parent)
        self._place = place

    def look(self, number: str) -> None:
        """Look for what is missing up to this number."""
        self._place.read(
            lambda book: missing_up_to(book, number),
            owner=self,
            done=self._tell,
            failed=self._refuse,
        )

    def _tell(self, missing: Missing) -> None:
        if not missing.numbers:
            self.found.emit(NONE_MISSING, Tone.GOOD.value)
            return
        listed = "\n".join(map(grouped, missing.numbers))
        told = f"缺 {len(missing.numbers)} 件，只在纸上：\n{listed}\n请找到凭证存根，联系当事人，重新收件登记。"
        self.found.emit(told, Tone.WARN.value)

    def _refuse(self, error: StationError) -> None:
        self.refused.emit(self._place.text_of(error))
