"""I6: what people wrote stands readable in no file of a world's machines, and in no row of its databases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import psycopg

from station_app.protocol.event import Event
from tests.readable import Readable
from tests.simulate.databases import databases_on
from tests.simulate.disk_stores import DiskStores
from tests.simulate.world import World

# Of these also what is no Chinese: numbers of papers and phones.
_PERSONAL = "applicant"


def personal_words(world: World) -> set[str]:
    """Return what people have typed in a world about others: all words that are not of the program or a document."""
    documents = [d.content for pc in world.pcs for d in pc.store.tables.documents.values()]
    public = json.dumps(documents, ensure_ascii=False)
    written = [event for events in world.watch.written.values() for event in events.values()]
    return {word for word in _words_of(written) if word not in public and word not in world.watch.numbers}


def _words_of(events: Iterable[Event]) -> Iterator[str]:
    for event in events:
        effects = dict(event.effects or {})
        fields = dict(effects.pop("fields", {}))
        yield from (value for name, value in fields.pop(_PERSONAL, {}).items() if name != "id_type")
        yield from (text for text in _texts([effects, fields]) if not text.isascii())


def _texts(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, Mapping):
        yield from _texts(list(found.values()))
    elif isinstance(found, list):
        for entry in found:
            yield from _texts(entry)


def read_in(stores: DiskStores, words: set[str]) -> dict[str, set[str]]:
    """Return the words that stand readable in a file or a table of these stores, by where they stand."""
    readable = Readable(words)
    found = {name: set(readable.found_in(content)) for name, content in _contents(stores)}
    return {name: texts for name, texts in found.items() if texts}


def _contents(stores: DiskStores) -> Iterator[tuple[str, bytes]]:
    for file in sorted(path for path in stores.folder.rglob("*") if path.is_file()):
        yield file.name, file.read_bytes()
    for database in databases_on(stores.server) if stores.server is not None else []:
        with psycopg.connect(stores.server.plain_address(database)) as connection:
            yield from ((f"{database}.{table}", rows) for table, rows in _tables(connection))


def _tables(connection: psycopg.Connection[Any]) -> Iterator[tuple[str, bytes]]:
    names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    for (name,) in names:
        rows = connection.execute(f"SELECT * FROM {name}".encode()).fetchall()
        yield name, b"\n".join(_bytes_of(value) for row in rows for value in row)


def _bytes_of(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode()
