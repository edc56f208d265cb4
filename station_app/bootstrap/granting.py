"""Answering the request of a PC that joins by file, at the center."""

from __future__ import annotations

from pathlib import Path

from station_app.bootstrap.center import open_center
from station_app.carriers.join_file import read_request, write_grant
from station_app.center.granting import SERVED_AT, Granted, grant
from station_app.center.service import CenterService
from station_app.sync.addresses import check_address


def grant_by_file(folder: Path, request: Path, path: Path, address: str = "") -> tuple[Granted, Path]:
    """Read a request, do what it asks for and write the grant; return it, and where it lies.

    Args:
        address: at which the PC reaches this center once it has a line; "" for that at which it was served last.

    Raises:
        StationError: those of `read_request`, `grant` and `write_grant`; `address-malformed`, `plain-http-refused`. A
            grant that could not be written is made again from the same request.
    """
    found = read_request(request)
    if address:
        check_address(address)
    opened = open_center(folder)
    with opened.read() as store:
        served_at = address or store.setting(SERVED_AT) or ""
    parts = opened.parts()
    granted = grant(parts, CenterService(parts, lambda: None), found, served_at)
    return granted, write_grant(path, granted.file)
