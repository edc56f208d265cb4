"""One HTTP call to the center: opaque bytes up, opaque bytes down, and each failure with its own code."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO
from types import TracebackType
from typing import Final, Self

import requests
import urllib3
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from station_app.domain.errors import StationError
from station_app.keys.transport_keys import authority_public_key
from station_app.sync.addresses import check_address, is_loopback
from station_app.sync.center_client import HttpAnswer
from station_app.sync.pinning import FIRST_CONTACT_PATH, FirstContactAdapter, PinnedAdapter

CONTENT_TYPE: Final = "application/vnd.station"
# The type of the answers that carry {"code", "params"} may say so; the plain one is understood as well.
_OUR_TYPES: Final = frozenset({CONTENT_TYPE, CONTENT_TYPE + "+json"})
# To connect, and without any byte once connected.
TIMEOUT_S: Final = (10.0, 30.0)
MAX_ANSWER_BYTES: Final = 64 << 20
_PIECE_BYTES: Final = 1 << 16
# Of a piece that does not come whole all is lost.
_SMALL_PIECE_BYTES: Final = 1 << 12
RECORD_BYTES: Final = 1 << 14
PARTIAL: Final = 206
_DEFAULT_RETRY_S: Final = 60
_MAX_RETRY_S: Final = 3600
_CODE: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_NEVER_CONNECTED: Final = (urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.NewConnectionError)
_FELL_SILENT: Final = (TimeoutError, urllib3.exceptions.ReadTimeoutError)
# X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL's x509_vfy.h.
_DATE_ERRORS: Final = frozenset({9, 10})


# A wrong clock is told in words that a worker reads, after the exchange; trust in the center does not rest on it.
urllib3.disable_warnings(urllib3.exceptions.SystemTimeWarning)


@dataclass(frozen=True, slots=True)
class FirstContact:
    """What a center that nobody trusts yet says of itself.

    Args:
        authority_pem: its CA certificate, to be pinned if `public_key` matches the enrolment code.
        public_key: the Ed25519 key in that certificate.
        body: the whole answer, JSON.
    """

    authority_pem: str
    public_key: bytes
    body: bytes


class Blocks(BytesIO):
    """A body that leaves in blocks, each with the stall limit for itself; bytes would have it for the whole."""

    def __init__(self, body: bytes, block_bytes: int) -> None:
        super().__init__(body)
        self._block_bytes = block_bytes

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next block, whatever is asked for."""
        return super().read(self._block_bytes)


class HttpTransport:
    """Calls to one center over one kept-alive session; use one object per thread.

    All calls raise StationError:
        "no-network" (address, detail): no connection, no such name, or it broke off;
        "stalled" (address, seconds): no byte for that long, in either direction;
        "center-key-differs" (address): a server, but not one with the pinned key;
        "certificate-date" (address): the pinned key, but this PC's clock is outside the certificate's century;
        "tls-refused" (address, detail): no TLS at that place;
        "login-page-in-between" (address, status): a web page instead of the center;
        "not-a-center" (address, status): a web server that does not know the path;
        "batch-too-large": something on the way takes no body of that size;
        "center-busy", "center-disk-full", "center-healing" (retry_after_s);
        "center-error" (id), "answer-too-large" (limit_mb), "center-answer-damaged" (status);
        and whatever code the center answers itself.
    """

    def __init__(self, base_url: str, authority_pem: str | None, timeout_s: tuple[float, float] = TIMEOUT_S) -> None:
        """Prepare calls below `base_url`; nothing is sent yet.

        Args:
            base_url: http(s)://host[:port][/path]; http for this machine only.
            authority_pem: CA certificate pinned at enrolment; needed for https.
            timeout_s: seconds to connect, and seconds without any byte (not in total).

        Raises:
            StationError: "address-malformed", "plain-http-refused", "center-certificate-damaged".
            ValueError: https without an authority.
        """
        parts = check_address(base_url)
        if parts.scheme == "https" and authority_pem is None:
            raise ValueError("https needs the pinned authority")
        adapter = PinnedAdapter(authority_pem, timeout_s) if authority_pem is not None else None
        self._base_url = base_url.rstrip("/")
        self._timeout_s = timeout_s
        self._session = _session(base_url, adapter)

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        """Send bytes to `path` (it begins with a slash) and return the center's answer, status 2xx."""
        return self.request("POST", path, body, headers)

    def request(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], record_bytes: int = RECORD_BYTES
    ) -> HttpAnswer:
        """As `post`, with another method; a GET takes an empty body.

        Args:
            record_bytes: the body goes into TLS records of so many bytes; of one that does not come whole, all is lost.
        """
        blocks = Blocks(body, record_bytes) if body else None
        return _exchange(self._session, (method, self._base_url + path), blocks, headers, self._timeout_s)

    def fetch(self, path: str, headers: Mapping[str, str], take: Callable[[bytes], None]) -> HttpAnswer:
        """GET a part of a file; `take` is given what comes of it as it comes, whether or not the rest will."""
        target = ("GET", self._base_url + path)
        return _exchange(self._session, target, None, headers, self._timeout_s, take)

    def close(self) -> None:
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def fetch_first_contact(base_url: str, timeout_s: tuple[float, float] = TIMEOUT_S) -> FirstContact:
    """Ask a center for its CA certificate before there is any trust: GET /center, JSON with "authority" (PEM).

    Nothing secret is sent. The certificate is public, so that it arrives proves nothing: the caller compares
    `public_key` with the enrolment code, and makes every further call through an HttpTransport that pins it.

    Raises:
        StationError: as HttpTransport, and "center-certificate-damaged".
    """
    check_address(base_url)
    target = ("GET", base_url.rstrip("/") + FIRST_CONTACT_PATH)
    with _session(base_url, FirstContactAdapter(timeout_s)) as session:
        answer = _exchange(session, target, None, {}, timeout_s)
    authority_pem = (_json_object(answer.body) or {}).get("authority")
    if not isinstance(authority_pem, str):
        raise StationError("center-answer-damaged", status=answer.status)
    return FirstContact(authority_pem, authority_public_key(authority_pem), answer.body)


def _session(base_url: str, adapter: HTTPAdapter | None) -> requests.Session:
    session = requests.Session()
    # The environment may name other authorities, a netrc file with passwords, and proxies: only the last are wanted,
    # and never for a center on this machine.
    session.trust_env = False
    if not is_loopback(check_address(base_url).hostname or ""):
        session.proxies.update(get_environ_proxies(base_url))
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    if adapter is not None:
        session.mount("https://", adapter)
    return session


def _exchange(
    session: requests.Session,
    target: tuple[str, str],
    blocks: Blocks | None,
    headers: Mapping[str, str],
    timeout_s: tuple[float, float],
    take: Callable[[bytes], None] | None = None,
) -> HttpAnswer:
    method, url = target
    sent = {"Content-Type": CONTENT_TYPE, "Accept": CONTENT_TYPE, "Accept-Encoding": "identity", **headers}
    with (
        _failures(url, timeout_s),
        session.request(
            method, url, data=blocks, headers=sent, timeout=timeout_s, allow_redirects=False, stream=True
        ) as response,
    ):
        _refuse_strangers(response, url)
        wanted = take if response.status_code == PARTIAL else None
        answer = HttpAnswer(response.status_code, response.headers, _read_body(response, wanted))
    if answer.status < 300:
        return answer
    raise _center_error(answer)


def _refuse_strangers(response: requests.Response, url: str) -> None:
    """Raise for what some other machine than the center answers, by its status and content type."""
    status = response.status_code
    ours = response.headers.get("Content-Type", "").partition(";")[0].strip().lower() in _OUR_TYPES
    if status in {429, 503}:
        seconds = _retry_after_s(response.headers.get("Retry-After", ""))
        raise _call_later(_read_body(response) if ours else b"", seconds)
    if ours:
        return
    if status == 413:
        raise StationError("batch-too-large")
    if status in {404, 405, 410}:
        raise StationError("not-a-center", address=url, status=status)
    if status >= 500 and status != 511:
        raise StationError("center-error", id="")
    raise StationError("login-page-in-between", address=url, status=status)


def _call_later(body: bytes, seconds: int) -> StationError:
    """Return why a center asks to be called later; its full disk must not be taken for ours."""
    code = (_json_object(body) or {}).get("code")
    if code == "disk-full":
        return StationError("center-disk-full", retry_after_s=seconds)
    if code == "center-healing":
        return StationError("center-healing", retry_after_s=seconds)
    return StationError("center-busy", retry_after_s=seconds)


def _read_body(response: requests.Response, take: Callable[[bytes], None] | None = None) -> bytes:
    body = bytearray()
    for piece in response.iter_content(_PIECE_BYTES if take is None else _SMALL_PIECE_BYTES):
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise StationError("answer-too-large", limit_mb=MAX_ANSWER_BYTES >> 20)
        if take is not None:
            take(piece)
    return bytes(body)


def _center_error(answer: HttpAnswer) -> StationError:
    """Return the error that the center itself names; codes this version does not know are passed on."""
    record = _json_object(answer.body) or {}
    code, params = record.get("code"), record.get("params", {})
    if not isinstance(params, dict):
        params = {}
    if answer.status >= 500:
        return StationError("center-error", id=str(params.get("id", "")))
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return StationError("center-answer-damaged", status=answer.status)
    return StationError(code, **{name: value for name, value in params.items() if name not in {"self", "code"}})


def _json_object(body: bytes) -> dict[str, object] | None:
    try:
        record = json.loads(body.decode())
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _retry_after_s(text: str) -> int:
    # The other form of the header is a date, and the clocks of the two machines may be years apart.
    return min(int(text), _MAX_RETRY_S) if re.fullmatch(r"[0-9]{1,9}", text) else _DEFAULT_RETRY_S


@contextmanager
def _failures(url: str, timeout_s: tuple[float, float]) -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise _failure(error, url, timeout_s) from error


def _failure(error: BaseException, url: str, timeout_s: tuple[float, float]) -> StationError:
    causes = list(_causes(error))
    refused = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if refused is not None:
        return StationError(
            "certificate-date" if refused.verify_code in _DATE_ERRORS else "center-key-differs", address=url
        )
    detail = type(causes[-1]).__name__
    # A line that breaks in the handshake comes as an error of TLS as well; it says nothing of who is there.
    broke_off = any(isinstance(cause, ssl.SSLEOFError | ConnectionError) for cause in causes)
    if not broke_off and any(isinstance(cause, requests.exceptions.SSLError | ssl.SSLError) for cause in causes):
        return StationError("tls-refused", address=url, detail=detail)
    if _is_stall(causes):
        return StationError("stalled", address=url, seconds=timeout_s[1])
    return StationError("no-network", address=url, detail=detail)


def _is_stall(causes: list[BaseException]) -> bool:
    """Tell a connection that fell silent from one that never came about (also called a time-out by the system)."""
    if any(isinstance(cause, _NEVER_CONNECTED) for cause in causes):
        return False
    return any(isinstance(cause, _FELL_SILENT) for cause in causes)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what it wraps, outermost first; requests and urllib3 nest in three different ways."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = (getattr(current, "reason", None), current.__cause__, *current.args)
        waiting += [item for item in inner if isinstance(item, BaseException)]
