"""Requests and grants as files: whatever somebody did to one is noticed, and one is never taken for the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station_app.carriers.join_file import read_grant, read_request, write_grant, write_request
from station_app.domain.errors import StationError
from station_app.protocol.joining_records import REQUEST_MAGIC, JoinFile, pack_join_file

FILE = JoinFile("enrol", "ab" * 16, b"sealed " * 20)


def refusal(path: Path) -> str:
    with pytest.raises(StationError) as caught:
        read_request(path)
    return caught.value.code


def test_what_was_written_is_read_and_only_as_what_it_is(tmp_path: Path) -> None:
    request, grant = write_request(tmp_path / "a", FILE), write_grant(tmp_path / "b", FILE)
    assert (request.name, grant.name) == ("a.streq", "b.stgrant")
    assert read_request(request) == read_grant(grant) == FILE
    assert refusal(grant) == "request-not-one"
    with pytest.raises(StationError, match="grant-not-one"):
        read_grant(request)
    assert refusal(tmp_path / "none") == "package-unreadable"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
def test_a_request_with_one_byte_changed_or_an_end_cut_off_is_refused(tmp_path: Path, data: Any) -> None:
    good = pack_join_file(REQUEST_MAGIC, FILE)
    place = data.draw(st.integers(0, len(good) - 1))
    changed = bytearray(good)
    changed[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "x"
    for bad in (bytes(changed), good[:place], good + good[place:]):
        path.write_bytes(bad)
        assert refusal(path) in ("request-not-one", "join-file-damaged")


@pytest.mark.parametrize(
    "found", [JoinFile("enrol", "ab", b""), JoinFile("enrol", "", b""), JoinFile("é", "ab" * 16, b"")], ids=str
)
def test_a_whole_file_of_another_form_is_refused(tmp_path: Path, found: JoinFile) -> None:
    path = tmp_path / "x"
    path.write_bytes(pack_join_file(REQUEST_MAGIC, found))
    assert refusal(path) == "join-file-damaged"
