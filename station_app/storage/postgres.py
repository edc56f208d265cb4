"""Opening a PostgreSQL database for a center: what durability rests on is asserted, and one writer at a time.

Source of the rules: docs/decisions/009-one-writer-on-postgresql.md.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from station_app.domain.errors import StationError
from station_app.storage.engine import Kind

DRIVER = "postgresql+psycopg"
# A commit is on disk when it returns, and texts hold every character of GB 18030.
DURABLE = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on", "server_encoding": "UTF8"}
# Four processes of a center together stay below the hundred connections that a server gives by default.
MOST_CONNECTIONS = 20
CONNECT_WITHIN_S = 10
# A writer waits as long as on SQLite; one whose process hangs loses the lock, or the whole center would hang with it.
WRITER_WAITS_MS = 15_000
IDLE_AT_MOST_MS = 60_000
# Any number: it names the lock of whoever writes, in this database alone.
WRITER_LOCK = 7_274_601

_CODES = {
    "53100": "disk-full",
    "53200": "database-busy",
    "53300": "database-busy",
    "55P03": "database-busy",
    "57014": "database-busy",
    "40001": "database-busy",
    "40P01": "database-busy",
    "25006": "database-not-writable",
    "42501": "database-not-writable",
    "XX001": "database-damaged",
    "XX002": "database-damaged",
}
# 22: a text, number or byte that the column can't hold, which only a forged record brings; 58: the disk under it fails;
# 57P: shut down; 08: the line; 28, 3D: who may come in, and where.
_CLASSES = {
    "22": "record-malformed",
    "58": "database-damaged",
    "57": "database-unreachable",
    "08": "database-unreachable",
    "28": "database-unreachable",
    "3D": "database-unreachable",
    # Ended by the server because it sat idle in a transaction.
    "25P": "database-busy",
}


def open_postgres(address: str) -> Engine:
    """Return an engine on a PostgreSQL database; `address` is `postgresql+psycopg://user:password@host/database`.

    Raises:
        StationError: `database-address-wrong`. The address is in no message: it may hold a password.
    """
    try:
        url: URL | None = make_url(address)
    except ArgumentError:
        url = None
    if url is None or url.drivername != DRIVER:
        raise StationError("database-address-wrong", example=f"{DRIVER}://用户:密码@主机/库名")
    settings = {
        "synchronous_commit": "on",
        "lock_timeout": WRITER_WAITS_MS,
        "idle_in_transaction_session_timeout": IDLE_AT_MOST_MS,
    }
    engine = create_engine(
        url,
        connect_args={
            "connect_timeout": CONNECT_WITHIN_S,
            "client_encoding": "utf8",
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        },
        poolclass=QueuePool,
        pool_size=MOST_CONNECTIONS,
        max_overflow=0,
        execution_options={"kind": _KIND},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        found = {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in DURABLE}
        connection.rollback()
        wrong = {name: value for name, value in found.items() if value != DURABLE[name]}
        if wrong:
            raise StationError("database-server-settings", settings=", ".join(f"{n}={v}" for n, v in wrong.items()))

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writing", False):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")

    return engine


def _settings(connection: Connection) -> dict[str, object]:
    return {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in DURABLE}


def _check(connection: Connection) -> str:
    """Read every row of every table whole: a page that is damaged makes the server refuse."""
    names = connection.exec_driver_sql("SELECT format('%%I.%%I', schemaname, relname) FROM pg_stat_user_tables")
    for name in names.scalars().all():
        connection.exec_driver_sql(f"SELECT count(hashtext(t::text)) FROM {name} AS t")  # noqa: S608
    return "ok"


def _known(error: object) -> StationError | None:
    """Return what a worker can act on; None for a statement that is wrong, which is a bug."""
    state = getattr(error, "sqlstate", None)
    if state is None:
        # Psycopg's own: no server, a line that broke, or a value that can't be sent.
        reason = type(error).__name__
        wrong = reason == "DataError"
        return StationError("record-malformed", reason=reason) if wrong else StationError("database-unreachable")
    code = _CODES.get(state) or _CLASSES.get(state[:3]) or _CLASSES.get(state[:2])
    return StationError(code, reason=state) if code else None


_KIND = Kind(
    known=_known,
    settings=_settings,
    check=_check,
    # Its log is the server's, and whoever runs that says how long it is kept (docs/decisions/014).
    empty_log=lambda _connection: None,
    # The snapshot is taken behind the writer's lock, statement by statement: what the writer before committed is seen.
    writing={"isolation_level": "READ COMMITTED"},
    reading={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
)
