"""Packages made and taken, and the sealed parts that are carried for others, in the journal's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import bindparam, delete, desc, literal_column, select, update

from station_app.exchange.carried import Asked
from station_app.exchange.ports import Repair
from station_app.messages.deletions import Deleted
from station_app.protocol.package_records import Part, PartKind
from station_app.storage.engine import log_deletion_after
from station_app.storage.journal import chunks
from station_app.storage.settings_table import SettingTable
from station_app.storage.station_rows import CarriedPartRow, PackageRow, ToldRow
from station_app.storage.upserts import add_rows, put_rows
from station_app.usecases.carried_files import GO_UP, HANDED_ON, THERE
from station_app.usecases.package_port import Carried, PackageNote

_ASKED, _REPAIR = "carried_asked", "carried_repair"
_ALL = select(*PackageRow.__table__.columns).order_by(desc(PackageRow.at), desc(PackageRow.number))
# As they came: what goes up first may be what the others go on with.
_IS_FILE = CarriedPartRow.kind == PartKind.FILE.value
_PARTS = select(*CarriedPartRow.__table__.columns).where(~_IS_FILE).order_by(literal_column("rowid"))


class PackageTables(SettingTable):
    """The port is usecases.package_port.PackageBook."""

    def packages(self) -> Sequence[PackageNote]:
        rows = self._connection.execute(_ALL).mappings()
        lists = ("parts", "events")
        return [PackageNote(**{**row, **{name: tuple(row[name]) for name in lists}}) for row in rows]

    def save_package(self, note: PackageNote) -> None:
        values = {**asdict(note), "parts": list(note.parts), "events": list(note.events)}
        put_rows(self._connection, PackageRow, [values], but=frozenset({"confirmed_at"}))

    def confirm_packages(self, package_ids: Collection[str], at: str, lacks: Collection[str] = ()) -> None:
        for chunk in chunks(package_ids):
            here = PackageRow.package_id.in_(chunk) & PackageRow.made & (PackageRow.confirmed_at == "")
            found = self._connection.execute(select(PackageRow.org, PackageRow.parts, PackageRow.events).where(here))
            for row in found.all():
                came = [each for each in row.events if each not in lacks]
                add_rows(self._connection, ToldRow, [{"org": row.org, "event_id": each} for each in came])
                self._hand_on([part for part in row.parts if part not in lacks], row.org)
            self._connection.execute(update(PackageRow).where(here).values(confirmed_at=at))

    def _hand_on(self, arrived: Sequence[str], org: str) -> None:
        """Keep what has come at an office no longer; the note of a file stays until who brought it is told its end."""
        told: list[str] = []
        for chunk in chunks(arrived):
            files = _IS_FILE & CarriedPartRow.digest.in_(chunk)
            going = files & (CarriedPartRow.code == GO_UP) & (CarriedPartRow.org != org)
            self._connection.execute(update(CarriedPartRow).where(going).values(code=HANDED_ON, sealed=b""))
            there = files & CarriedPartRow.code.startswith(THERE) & (CarriedPartRow.org == org)
            parts = CarriedPartRow.digest.in_(chunk) & ~_IS_FILE
            told += self._connection.scalars(select(CarriedPartRow.digest).where(there | parts))
        self.drop_parts(told)

    def told_to(self, org: str) -> set[str]:
        return set(self._connection.scalars(select(ToldRow.event_id).where(ToldRow.org == org)))

    def note_has(self, org: str, files: Collection[str]) -> None:
        add_rows(self._connection, ToldRow, [{"org": org, "event_id": file} for file in files])

    def carried(self) -> Sequence[Carried]:
        return [
            Carried(Part(row.kind, row.org, row.key, row.device, row.sealed), row.came_at, row.code)
            for row in self._connection.execute(_PARTS)
        ]

    def keep_parts(self, parts: Sequence[Part], at: str) -> None:
        rows = [
            {
                "digest": part.digest,
                "kind": part.kind,
                "org": part.to,
                "key": part.key,
                "device": part.device,
                "sealed": part.sealed,
                "came_at": at,
                "code": "",
            }
            for part in parts
        ]
        add_rows(self._connection, CarriedPartRow, rows)

    def drop_parts(self, digests: Collection[str]) -> None:
        gone = 0
        for chunk in chunks(digests):
            gone += self._connection.execute(delete(CarriedPartRow).where(CarriedPartRow.digest.in_(chunk))).rowcount
        log_deletion_after(self._connection, Deleted.CARRIED, gone, digests)

    def refuse_part(self, digest: str, code: str) -> None:
        here = CarriedPartRow.digest == bindparam("of_digest")
        self._connection.execute(update(CarriedPartRow).where(here).values(code=code), {"of_digest": digest})

    def asked(self) -> Mapping[str, Asked]:
        found = self.setting(_ASKED) or {}
        return {answers: Asked(**{**entry, "returned": tuple(entry["returned"])}) for answers, entry in found.items()}

    def save_asked(self, asked: Mapping[str, Asked]) -> None:
        self.save_setting(_ASKED, {answers: asdict(entry) for answers, entry in asked.items()})

    def package_repair(self) -> Repair:
        found = self.setting(_REPAIR) or {}
        return Repair(tuple(found.get("wanted", ())), tuple(found.get("owed", ())))

    def save_package_repair(self, repair: Repair) -> None:
        self.save_setting(_REPAIR, asdict(repair))
