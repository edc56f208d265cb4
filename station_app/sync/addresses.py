"""Which addresses a station talks to."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from station_app.domain.errors import StationError

# Where parsers of addresses disagree about the host (userinfo, backslash, control characters), nothing is sent.
_AMBIGUOUS: Final = re.compile(r"[\s\\@?#\x00-\x1f\x7f]")


def check_address(base_url: str) -> SplitResult:
    """Return the parts of a center's address, http(s)://host[:port][/path].

    Raises:
        StationError: "address-malformed" (address); "plain-http-refused" (address): http to another machine, where
            everybody on the way could read along.
    """
    try:
        parts = urlsplit(base_url)
        well_formed = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed or _AMBIGUOUS.search(base_url):
        raise StationError("address-malformed", address=base_url)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise StationError("plain-http-refused", address=base_url)
    return parts


def is_loopback(host: str) -> bool:
    """Tell whether the host is this machine by its name or number, without asking any name server."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
