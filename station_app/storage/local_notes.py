"""What is on this PC only: drafts, looks at what is masked, serials, the print log, how the last exchange ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import delete, desc, func, insert, select

from station_app.domain.document_numbers import Block, HeldBlock
from station_app.messages.deletions import Deleted
from station_app.storage.engine import log_deletion_after
from station_app.storage.settings_table import SettingTable
from station_app.storage.station_rows import CounterRow, DraftRow, PrintRow, RevealRow
from station_app.storage.upserts import put_row
from station_app.usecases.ports import Draft, Reveal, SyncStatus

_WRITTEN_BEFORE = "written_before"


class LocalNoteTables(SettingTable):
    """Local-only tables in the same transaction as the journal; a rebuild of the projections keeps them."""

    def save_draft(self, draft: Draft) -> None:
        values = {**asdict(draft), "content": dict(draft.content)}
        put_row(self._connection, DraftRow, **values)

    def drafts(self, person: str) -> Sequence[Draft]:
        query = select(*DraftRow.__table__.columns).where(DraftRow.person == person)
        rows = self._connection.execute(query.order_by(desc(DraftRow.saved_at), DraftRow.draft_id)).mappings()
        return [Draft(**row) for row in rows]

    def drop_draft(self, draft_id: str, person: str) -> None:
        here = delete(DraftRow).where(DraftRow.draft_id == draft_id, DraftRow.person == person)
        log_deletion_after(self._connection, Deleted.DRAFT, self._connection.execute(here).rowcount, [draft_id])

    def log_reveal(self, reveal: Reveal) -> None:
        self._connection.execute(insert(RevealRow).values(**asdict(reveal)))

    def reveals(self, case_id: str) -> Sequence[Reveal]:
        columns = (RevealRow.person, RevealRow.case_id, RevealRow.field, RevealRow.at)
        rows = self._connection.execute(select(*columns).where(RevealRow.case_id == case_id).order_by(RevealRow.number))
        return [Reveal(*row) for row in rows]

    def next_serial(self, name: str) -> int:
        value = (self._connection.scalar(select(CounterRow.value).where(CounterRow.name == name)) or 0) + 1
        put_row(self._connection, CounterRow, name=name, value=value)
        return value

    def serials(self, since: str) -> Mapping[str, int]:
        day = func.substr(CounterRow.name, -len(since))
        rows = self._connection.execute(select(CounterRow.name, CounterRow.value).where(day >= since))
        return {row.name: row.value for row in rows}

    def raise_serial(self, name: str, value: int) -> None:
        known = self._connection.scalar(select(CounterRow.value).where(CounterRow.name == name)) or 0
        put_row(self._connection, CounterRow, name=name, value=max(known, value))

    def written_before(self) -> Mapping[str, int]:
        return self.setting(_WRITTEN_BEFORE) or {}

    def save_written_before(self, heads: Mapping[str, int]) -> None:
        self.save_setting(_WRITTEN_BEFORE, dict(heads))

    def skipped_serials(self) -> Mapping[str, Sequence[Sequence[int]]]:
        return self.setting("skipped_serials") or {}

    def save_skipped_serials(self, skipped: Mapping[str, Sequence[Sequence[int]]]) -> None:
        self.save_setting("skipped_serials", {name: [list(part) for part in parts] for name, parts in skipped.items()})

    def number_blocks(self) -> Sequence[HeldBlock]:
        found = self.setting("number_blocks") or []
        return [HeldBlock(Block(**entry["block"]), entry["epoch"], entry["next"]) for entry in found]

    def save_number_blocks(self, blocks: Sequence[HeldBlock]) -> None:
        self.save_setting("number_blocks", [asdict(held) for held in blocks])

    def asked_cases(self) -> Mapping[str, str]:
        return self.setting("asked_cases") or {}

    def save_asked_cases(self, asked: Mapping[str, str]) -> None:
        self.save_setting("asked_cases", dict(asked))

    def log_print(self, document: str, subject_id: str, person: str, at: str) -> None:
        row = {"document": document, "subject_id": subject_id, "person": person, "printed_at": at}
        self._connection.execute(insert(PrintRow).values(**row))

    def save_sync_status(self, status: SyncStatus) -> None:
        self.save_setting("sync_status", {**asdict(status), "params": dict(status.params)})

    def sync_status(self) -> SyncStatus:
        return SyncStatus(**(self.setting("sync_status") or {}))

    def save_looked_at(self, looked: Mapping[str, tuple[str, str]]) -> None:
        self.save_setting("looked_at", {event_id: list(by) for event_id, by in looked.items()})

    def looked_at(self) -> Mapping[str, tuple[str, str]]:
        found = self.setting("looked_at") or {}
        return {event_id: (person, at) for event_id, (person, at) in found.items()}

    def save_retried(self, retried: Mapping[str, str]) -> None:
        self.save_setting("retried", dict(retried))

    def retried(self) -> Mapping[str, str]:
        return self.setting("retried") or {}

    def save_seen_below(self, seen: Mapping[str, str]) -> None:
        self.save_setting("seen_below", dict(seen))

    def save_phone_keys(self, keys: Mapping[str, tuple[int, str]]) -> None:
        self.save_setting("phone_keys", {person: list(key) for person, key in keys.items()})

    def save_office_keys(self, keys: Mapping[int, tuple[str, str]]) -> None:
        self.save_setting("office_keys", {str(version): list(pair) for version, pair in keys.items()})

    def office_keys(self) -> Mapping[int, tuple[str, str]]:
        found = self.setting("office_keys") or {}
        return {int(version): (public, private) for version, (public, private) in found.items()}

    def phone_keys(self) -> Mapping[str, tuple[int, str]]:
        found = self.setting("phone_keys") or {}
        return {person: (number, public) for person, (number, public) in found.items()}

    def seen_below(self) -> Mapping[str, str]:
        return self.setting("seen_below") or {}
