"""Attachments as the windows ask for them: made small and sealed, fetched and opened; all of it in jobs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from station_app.domain.attachments import MOST_AT_ONCE, PDF, Attachment, SealedFile
from station_app.domain.errors import StationError
from station_app.ui.ports import NewScan, PageImage

if TYPE_CHECKING:
    from station_app.bootstrap.station import SignedIn
    from station_app.sync.uploads import Uploads
    from station_app.usecases.taken import FreshScan

SCAN_DPI = 120
FRESH_S = 1800.0
# A4 at that has 1.4 million; a poster is drawn coarser.
MOST_PAGE_PIXELS = 6_000_000
SMALL_DPI, SMALL_SIDE = 12, 144
_NO_LINE = ("no-network", "stalled", "center-address-missing")


@dataclass(frozen=True, slots=True)
class WindowFiles:
    """The files of a signed-in worker's station."""

    signed_in: SignedIn
    uploads: Uploads

    def prepare(self, scans: Sequence[NewScan]) -> list[dict[str, Any]]:
        """Return the forms by which these are attached; each file is sealed and on the disk."""
        from station_app.carriers.pictures import take, take_file

        if len(scans) > MOST_AT_ONCE:
            raise StationError("attachments-at-once", count=len(scans), most=MOST_AT_ONCE)
        made: list[dict[str, Any]] = []
        try:
            for scan in scans:
                taken = take(scan.name, scan.data) if scan.data else take_file(Path(scan.path))
                made.append({"file": self.signed_in.files.seal(taken).to_json()})
        except BaseException:
            self.discard(made)
            raise
        return made

    def discard(self, forms: Sequence[Mapping[str, Any]]) -> None:
        """Take files off the disk that were not attached after all."""
        for form in forms:
            self.signed_in.files.shelf.drop(str(form["file"]["file"]))

    def pages(self, attachment: Attachment, tell: Callable[[int, int], bool]) -> Sequence[PageImage]:
        """Return the pages of a scan, fetched from the center where it is not here; none where it was stopped.

        Those of a PDF are drawn one by one, as they are asked for.
        """
        files, sealed = self.signed_in.files, attachment.sealed
        if not files.shelf.has(sealed.file):
            self._fetch(sealed, tell)
        if not files.shelf.has(sealed.file):
            return ()
        return _pages_of(sealed, files.open(sealed), SCAN_DPI)

    def small(self, attachment: Attachment) -> PageImage | None:
        """Return the first page of a scan so small that nobody can read it; None where the file is not here."""
        files, sealed = self.signed_in.files, attachment.sealed
        if not files.shelf.has(sealed.file):
            return None
        return _pages_of(sealed, files.open(sealed), SMALL_DPI, SMALL_SIDE)[0]

    def fresh(self, folder: str) -> Sequence[FreshScan]:
        """Return what the scanner has written into its folder in the last half hour."""
        from station_app.carriers.scan_folder import fresh_scans

        return fresh_scans(Path(folder), time.time() - FRESH_S)

    def _fetch(self, sealed: SealedFile, tell: Callable[[int, int], bool]) -> None:
        """Fetch a file; without a line it is asked for in the next package, where packages go from here."""
        from station_app.usecases.packing_files import want_file

        try:
            self.signed_in.fetch(sealed, tell)
        except StationError as error:
            if error.code not in _NO_LINE:
                raise
            with self.signed_in.desk.open_book() as book:
                if not want_file(book, sealed.file):
                    raise
            raise StationError("file-wanted") from error

    def send_part(self, *, anew: bool = False) -> bool:
        """Send one part of one file; False where nothing is left.

        Args:
            anew: an exchange has just gone through; what the center did not know before it may know now.
        """
        if anew:
            self.uploads.begin()
        return self.uploads.send_part()


def _pages_of(sealed: SealedFile, data: bytes, dots_per_inch: int, longer_side: int = 0) -> Sequence[PageImage]:
    from station_app.bootstrap.page_images import PageImages
    from station_app.carriers.pictures import LONGER_SIDE, pixels_of

    if sealed.media == PDF:
        most = longer_side**2 or MOST_PAGE_PIXELS
        return PageImages(data, dots_per_inch, sealed.name, most)
    return (PageImage(*pixels_of(sealed.name, data, longer_side or LONGER_SIDE)),)
