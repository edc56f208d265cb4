"""What packages need of a station's store, in the same transaction as the journal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from station_app.exchange.carried import Asked
from station_app.exchange.ports import Repair
from station_app.protocol.package_records import Part


@dataclass(frozen=True, slots=True)
class PackageNote:
    """A package that this PC has made, or that has come.

    Args:
        made: by this PC.
        org: the other office: for whom, or whose.
        device: the making PC, and its epoch then.
        number: of that PC and epoch for the office it goes to.
        digest: SHA-256 of the manifest.
        at: UTC stamp, by this PC's clock.
        parts: digests of the parts and addresses of the files of others that it holds, and of the files that it says
            the center has; of one that has come, addresses of the files that did not come with it.
        events: ids and addresses of the events and files that it brings to that office itself.
        confirmed_at: when its receipt came, "" before; of one that has come "".
    """

    package_id: str
    made: bool
    org: str
    device: str
    epoch: str
    number: int
    digest: str
    at: str
    parts: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    confirmed_at: str = ""


@dataclass(frozen=True, slots=True)
class PackageStep:
    """How far writing, reading back (`checking`), or taking files has come: bytes and files, of how many."""

    bytes: int
    of_bytes: int
    files: int
    of_files: int
    checking: bool = False


@dataclass(frozen=True, slots=True)
class Carried:
    """A sealed part of others that this PC keeps until it has come where it goes.

    Args:
        came_at: UTC stamp.
        code: why the center did not take it, "" while it was not offered, or could not be.
    """

    part: Part
    came_at: str
    code: str = ""


class PackageBook(Protocol):
    """Packages and what this PC carries for others."""

    def packages(self) -> Sequence[PackageNote]:
        """Return all packages, the last first."""
        ...

    def save_package(self, note: PackageNote) -> None:
        """Note a package; one that is noted keeps when it was confirmed."""
        ...

    def confirm_packages(self, package_ids: Collection[str], at: str, lacks: Collection[str] = ()) -> None:
        """Note that these have come: that office has their events and files, what is of others is kept no longer.

        Args:
            lacks: files that did not come with them.
        """
        ...

    def told_to(self, org: str) -> set[str]:
        """Return ids of events and addresses of files that an office has confirmed to have, or has sent."""
        ...

    def note_has(self, org: str, files: Collection[str]) -> None:
        """Note that an office has these files: they have come from it."""
        ...

    def carried(self) -> Sequence[Carried]:
        """Return what this PC carries, the first that came first."""
        ...

    def keep_parts(self, parts: Sequence[Part], at: str) -> None: ...
    def drop_parts(self, digests: Collection[str]) -> None:
        """Forget parts that have come where they go."""
        ...

    def refuse_part(self, digest: str, code: str) -> None: ...
    def asked(self) -> Mapping[str, Asked]:
        """Return the requests that went into packages, by SHA-256 of what this PC signed, the first first."""
        ...

    def save_asked(self, asked: Mapping[str, Asked]) -> None: ...
    def package_repair(self) -> Repair:
        """Return what the last reply that came by hand has shown that each side lacks."""
        ...

    def save_package_repair(self, repair: Repair) -> None: ...
