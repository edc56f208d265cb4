"""What the windows need of the station behind them; bootstrap gives it, tests give a small one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from station_app.domain.attachments import Attachment
from station_app.domain.organisations import Level, Organisation
from station_app.ui.settings import Settings

if TYPE_CHECKING:
    # What stands behind a desk takes a tenth of a second to load, and the first picture shows none of it.
    from datetime import datetime

    from station_app.protocol.fleet_records import Fleet
    from station_app.usecases.backups import LastBackup
    from station_app.usecases.package_port import PackageStep
    from station_app.usecases.ports import Desk
    from station_app.usecases.slips import SlipProgress
    from station_app.usecases.taken import FreshScan


@dataclass(frozen=True, slots=True)
class PcCard:
    """What this PC may show before anybody has signed in.

    Args:
        enrolled: it belongs to an office.
        office_name: of that office, "" before.
        workers: names of those who have signed in here before.
        demo_pin: in a demonstration, the PIN of everybody; "" otherwise.
    """

    enrolled: bool
    office_name: str = ""
    level: Level | None = None
    workers: tuple[str, ...] = ()
    demo_pin: str = ""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What one exchange did: counts, and why it did not finish ("" when it did).

    Args:
        anew: cases that a new calendar or new organisations show otherwise.
        answered: cases about which the center has said whether it found them.
        returned: events that were given back to the center.
    """

    pushed: int
    pulled: int
    anew: int
    code: str
    pause_s: float
    answered: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page of a finished paper as 32-bit RGB pixels, four bytes each (0xffRRGGBB)."""

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Paper:
    """A finished paper.

    Args:
        label: what people call it.
        subject_id: the case or batch it is about.
    """

    name: str
    label: str
    subject_id: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class NewScan:
    """A file that a worker wants to attach: where it lies, or its bytes where it was pasted."""

    name: str
    path: str = ""
    data: bytes = b""


class Files(Protocol):
    """The files of attachments. Every method is a job; see `bootstrap.window_files.WindowFiles`."""

    def prepare(self, scans: Sequence[NewScan]) -> list[dict[str, Any]]: ...
    def discard(self, forms: Sequence[Mapping[str, Any]]) -> None: ...
    def pages(self, attachment: Attachment, tell: Callable[[int, int], bool]) -> Sequence[PageImage]: ...
    def small(self, attachment: Attachment) -> PageImage | None: ...
    def fresh(self, folder: str) -> Sequence[FreshScan]: ...
    def send_part(self, *, anew: bool = False) -> bool: ...


@dataclass(frozen=True, slots=True)
class Exported:
    """A file for technical support: where it lies, and of how many events it tells."""

    path: str
    events: int


@dataclass(frozen=True, slots=True)
class Packed:
    """A package that was written.

    Args:
        path: where it lies, or its first volume.
        volumes: files into which it went.
        files: of attachments that are in it.
    """

    path: str
    number: int
    volumes: int = 1
    files: int = 0


@dataclass(frozen=True, slots=True)
class Brought:
    """A package that was read, or why it could not be.

    Args:
        file: its name, without the folder.
        name: of the office that made it.
        again: it had come before.
        pulled: events that were not here.
        settled: own events about which the center has said what became of them.
        kept: parts that this PC carries on.
        missing: numbers of packages of that PC that have not come.
        codes: why something in it could not be used.
        files, lacking: files of attachments that came, and that did not.
        code: why nothing was written, "" where it was; `params` belong to it.
    """

    file: str
    name: str = ""
    number: int = 0
    again: bool = False
    pulled: int = 0
    settled: int = 0
    kept: int = 0
    missing: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    files: int = 0
    lacking: int = 0
    code: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code by which one PC joins an office, as it is typed there, and the address at which its center is."""

    office: str
    code: str
    address: str


@dataclass(frozen=True, slots=True)
class GrantFile:
    """A grant that was written: where it lies, for which office, and who is let in by it ("" for a PC that joins)."""

    path: str
    office: str
    worker: str


@dataclass(frozen=True, slots=True)
class ReadOut:
    """A code by telephone: whose PIN it resets, of which office, and the digits in groups."""

    name: str
    office: str
    code: str


class Administration(Protocol):
    """What an administrator of a center's office asks of the center. Every method is a job, and needs the network."""

    def fleet(self) -> Fleet:
        """Return how all PCs of the center are."""
        ...

    def enrolment_code(self, org: str) -> NewCode: ...
    def grant(self, request: str, path: str) -> GrantFile:
        """Answer the request in a file by a grant in another one."""
        ...

    def revoke(self, device: str, reason: str) -> int:
        """Revoke a PC; return how many of its events the center has, which count."""
        ...

    def pin_code(self, challenge: str, second: str, pin: str) -> ReadOut:
        """Return the code to be read out; another administrator signs too, opened by name and PIN."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """A worker at work on this PC. Every callable here is a job: it is never called on the GUI thread.

    Args:
        exchange: one full exchange with the center; True when it comes early because there is new work.
        draw: a paper by its name and subject.
        render: a paper's pages at so many dots per inch.
        log_print: notes that the paper was printed.
        read_slip: takes in the digits of a scanned code of a 交接码单.
        export_outbox: writes what the center has not got, without contents, into a file for technical support.
        export_package: writes the package for an office into a file, with files of attachments or without; it tells how
            far it has come, and ends where that raises.
        import_package: reads one, and tells likewise.
        change_pin: the worker's own PIN, old and new.
        close: lets go of the journal and its key.
        free_bytes: room that is left on the disk of the journal.
        last_backup: how the backups of this PC went, and since when it has had something to lose.
        back_up: a backup into this folder, at this time; it tells how many of how many bytes are done, and ends where
            that raises.
        files: attaching, showing and sending scans.
        administration: what the center does for administrators of its own office, and for nobody else.
    """

    desk: Desk
    office: Organisation
    exchange: Callable[[bool], Exchanged]
    draw: Callable[[str, str], Paper]
    render: Callable[[bytes, int], Sequence[PageImage]]
    log_print: Callable[[Paper], None]
    read_slip: Callable[[str], SlipProgress]
    export_outbox: Callable[[str], Exported]
    export_package: Callable[[str, str, bool, Callable[[PackageStep], None]], Packed]
    import_package: Callable[[str, Callable[[PackageStep], None]], Brought]
    change_pin: Callable[[str, str], None]
    close: Callable[[], None]
    free_bytes: Callable[[], int]
    last_backup: Callable[[], tuple[LastBackup, datetime]]
    back_up: Callable[[str, datetime, Callable[[int, int], None]], LastBackup]
    files: Files
    administration: Administration


class Station(Protocol):
    """The station on this PC; every method is a job, but for the settings, which are read once before the window."""

    def card(self) -> PcCard: ...
    def enrol(self, center_url: str, code: str) -> PcCard: ...
    def activate(self, name: str, code: str, pin: str) -> PcCard: ...
    def request_enrolment(self, code: str, path: str) -> str:
        """Write a request to join; return where it lies."""
        ...

    def take_enrolment(self, path: str) -> PcCard:
        """Join by the grant in a file."""
        ...

    def request_activation(self, name: str, code: str, path: str) -> str:
        """Write a request to let a worker in; return where it lies."""
        ...

    def take_activation(self, path: str, pin: str) -> str:
        """Let a worker in by the grant in a file; return the name."""
        ...

    def sign_in(self, name: str, pin: str) -> Session: ...
    def pin_challenge(self, name: str) -> str: ...
    def reset_pin(self, name: str, code: str, pin: str) -> None: ...
    def restore(self, file: str, code: str, watch: Callable[[int, int], None]) -> PcCard:
        """Put this PC back from a backup; `code` is what the county has read out, "" for none."""
        ...

    def open_demo(self) -> None: ...
    def save_settings(self, settings: Settings) -> None: ...
