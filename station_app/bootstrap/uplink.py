"""A county's center as a client of the city's: joining it, and the thread that exchanges with it."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, cast

from station_app.bootstrap.center import OpenCenter, now, open_center
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level, Organisation
from station_app.exchange.curable import curable
from station_app.exchange.inbox import CREDENTIAL_CONTEXT, DOCUMENT_CONTEXT, Checks
from station_app.exchange.ports import Link
from station_app.exchange.uplink import LINK, Uplink
from station_app.keys.codes import parse_enrolment_code
from station_app.keys.key_files import exclusive
from station_app.keys.signing import verify, verify_many
from station_app.protocol.signed import CENTERS, Document, Signed, keys_of_centers, read_document
from station_app.storage.registry import RegistryOnDisk
from station_app.sync.addresses import check_address
from station_app.sync.center_client import CenterClient
from station_app.sync.loop import LoopParts, Report, SyncLoop
from station_app.sync.transport import HttpTransport, fetch_first_contact
from station_app.usecases.other_centers import hear_from_above, put_below
from station_app.usecases.package_port import Carried
from station_app.usecases.ports import Book, SyncStatus
from station_app.usecases.retrying import give_back_refused
from station_app.usecases.run_center import UPLINK, add_center

log = logging.getLogger("station_app.center")

_STATUS = "uplink_status"
# Several processes may serve one center; one at a time exchanges with the center above.
UPLINK_LOCK = "uplink.lock"
LOOK_EVERY_S = 2.0


class UplinkOnDisk(Uplink):
    """The link to the center above in one open transaction, with how its last exchange ended."""

    def __init__(self, store: RegistryOnDisk, tell: Callable[[Document], None]) -> None:
        super().__init__(store, tell)
        self._store = store

    def last_link(self) -> int:
        return self._store.last_link()

    def sync_status(self) -> SyncStatus:
        return SyncStatus(**(self._store.setting(_STATUS) or {}))

    def is_behind(self) -> bool:
        """A center has no lists that a new calendar would change."""
        return False

    def look_anew(self, most: int) -> int:
        return 0

    def carried(self) -> Sequence[Carried]:
        """A center carries nothing for others: what is handed to it is served at once."""
        return ()

    def has_traces(self) -> bool:
        """A center has no index of words."""
        return False

    def wipe_traces(self) -> None:
        return None

    def save_sync_status(self, status: SyncStatus) -> None:
        self._store.save_setting(_STATUS, asdict(status))


def join(folder: Path, city_url: str, code_text: str) -> str:
    """Make this county's center a client of the city's by a one-time code; return the city's name.

    Interrupted anywhere, it can be run again with the same code; so it can when the city's center has a new address.

    Raises:
        StationError: `center-level` (only a county's center joins), `center-joined` (another one), `code-malformed`,
            `center-key-differs`, and those of the city's center and the way.
    """
    opened = open_center(folder)
    with opened.read() as store:
        center, uplink = store.setting("center"), store.setting(UPLINK)
    if center["level"] != Level.COUNTY.value:
        raise StationError("center-level", level=center["level"])
    code = parse_enrolment_code(code_text)
    contact = fetch_first_contact(city_url)
    if not code.matches(contact.public_key):
        raise StationError("center-key-differs", address=city_url)
    found = {"url": city_url, "authority_pem": contact.authority_pem, "key": contact.public_key.hex()}
    if uplink is not None:
        return _follow(opened, uplink, found)
    with _transport(found) as transport:
        client = CenterClient(transport, opened.key, contact.public_key)
        answer = client.enrol_center(code.secret, center["epoch"])
    _save(opened, found, answer)
    return str(answer["center_name"])


def _follow(opened: OpenCenter, uplink: dict[str, Any], found: dict[str, Any]) -> str:
    """Note the city's new address; its key says that it is the same center."""
    if uplink["key"] != found["key"]:
        raise StationError("center-joined", name=uplink["name"])
    with opened.write() as store:
        store.save_setting(UPLINK, {**uplink, **found})
    return str(uplink["name"])


def _save(opened: OpenCenter, found: dict[str, Any], answer: dict[str, Any]) -> None:
    key = bytes.fromhex(found["key"])
    documents = [read_document(_checked(key, DOCUMENT_CONTEXT, wire)) for wire in answer["documents"]]
    credentials = [_checked(key, CREDENTIAL_CONTEXT, wire) for wire in answer["credentials"]]
    with opened.write() as store:
        org, name = answer["center_org"], answer["center_name"]
        store.save_setting(UPLINK, {**found, "org": org, "name": name})
        store.save_setting(LINK, asdict(Link(incarnation=answer["incarnation"], nonce=answer["nonce"])))
        put_below(store, opened.clerk, Organisation(org, name, Level.CITY))
        add_center(store, opened.clerk, org, key)
        UplinkOnDisk(store, lambda _document: None).save_credentials(credentials)
        for document in documents:
            hear_from_above(store, opened.clerk, document)


def _checked(key: bytes, context: str, wire: Any) -> Signed:
    signed = Signed.from_wire(wire)
    if not verify(key, context, signed.payload, signed.signature):
        raise StationError("center-record-forged", record=context)
    return signed


def _transport(found: dict[str, Any]) -> HttpTransport:
    secure = check_address(found["url"]).scheme == "https"
    return HttpTransport(found["url"], found["authority_pem"] if secure else None)


def link_status(opened: OpenCenter) -> dict[str, Any] | None:
    """Return how it stands with the center above, None where there is none."""
    with opened.read() as store:
        above = store.setting(UPLINK)
        if above is None:
            return None
        last = UplinkOnDisk(store, lambda _document: None).sync_status()
        waiting, refused = store.outbox_counts()
        curables = len(curable(store.refused_in_outbox()))
    who = {"org": above["org"], "name": above["name"], "url": above["url"]}
    when = {"last_exchange": last.last_ok_at, "next_attempt": last.next_attempt, "reason": last.code}
    return {**who, **when, "waiting": waiting, "refused": refused, "curable": curables}


def retry_refused_above(opened: OpenCenter) -> int:
    """Let the next exchange give the center above what it refused and may take in now, and return how many that is.

    Raises:
        StationError: `center-not-joined`.
    """
    with opened.read() as store:
        if store.setting(UPLINK) is None:
            raise StationError("center-not-joined")
    with _book(opened, write=True) as book:
        return len(give_back_refused(book))


class UplinkThread:
    """Exchanges with the center above again and again, from when there is one until it is stopped."""

    def __init__(self, opened: OpenCenter, interval_s: float, heard: Callable[[], None]) -> None:
        """Take the open center.

        Args:
            interval_s: pause between exchanges when all is well.
            heard: called after each exchange that moved something, so that what came is ruled on and shown.
        """
        self._opened = opened
        self._interval_s = interval_s
        self._heard = heard
        self._url = ""
        self._stop = threading.Event()
        self._link_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="uplink", daemon=True)

    def start(self) -> None:
        """Begin with an exchange at once, where there is a center above."""
        self._thread.start()

    def stop(self) -> None:
        """End after the exchange under way."""
        self._stop.set()
        self._link_over.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._url = _address(self._opened)
                if self._url:
                    self._exchange_until_over()
                    continue
            except Exception:
                # It must not end with this: the county would wait for the city for good, and nobody would know.
                log.exception("uplink")
            # It may be joined while it serves: whoever does so need not know that.
            self._stop.wait(LOOK_EVERY_S)

    def _exchange_until_over(self) -> None:
        """Exchange until this center ends, or the one above has another address."""
        self._link_over = over = threading.Event()
        if not self._stop.is_set():
            SyncLoop(uplink_parts(self._opened), self._interval_s).run(over, self._tell)

    def _tell(self, report: Report) -> None:
        if report.pulled or report.pushed:
            self._heard()
        if _address(self._opened) != self._url:
            self._link_over.set()


def _address(opened: OpenCenter) -> str:
    """Return where the center above is reached, "" where there is none."""
    with opened.read() as store:
        return str((store.setting(UPLINK) or {}).get("url", ""))


def uplink_parts(opened: OpenCenter) -> LoopParts:
    """Return what the loop to the center above works with; `center-not-joined` where there is none."""
    with opened.read() as store:
        uplink = store.setting(UPLINK)
    if uplink is None:
        raise StationError("center-not-joined")
    key = bytes.fromhex(uplink["key"])
    return LoopParts(
        client=CenterClient(_transport(uplink), opened.key, key),
        open_book=cast("Callable[[], AbstractContextManager[Book]]", lambda: _book(opened, write=True)),
        read_book=cast("Callable[[], AbstractContextManager[Book]]", lambda: _book(opened, write=False)),
        checks=Checks(verify_many, partial(_by_known, opened, key), _new_epoch),
        now=now,
        jitter=lambda: secrets.randbelow(1000) / 1000,
        rest=time.sleep,
        one_at_a_time=lambda: exclusive(opened.home.folder, UPLINK_LOCK, patience_s=1.0),
    )


@contextmanager
def _book(opened: OpenCenter, *, write: bool) -> Iterator[UplinkOnDisk]:
    with opened.write() if write else opened.read() as store:
        yield UplinkOnDisk(store, lambda document: hear_from_above(store, opened.clerk, document))


def _by_known(opened: OpenCenter, key: bytes, context: str, signed: Signed, named: Collection[bytes] = ()) -> bool:
    """Tell whether the center above signed a record, or for a credential a center that it knows."""
    if verify(key, context, signed.payload, signed.signature):
        return True
    with opened.read() as store:
        others = keys_of_centers(store.setting(CENTERS) or [])
    own = [opened.key.public, *others, *named] if context == CREDENTIAL_CONTEXT else []
    return any(verify(other, context, signed.payload, signed.signature) for other in own)


def _new_epoch() -> str:
    return secrets.token_hex(8)
