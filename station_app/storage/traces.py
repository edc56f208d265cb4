"""Taking removed contents out of a station's file: bodies, the words of a search, and the log beside the file."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text

from station_app.storage.beside import mark_of
from station_app.storage.engine import empty_log_after
from station_app.storage.file_rows import AttachmentRow
from station_app.storage.file_tables import let_go
from station_app.storage.journal import erase_bodies
from station_app.storage.settings_table import SettingTable
from station_app.storage.station_rows import WORDS

_TRACES = "traces"
_BEGIN, _GO_ON = "begin", "go on"
# Pages of the index that one step writes: a few tenths of a second, for which a writer may have to wait.
_PAGES = 500


class Traces(SettingTable):
    """Erasing, in the same transaction as the journal."""

    def _erase(self, event_ids: Collection[str]) -> None:
        if erase_bodies(self._connection, event_ids):
            self.save_setting(_TRACES, _BEGIN)
            empty_log_after(self._connection)
        let_go(self._connection, AttachmentRow, event_ids)

    def has_traces(self) -> bool:
        # What a rebuild under way has put into its own index is wiped with it, once that is in use.
        return self.setting(_TRACES) is not None and mark_of(self) is None

    def wipe_traces(self) -> None:
        # An index of words keeps those that were replaced until its parts are merged into one.
        pages = -_PAGES if self.setting(_TRACES) == _BEGIN else _PAGES
        before = self._changes()
        merge = text(f"INSERT INTO {WORDS}({WORDS}, rank) VALUES ('merge', :pages)")  # noqa: S608
        self._connection.execute(merge, {"pages": pages})
        if pages > 0 and self._changes() - before < 2:
            self.drop_setting(_TRACES)
            empty_log_after(self._connection)
        else:
            self.save_setting(_TRACES, _GO_ON)

    def _changes(self) -> int:
        return int(self._connection.scalar(text("SELECT total_changes()")) or 0)
