"""Packages, and what is carried for others, at a station in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from station_app.exchange.carried import Asked
from station_app.exchange.ports import NOTHING, Repair
from station_app.protocol.package_records import Part
from station_app.usecases.carried_files import GO_UP, HANDED_ON, THERE, CarriedFile
from station_app.usecases.package_port import Carried, PackageNote
from tests.fake_store import Table


@dataclass
class PackageTables:
    """What a station keeps of packages."""

    settings: Table[str, Any] = field(default_factory=Table)
    packages: Table[str, PackageNote] = field(default_factory=Table)
    carried: Table[str, Carried] = field(default_factory=Table)
    carried_files: Table[str, CarriedFile] = field(default_factory=Table)
    told_by_hand: Table[tuple[str, str], bool] = field(default_factory=Table)
    brought: Table[str, bool] = field(default_factory=Table)


class MemoryPackages:
    """The port is usecases.package_port.PackageBook."""

    tables: PackageTables

    def packages(self) -> Sequence[PackageNote]:
        return sorted(self.tables.packages.values(), key=lambda note: (note.at, note.number), reverse=True)

    def save_package(self, note: PackageNote) -> None:
        known = self.tables.packages.get(note.package_id)
        self.tables.packages[note.package_id] = replace(note, confirmed_at=known.confirmed_at) if known else note

    def confirm_packages(self, package_ids: Collection[str], at: str, lacks: Collection[str] = ()) -> None:
        for package_id in package_ids:
            note = self.tables.packages.get(package_id)
            if note is not None and note.made and not note.confirmed_at:
                self.tables.packages[package_id] = replace(note, confirmed_at=at)
                came = [each for each in note.events if each not in lacks]
                self.tables.told_by_hand.update({(note.org, each): True for each in came})
                self.drop_parts(note.parts)
                for part in note.parts:
                    self._hand_on(part, note.org, lacks)

    def _hand_on(self, file: str, org: str, lacks: Collection[str]) -> None:
        known = self.tables.carried_files.get(file)
        if known is None or file in lacks:
            return
        if known.state == GO_UP and known.org != org:
            self.tables.carried_files[file] = replace(known, state=HANDED_ON)
        elif known.state.startswith(THERE) and known.org == org:
            del self.tables.carried_files[file]

    def told_to(self, org: str) -> set[str]:
        return {event_id for of, event_id in self.tables.told_by_hand if of == org}

    def note_has(self, org: str, files: Collection[str]) -> None:
        self.tables.told_by_hand.update({(org, file): True for file in files})

    def carried(self) -> Sequence[Carried]:
        return list(self.tables.carried.values())

    def keep_parts(self, parts: Sequence[Part], at: str) -> None:
        for part in parts:
            if part.digest not in self.tables.carried:
                self.tables.carried[part.digest] = Carried(part, at)

    def drop_parts(self, digests: Collection[str]) -> None:
        for digest in digests:
            if digest in self.tables.carried:
                del self.tables.carried[digest]

    def refuse_part(self, digest: str, code: str) -> None:
        self.tables.carried[digest] = replace(self.tables.carried[digest], code=code)

    def asked(self) -> Mapping[str, Asked]:
        return self.tables.settings.get("carried_asked") or {}

    def save_asked(self, asked: Mapping[str, Asked]) -> None:
        self.tables.settings["carried_asked"] = dict(asked)

    def package_repair(self) -> Repair:
        return self.tables.settings.get("carried_repair") or NOTHING

    def save_package_repair(self, repair: Repair) -> None:
        self.tables.settings["carried_repair"] = repair
