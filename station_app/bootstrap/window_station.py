"""The station of this PC as the windows ask for it; what is slow to load is loaded in the jobs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from station_app.ui.ports import Brought, Exchanged, Exported, Packed, PageImage, Paper, PcCard, Session
from station_app.ui.settings import Settings

if TYPE_CHECKING:
    from station_app.bootstrap.station import SignedIn
    from station_app.bootstrap.station_home import StationHome
    from station_app.usecases.package_port import PackageStep
    from station_app.usecases.ports import Book, Desk, OpenBook
    from station_app.usecases.slips import SlipProgress

SETTINGS_FILE = "windows.json"
DEMO_FILE = "demo.json"
EXCHANGE_EVERY_S = 60.0


class StationOnDisk:
    """The station in a data folder, as the windows ask for it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def _home(self) -> StationHome:
        from station_app.bootstrap.station_home import StationHome

        return StationHome(self._folder)

    def card(self) -> PcCard:
        """Return what this PC may show before anybody has signed in; a restore that was cut short is finished first."""
        from station_app.bootstrap.restoring import finish_restore

        finish_restore(self._folder)
        if not self._home.enrolled:
            return PcCard(enrolled=False)
        known = self._home.card()
        return PcCard(True, known.office_name, known.level, known.workers, self._demo_pin())

    def enrol(self, center_url: str, code: str) -> PcCard:
        from station_app.bootstrap import joining

        joining.enrol(self._folder, center_url, code)
        return self.card()

    def activate(self, name: str, code: str, pin: str) -> PcCard:
        from station_app.bootstrap import joining

        joining.activate(self._folder, name, code, pin)
        return self.card()

    def request_enrolment(self, code: str, path: str) -> str:
        from station_app.bootstrap.joining_by_file import request_enrolment

        return str(request_enrolment(self._folder, code, Path(path)))

    def take_enrolment(self, path: str) -> PcCard:
        from station_app.bootstrap.joining_by_file import take_enrolment

        take_enrolment(self._folder, Path(path))
        return self.card()

    def request_activation(self, name: str, code: str, path: str) -> str:
        from station_app.bootstrap.joining_by_file import request_activation

        return str(request_activation(self._folder, name, code, Path(path)))

    def take_activation(self, path: str, pin: str) -> str:
        from station_app.bootstrap.joining_by_file import take_activation

        return take_activation(self._folder, Path(path), pin).name

    def sign_in(self, name: str, pin: str) -> Session:
        """Open the journal for a worker."""
        from station_app.bootstrap import station
        from station_app.bootstrap.backup_notes import last_backup
        from station_app.bootstrap.station_schedule import back_up_into
        from station_app.bootstrap.window_administration import WindowAdministration
        from station_app.bootstrap.window_files import WindowFiles
        from station_app.usecases.reference import office_of

        signed_in = station.sign_in(self._folder, name, pin)
        with signed_in.desk.read_book() as book:
            office = office_of(book)
        signed_in = replace(signed_in, desk=_off_the_gui_thread(signed_in.desk))
        loop = signed_in.loop(_exchange_every_s())

        def exchange(early: bool) -> Exchanged:
            report = loop.exchange_once(new_work=early)
            counts = (report.answered, report.returned)
            return Exchanged(report.pushed, report.pulled, report.anew, report.code, report.pause_s, *counts)

        papers = _Papers(signed_in.desk)
        return Session(
            desk=signed_in.desk,
            office=office,
            exchange=exchange,
            draw=papers.draw,
            render=papers.render,
            log_print=papers.log_print,
            read_slip=lambda digits: _read_slip(signed_in.desk, digits),
            export_outbox=lambda path: _export_outbox(signed_in.desk, path),
            export_package=lambda to, path, files, tell: _export_package(signed_in, (to, path), files, tell),
            import_package=lambda path, tell: _import_package(signed_in, path, tell),
            change_pin=lambda old, new: self._home.slots().change_pin(name, old, new, station.now()),
            close=signed_in.close,
            free_bytes=signed_in.home.free_bytes,
            last_backup=lambda: (last_backup(self._folder), signed_in.home.joined_at()),
            back_up=lambda to, now, watch: back_up_into(signed_in, Path(to), now, watch),
            files=WindowFiles(signed_in, signed_in.uploads()),
            administration=WindowAdministration(signed_in),
        )

    def pin_challenge(self, name: str) -> str:
        from station_app.bootstrap import pin_reset

        return pin_reset.challenge(self._folder, name)

    def reset_pin(self, name: str, code: str, pin: str) -> None:
        from station_app.bootstrap import pin_reset

        pin_reset.reset_pin(self._folder, name, code, pin)

    def restore(self, file: str, code: str, watch: Callable[[int, int], None]) -> PcCard:
        from station_app.bootstrap import station, station_restore
        from station_app.domain.calendar import SHANGHAI

        station_restore.restore(self._folder, Path(file), station.now().astimezone(SHANGHAI), code, watch)
        return self.card()

    def open_demo(self) -> None:
        """Start the demonstration as a program of its own; it opens its own windows."""
        environment = {name: value for name, value in os.environ.items() if name != "STATION_HOME"}
        command = [sys.executable, "-m", "station_app.cli.station", "demo"]
        subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603

    def settings(self) -> Settings:
        """Return what this PC remembers of its windows; a damaged file is as none."""
        try:
            return Settings.from_json(json.loads((self._folder / SETTINGS_FILE).read_text("utf-8")))
        except (OSError, ValueError):
            return Settings()

    def save_settings(self, settings: Settings) -> None:
        from station_app.keys.key_files import write_atomically

        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._folder / SETTINGS_FILE, json.dumps(settings.to_json(), indent=1).encode("utf-8"))

    def _demo_pin(self) -> str:
        try:
            return str(json.loads((self._folder / DEMO_FILE).read_text("utf-8"))["pin"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""


@dataclass(frozen=True, slots=True)
class _Papers:
    """Drawing, showing and logging papers; each loads its library when first used."""

    desk: Desk

    def draw(self, name: str, subject: str) -> Paper:
        from station_app.bootstrap.papers import PAPERS, print_paper

        with self.desk.read_book() as book:
            printed = print_paper(book, name, subject, self.desk.now())
        label = next(paper.label for paper in PAPERS if paper.name == name)
        return Paper(name, label, printed.subject_id, printed.pdf)

    def render(self, pdf: bytes, dots_per_inch: int) -> Sequence[PageImage]:
        from station_app.bootstrap.page_images import PageImages

        return PageImages(pdf, dots_per_inch)

    def log_print(self, paper: Paper) -> None:
        from station_app.usecases.times import stamp

        with self.desk.open_book() as book:
            book.log_print(paper.name, paper.subject_id, self.desk.worker.person_id, stamp(self.desk.now()))


def _read_slip(desk: Desk, digits: str) -> SlipProgress:
    from station_app.bootstrap.slips import read_slip

    return read_slip(desk, digits)


def _export_outbox(desk: Desk, path: str) -> Exported:
    from station_app import __version__
    from station_app.bootstrap.support_file import save_support_file
    from station_app.usecases.support import export_outbox

    found = export_outbox(desk, __version__)
    return Exported(str(save_support_file(Path(path), found.data)), found.events)


def _export_package(
    signed_in: SignedIn, where: tuple[str, str], files: bool, tell: Callable[[PackageStep], None]
) -> Packed:
    from station_app.bootstrap.packages import export_package
    from station_app.usecases.packing_files import Room

    to, path = where
    volumes = export_package(signed_in, to, Path(path), Room(files=files), tell)
    made, written = volumes[0]
    return Packed(str(written), made.note.number, len(volumes), sum(len(volume.files) for volume, _ in volumes))


def _import_package(signed_in: SignedIn, path: str, tell: Callable[[PackageStep], None]) -> Brought:
    from station_app.bootstrap.packages import import_package
    from station_app.usecases.reference import organisation_names

    taken = import_package(signed_in, Path(path), tell)
    with signed_in.desk.read_book() as book:
        name = organisation_names(book).get(taken.org, taken.org)
    return Brought(
        file=Path(path).name,
        name=name,
        number=taken.number,
        again=taken.again,
        pulled=taken.pulled,
        settled=taken.settled,
        kept=taken.kept,
        missing=taken.missing,
        codes=taken.codes,
        files=taken.files,
        lacking=taken.lacking,
    )


def _off_the_gui_thread(desk: Desk) -> Desk:
    """Return the desk with books that can't be opened on the GUI thread: the window must never wait for the disk."""
    return replace(desk, open_book=_guarded(desk.open_book), read_book=_guarded(desk.read_book))


def _guarded(open_book: OpenBook) -> OpenBook:
    gui_thread = threading.main_thread()

    def opened() -> AbstractContextManager[Book]:
        if threading.current_thread() is gui_thread:
            raise AssertionError("a book was opened on the GUI thread")
        return open_book()

    return opened


def _exchange_every_s() -> float:
    # Tests and the demo do not wait a minute for what came in; a real station never sets this.
    return float(os.environ.get("STATION_EXCHANGE_EVERY_S", EXCHANGE_EVERY_S))
