"""Whom a station trusts: TLS that takes one center's key only."""

from __future__ import annotations

import socket
import ssl
from typing import Any, Final
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from requests.models import PreparedRequest, Response
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout
from urllib3.connection import HTTPConnection

from station_app.keys.transport_keys import authority_public_key

FIRST_CONTACT_PATH: Final = "/center"
# What the system takes off our hands counts as sent, and the wait for the answer begins: on a line of 23 kbit/s a
# large buffer alone takes longer than the stall limit to leave the house. This one takes 11 s there.
_SEND_BUFFER: Final = 32 * 1024


class PinnedAdapter(HTTPAdapter):
    """HTTPS to servers whose certificate the pinned authority signed, and to no others.

    The host name is not compared: stations reach their center by whatever address works today, and its identity is
    the key. Neither the system's authorities nor REQUESTS_CA_BUNDLE are ever trusted.
    """

    def __init__(self, authority_pem: str, timeout_s: tuple[float, float]) -> None:
        """Trust the one authority in `authority_pem`; timeout_s = (connect, stall).

        Raises:
            StationError: "center-certificate-damaged".
        """
        authority_public_key(authority_pem)
        context = _client_context()
        context.load_verify_locations(cadata=authority_pem)
        self._pool_options = _pool_options(context, timeout_s)
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs, **self._pool_options)
        _use_pool(self.poolmanager, _PatientPool)

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **proxy_kwargs, **self._pool_options)
        _use_pool(manager, _PatientPool)
        return manager

    def build_connection_pool_key_attributes(self, request: PreparedRequest, verify: Any, cert: Any = None) -> Any:
        """Say the server's place only; what requests adds for `verify` would widen or switch off the trust."""
        host, _ = super().build_connection_pool_key_attributes(request, True, None)
        return host, {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave the pool as it is: the inherited method adds the public authorities to the pinned one."""


class FirstContactAdapter(PinnedAdapter):
    """HTTPS without any trust, for the one request that fetches what will be compared with the enrolment code."""

    def __init__(self, timeout_s: tuple[float, float]) -> None:
        """Prepare for one GET; timeout_s = (connect, stall)."""
        context = _client_context()
        context.verify_mode = ssl.CERT_NONE
        self._pool_options = _pool_options(context, timeout_s)
        HTTPAdapter.__init__(self)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        _use_pool(self.poolmanager, _UntrustedPool)

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        _use_pool(manager, _UntrustedPool)
        return manager

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Send GET .../center; anything else would be told to a stranger."""
        if request.method != "GET" or request.body or not urlsplit(request.url or "").path.endswith(FIRST_CONTACT_PATH):
            raise ValueError("without trust there is only GET /center")
        return super().send(request, *args, **kwargs)


class _PatientPool(HTTPSConnectionPool):
    """Once connected, a stall while sending counts like one while reading; urllib3 takes the connect limit for it."""

    def _validate_conn(self, conn: HTTPConnection) -> None:  # type: ignore[override]
        self._connect(conn)
        conn.timeout = self.timeout.read_timeout

    def _connect(self, conn: HTTPConnection) -> None:
        super()._validate_conn(conn)


class _UntrustedPool(_PatientPool):
    """Connects without the warning that urllib3 gives for unverified servers: here that is the purpose."""

    def _connect(self, conn: HTTPConnection) -> None:
        if conn.is_closed:
            conn.connect()


def _client_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    return context


def _pool_options(context: ssl.SSLContext, timeout_s: tuple[float, float]) -> dict[str, Any]:
    timeout = Timeout(connect=timeout_s[0], read=timeout_s[1])
    return {
        "ssl_context": context,
        "cert_reqs": context.verify_mode,
        "assert_hostname": False,
        "timeout": timeout,
        "socket_options": [*HTTPConnection.default_socket_options, (socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)],
    }


def _use_pool(manager: PoolManager, https_pool: type[HTTPSConnectionPool]) -> None:
    manager.pool_classes_by_scheme = {"http": HTTPConnectionPool, "https": https_pool}
