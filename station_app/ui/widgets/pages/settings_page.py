"""设置: how this PC shows, locks and prints, and the worker's own PIN; choices take effect at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from station_app.ui.background import Lane
from station_app.ui.presenters.backing_up import BackingUp
from station_app.ui.presenters.printing import PAPER_LABELS
from station_app.ui.presenters.replacing import Replacing
from station_app.ui.settings import LOCK_CHOICES_MINUTES
from station_app.ui.tokens import SCALES
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.asking_path import ask_folder
from station_app.ui.widgets.controls import Card, Text, TurningRow, column_of
from station_app.ui.widgets.page import Page
from station_app.ui.widgets.printers import InstalledPrinters, Printers
from station_app.ui.widgets.settings.backup_card import BackupCard
from station_app.ui.widgets.settings.choice_row import ChoiceRow
from station_app.ui.widgets.settings.pin_form import PinForm
from station_app.ui.widgets.settings.printer_card import PrinterCard
from station_app.ui.widgets.settings.replaced_card import ReplacedCard
from station_app.ui.widgets.settings.scan_folder_card import ScanFolderCard
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace

THEME_LABELS = {ThemeName.LIGHT: "浅色", ThemeName.DARK: "深色", ThemeName.SYSTEM: "跟电脑一致"}

_SIDE_BY_SIDE = 44


class SettingsPage(Page):
    """Seven cards; what is chosen is in force, a PIN and a backup have buttons."""

    def __init__(self, place: Workplace, theme: Theme, printers: Printers | None = None) -> None:
        super().__init__(place, theme, "设置")
        self._printers = printers or InstalledPrinters()
        self.scale = ChoiceRow("文字大小", {scale: f"{scale}%" for scale in SCALES})
        self.theme_choice = ChoiceRow("外观", THEME_LABELS)
        minutes = {minutes: f"{minutes} 分钟" for minutes in LOCK_CHOICES_MINUTES}
        self.lock = ChoiceRow("没有人动，多久锁定", minutes)
        self.printers = PrinterCard(PAPER_LABELS)
        self.pin = PinForm(place)
        self.backup = BackupCard(BackingUp(place, self), lambda: ask_folder(self, "放备份的文件夹"))
        self.scan_folder = ScanFolderCard(lambda: ask_folder(self, "扫描仪文件夹"))
        self.replaced = ReplacedCard(Replacing(place, self))
        self._lay_out()
        self.scale.chosen.connect(lambda scale: self._change(scale=scale))
        self.theme_choice.chosen.connect(lambda name: self._change(theme=name))
        self.lock.chosen.connect(lambda minutes: self._change(lock_after_minutes=minutes))
        self.printers.chosen.connect(self._choose_printer)
        self.backup.chosen.connect(self._choose_folder)
        self.scan_folder.chosen.connect(self._choose_scan_folder)

    def open(self, about: str) -> None:
        self.refresh()
        self.scale.setFocus()

    def refresh(self) -> None:
        settings = self.place.settings
        self.scale.show_choice(settings.scale)
        self.theme_choice.show_choice(settings.theme)
        self.lock.show_choice(settings.lock_after_minutes)
        self.backup.show_folder(settings.backup_folder)
        self.scan_folder.show_folder(settings.scan_folder)
        self.place.jobs.submit(Lane.NET, self._printers.names, owner=self, done=self._show_printers)

    def close_up(self) -> None:
        self.pin.forget()

    def _lay_out(self) -> None:
        looks, locks, pins = Card("看得清楚"), Card("自动锁定"), Card("改 PIN")
        looks.add(self.scale)
        looks.add(self.theme_choice)
        locks.add(self.lock)
        locks.add(Text("随时可以按 F12 锁定。写了一半的件会留着。", "small", muted=True))
        pins.add(self.pin)
        inner = QWidget()
        columns = []
        for cards in (
            column_of(looks, locks, self.printers, self.scan_folder),
            column_of(self.backup, pins, self.replaced),
        ):
            cards.addStretch(1)
            columns.append(QWidget())
            columns[-1].setLayout(cards)
        row = TurningRow(self, _SIDE_BY_SIDE, *((column, 1) for column in columns))
        row.setContentsMargins(0, 0, 8, 0)
        inner.setLayout(row)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setAccessibleName("设置项")
        self.body.addWidget(scroll, 1)

    def _change(self, **choices: Any) -> None:
        self.place.settings_changed.emit(replace(self.place.settings, **choices))

    def _choose_folder(self, folder: str) -> None:
        self._change(backup_folder=folder)
        self.backup.show_folder(folder)

    def _choose_scan_folder(self, folder: str) -> None:
        self._change(scan_folder=folder)
        self.scan_folder.show_folder(folder)

    def _show_printers(self, names: Sequence[str]) -> None:
        self.printers.show_printers(names, self.place.settings.printers)

    def _choose_printer(self, paper: str, printer: str) -> None:
        rest = {name: known for name, known in self.place.settings.printers.items() if name != paper}
        self._change(printers={**rest, paper: printer} if printer else rest)
