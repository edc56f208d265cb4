"""The second set of projections that a rebuild makes beside the one in use, and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import Connection, MetaData, Table, func, inspect, quoted_name, select

from station_app.exchange.ports import Subject
from station_app.storage.journal import chunks
from station_app.storage.looking import LOOKED_THROUGH, Looked
from station_app.storage.projector import IN_USE, PROJECTED, Projections
from station_app.storage.rows import EventRow, tables
from station_app.storage.settings_table import SettingTable
from station_app.storage.station_rows import WORDS, make_words

_SETTING = "rebuild"
_SUFFIX = "_new"
# Indexes can't be renamed: of two names, a set gets the one that the set in use does not have.
_OTHER_NAME = "_b"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a rebuild has come: subjects whose first event arrived up to there are in the new tables.

    Args:
        version: of the program that began it; another one may fold otherwise and begins again.
        looked: how far the cases in the new tables are as the documents in force show them.
    """

    version: str
    arrival: int = 0
    looked: Looked = field(default_factory=dict)


def _copies(metadata: MetaData) -> Projections:
    found = [table.to_metadata(metadata, name=table.name + _SUFFIX) for table in tables(PROJECTED)]
    return Projections.of(found, WORDS + _SUFFIX)


BESIDE = _copies(MetaData())


def mark_of(store: SettingTable) -> Mark | None:
    """Return how far the rebuild has come that is under way, None while there is none."""
    found = store.setting(_SETTING)
    return None if found is None else Mark(**found)


def save_mark(store: SettingTable, mark: Mark) -> None:
    """Note how far the rebuild has come, in the transaction that brought it there."""
    store.save_setting(_SETTING, asdict(mark))


def reached(connection: Connection, mark: Mark | None, subjects: Sequence[Subject]) -> list[Subject]:
    """Return those of the subjects that the rebuild under way has been at: what happens to them it must hear of."""
    if mark is None:
        return []
    found: set[str] = set()
    for chunk in chunks(subject_id for _, subject_id in subjects):
        query = select(EventRow.subject_id).where(EventRow.subject_id.in_(chunk)).group_by(EventRow.subject_id)
        found.update(connection.scalars(query.having(func.min(EventRow.arrival) <= mark.arrival)))
    return [subject for subject in subjects if subject[1] in found]


def make_beside(connection: Connection) -> None:
    """Make the new tables, empty; what an earlier rebuild left of them goes."""
    _drop(connection, BESIDE)
    metadata = MetaData()
    _copies(metadata)
    taken = {index["name"] for table in tables(PROJECTED) for index in inspect(connection).get_indexes(table.name)}
    for copy in metadata.tables.values():
        for index in copy.indexes:
            plain = str(index.name).replace(_SUFFIX, "")
            index.name = quoted_name(plain + _OTHER_NAME if plain in taken else plain, quote=None)
    metadata.create_all(connection)
    make_words(connection, BESIDE.words)


def swap(store: SettingTable, looked: Looked) -> None:
    """Put the new tables in the place of the old ones; all of it or, until the commit, nothing.

    Args:
        looked: how far the cases in the new ones are as the documents in force show them.
    """
    connection = store.connection
    _drop(connection, IN_USE)
    for old, new in zip(_names(IN_USE), _names(BESIDE), strict=True):
        connection.exec_driver_sql(f"ALTER TABLE {new} RENAME TO {old}")
    store.save_setting(LOOKED_THROUGH, looked)
    store.drop_setting(_SETTING)


def _drop(connection: Connection, found: Projections) -> None:
    for name in _names(found):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")


def _names(found: Projections) -> list[str]:
    kept: list[Table] = [found.cases, found.folds, found.items, found.takers, found.clocks, found.batches]
    return [*(table.name for table in kept), found.words]
