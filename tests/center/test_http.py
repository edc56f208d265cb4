"""What the center answers to calls of every kind: good ones, forged ones, repeated ones, and nonsense."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zstandard

from station_app.center.app import STATUS
from station_app.center.ports import CenterParts
from station_app.domain.errors import StationError
from station_app.exchange.id_sums import IdSum
from station_app.keys.signing import EVENT_DEVICE
from station_app.protocol.event import Event
from station_app.protocol.requests import (
    ACTIVATE_PATH,
    CENTER_PATH,
    DEVICE_HEADER,
    ENROL_PATH,
    EXCHANGE_PATH,
    MAX_REQUEST_BYTES,
    NONCE_HEADER,
    SIGNATURE_HEADER,
    request_bytes,
)
from station_app.protocol.signed import Signed
from station_app.protocol.wire import pack, unpack, unpack_reply
from station_app.sync.transport import HttpTransport
from tests.center.served import NOBODY, Change, Served, activation_of, served_at
from tests.reliability.place import COUNTY, Place

POST_PATHS = (ENROL_PATH, ACTIVATE_PATH, EXCHANGE_PATH)


# -- good calls ----------------------------------------------------------------------------------------------------


def test_anybody_may_ask_who_the_center_is_and_learns_no_more(served: Served) -> None:
    answer = served.raw("GET", CENTER_PATH)
    found = json.loads(answer.body)
    assert answer.status == 200
    assert set(found) == {"authority", "org", "name"}
    assert (found["org"], found["name"]) == (COUNTY, "峨边彝族自治县")
    assert found["authority"] == served.opened.home.authority_pem()
    assert "PRIVATE" not in found["authority"]


def test_a_signed_exchange_is_taken_in_committed_and_answered_under_the_center_s_key(served: Served) -> None:
    served.register()
    reply = served.exchange(served.nonce)
    assert [(s.link, s.status) for s in reply.statuses] == [(1, "stored")]
    assert (reply.link_head, reply.receipt is not None) == (1, True)
    assert served.counts()["cases"] == 1


def test_the_signature_of_a_reply_fits_no_other_request(served: Served) -> None:
    nonce, body = served.nonce, served.request()
    answer = served.call(EXCHANGE_PATH, body, nonce)
    assert served.is_signed(answer, request_bytes(EXCHANGE_PATH, body, nonce))
    assert not served.is_signed(answer, request_bytes(EXCHANGE_PATH, body, "other"))
    assert not served.is_signed(replace(answer, body=answer.body + b"\0"), request_bytes(EXCHANGE_PATH, body, nonce))


# -- who asks ------------------------------------------------------------------------------------------------------


def test_an_unsigned_request_is_refused(served: Served) -> None:
    served.register()
    body, nonce = served.request(), served.nonce
    good = served.headers(EXCHANGE_PATH, body, nonce)
    for changed in (
        {SIGNATURE_HEADER: ""},
        {SIGNATURE_HEADER: "zz"},
        {SIGNATURE_HEADER: "00" * 64},
        {SIGNATURE_HEADER: good[SIGNATURE_HEADER][:-2]},
        {NONCE_HEADER: "other"},
    ):
        assert served.raw("POST", EXCHANGE_PATH, body, {**good, **changed}).refusal()[:2] == (401, "request-not-signed")
    without = {name: value for name, value in good.items() if name != SIGNATURE_HEADER}
    assert served.raw("POST", EXCHANGE_PATH, body, without).refusal()[:2] == (401, "request-not-signed")
    assert served.raw("POST", EXCHANGE_PATH, body + b" ", good).refusal()[:2] == (401, "request-not-signed")
    # A signature for one path is none for another.
    asked = pack(activation_of(served, "李𬭎"))
    assert served.raw("POST", ACTIVATE_PATH, asked, good).refusal()[:2] == (401, "request-not-signed")
    assert served.counts()["cases"] == 0


def test_another_key_can_not_speak_for_a_station(served: Served) -> None:
    body, nonce = served.request(), served.nonce
    forged = served.headers(EXCHANGE_PATH, body, nonce, NOBODY)
    own = served.headers(EXCHANGE_PATH, body, nonce)[DEVICE_HEADER]
    found = served.raw("POST", EXCHANGE_PATH, body, {**forged, DEVICE_HEADER: own}).refusal()
    assert found[:2] == (401, "request-not-signed")


@pytest.mark.parametrize("path", [EXCHANGE_PATH, ACTIVATE_PATH])
def test_an_unknown_device_is_refused(served: Served, path: str) -> None:
    body = served.request() if path == EXCHANGE_PATH else pack(activation_of(served, "李𬭎"))
    assert served.call(path, body, "", NOBODY).refusal()[:2] == (401, "device-unknown")
    assert served.raw("POST", path, body).refusal()[:2] == (401, "device-unknown")


def test_a_replayed_request_takes_nothing_in_once_its_nonce_is_two_replies_old(served: Served) -> None:
    served.register()
    first, body = served.nonce, served.request()
    headers = served.headers(EXCHANGE_PATH, body, first)
    second = unpack_nonce(served.raw("POST", EXCHANGE_PATH, body, headers).body)
    # A lost reply: the same request again is answered alike, and nothing is stored twice.
    again = unpack_nonce(served.raw("POST", EXCHANGE_PATH, body, headers).body)
    assert again == second != first
    assert served.counts()["cases"] == 1
    third = served.exchange(again, events=()).nonce
    for _ in range(2):
        challenge = unpack_reply(served.raw("POST", EXCHANGE_PATH, body, headers).body)
        assert (challenge.again, challenge.epoch_known, challenge.statuses) == (True, True, ())
    # It cost the station nothing: it goes on with the nonce it has.
    assert not served.exchange(third, events=()).again


def unpack_nonce(body: bytes) -> str:
    found: str = unpack(body)["nonce"]
    return found


def test_a_made_up_nonce_is_challenged_with_one_word_and_nothing_is_taken_in_or_shown(served: Served) -> None:
    served.register()
    answers = [served.exchange(nonce) for nonce in ("", "0" * 32, served.nonce.upper() + "0")]
    assert {(found.again, found.epoch_known, found.rows, found.statuses, found.receipt) for found in answers} == {
        (True, True, (), (), None)
    }
    assert len({found.nonce for found in answers}) == 1
    assert served.counts()["cases"] == 0
    # Who was restored goes on with it under a new epoch, and what waited comes along in its own.
    opened = served.exchange(answers[0].nonce, epoch="9" * 16, forked_from="8" * 16)
    assert (opened.again, [status.status for status in opened.statuses]) == (False, ["stored"])
    assert opened.tag != 0


def test_a_copy_that_comes_after_the_other_went_on_is_told_that_there_are_two(served: Served) -> None:
    served.register()
    nonce = served.nonce
    challenge = served.exchange("0" * 32, events=())
    served.exchange(challenge.nonce, epoch="9" * 16, forked_from="8" * 16, events=())
    second = served.exchange(nonce)
    assert (second.standing, second.rows, second.sum, second.tag) == ("cloned", (), None, 0)
    # What it wrote is not lost: it is kept, and a person looks at it.
    assert [status.status for status in second.statuses] == ["stored"]
    assert served.counts()["cases"] == 1
    with served.opened.read() as store:
        waiting = [store.case_events(store.unruled(9))[case][0].event_id for case in store.unruled(9)]
        assert set(store.reviews(waiting).values()) <= {"cloned-pc"}
    # The first copy gets no rows from then on either: nobody can tell which is the right one.
    assert served.exchange("1" * 32, epoch="9" * 16, events=()).again


def test_sums_are_told_where_all_rows_are_here_and_buckets_are_compared(served: Served) -> None:
    served.register()
    first = served.exchange(served.nonce)
    head = first.head
    told = served.exchange(first.nonce, events=(), cursor=head, incarnation=first.incarnation)
    assert told.sum is not None
    count, total = told.sum
    assert count > 0
    assert served.exchange(told.nonce, events=(), cursor=head, pull_limit=0).sum is None
    asked = served.exchange(told.nonce, events=(), cursor=head, buckets={})
    assert asked.differ is not None
    ids = [event_id for found in asked.differ.values() for event_id in found]
    assert IdSum().plus(ids) == IdSum(count, total)
    found = served.exchange(asked.nonce, events=(), cursor=head, wanted=(*ids, "0" * 64)).found
    assert {event.event_id for event in found} == set(ids)


def test_events_that_are_given_back_are_taken_in_only_with_credentials_of_this_center(served: Served) -> None:
    served.register()
    with served.desk.desk.read_book() as book:
        [(_, event)] = book.outbox(1)
        credentials = tuple(book.credentials_of([event]))
    assert len(credentials) == 2
    forged = tuple(Signed(one.payload, bytes(64)) for one in credentials)
    first = served.exchange(served.nonce, events=(), returns=(event,), credentials=forged)
    assert served.counts()["cases"] == 1
    again = served.exchange(first.nonce, events=(), returns=(event,), credentials=credentials)
    assert served.counts()["cases"] == 1
    # Its author pushes it all the same.
    assert [status.status for status in served.exchange(again.nonce).statuses] == ["exists"]


def test_who_comes_with_another_numbering_is_told_and_gets_no_rows(served: Served) -> None:
    served.register()
    first = served.exchange(served.nonce)
    reply = served.exchange(first.nonce, events=(), incarnation="another", cursor=999)
    assert (reply.reset, reply.rows, reply.incarnation) == (True, (), first.incarnation)
    assert reply.sum is not None


# -- nonsense ------------------------------------------------------------------------------------------------------


GARBAGE: dict[str, bytes] = {
    "nothing": b"",
    "noise": os.urandom(200),
    "no json": zstandard.compress(b"{"),
    "not utf-8": zstandard.compress(b"\xff\xfe"),
    "deep": zstandard.compress(b"[" * 50_000),
    "cut off": zstandard.compress(b"x" * 10_000)[:-3],
    "a number": pack(5),
    "a list": pack([1, 2]),
    "an empty object": pack({}),
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize("path", POST_PATHS)
def test_a_garbage_body_is_refused_and_changes_nothing(served: Served, path: str, body: bytes) -> None:
    before, nonce = served.counts(), served.nonce
    status, code, _ = served.call(path, body, nonce).refusal()
    assert (status, code) == (400, "record-malformed")
    assert (served.counts(), served.errors) == (before, [])
    # Nor is the nonce used up.
    assert served.exchange(nonce).nonce


@pytest.mark.parametrize("path", POST_PATHS)
def test_a_body_that_grows_without_end_is_not_unpacked_to_its_end(served: Served, path: str) -> None:
    body = zstandard.compress(b" " * (65 << 20))
    assert len(body) < 10_000
    assert served.call(path, body, served.nonce).refusal()[:2] == (413, "batch-too-large")


FIELDS: tuple[tuple[str, Any], ...] = (
    ("epoch", 5),
    ("epoch", "e" * 17),
    ("epoch", "\0" * 16),
    ("cursor", -1),
    ("cursor", 2**60),
    ("first_link", "1"),
    ("pull_limit", True),
    ("events", {"a": 1}),
    ("events", [1]),
    ("events", [{"h": 1, "s": ""}]),
    ("events", [{"h": "", "s": "zz"}]),
    ("incarnation", None),
)


@pytest.mark.parametrize(("name", "value"), FIELDS, ids=str)
def test_a_field_of_the_wrong_kind_is_refused(served: Served, name: str, value: Any) -> None:
    record = {**unpack(served.request()), name: value}
    assert served.call(EXCHANGE_PATH, pack(record), served.nonce).refusal()[:2] == (400, "record-malformed")


def test_another_version_of_the_protocol_is_told_apart(served: Served) -> None:
    record = {**unpack(served.request()), "proto": 99, "least": 98}
    found = served.call(EXCHANGE_PATH, pack(record), served.nonce).refusal()
    assert found == (400, "proto-unknown", {"proto": 99})
    # A newer station that still speaks this one's number is served.
    assert served.call(EXCHANGE_PATH, pack({**record, "least": 1}), served.nonce).status == 200


@pytest.mark.parametrize("header", [b"", b"{}", b"not json", b'{"proto": 0}', b"[" * 5000, b"\x00" * 40])
def test_an_event_that_is_none_leaves_a_tombstone_and_the_next_one_is_taken(served: Served, header: bytes) -> None:
    body = b"{}"
    strange = Event(header, served.key.sign(EVENT_DEVICE, header), b"", body)
    served.register()
    record = unpack(served.request())
    record["events"].insert(0, {"h": header.decode(), "s": strange.signature.hex(), "b": "{}"})
    answer = served.call(EXCHANGE_PATH, pack(record), served.nonce)
    assert answer.status == 200, answer.body
    statuses = unpack(answer.body)["statuses"]
    assert statuses[0][1] == "refused"
    assert served.counts()["refused"] >= 1
    assert served.errors == []


def test_a_body_over_the_limit_is_refused_whatever_it_is(served: Served) -> None:
    body = os.urandom(MAX_REQUEST_BYTES + 1)
    for path in POST_PATHS:
        with HttpTransport(f"http://127.0.0.1:{served.port}", None) as transport, pytest.raises(StationError) as caught:
            transport.post(path, body, served.headers(path, body, ""))
        # As the station's own transport sees it: it halves the batch then.
        assert caught.value.code == "batch-too-large"
    assert STATUS["batch-too-large"] == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/v1/nothing", 404),
        ("GET", "/docs", 404),
        ("GET", "/openapi.json", 404),
        ("GET", "/v1/../center.db", 404),
        ("GET", EXCHANGE_PATH, 405),
        ("DELETE", CENTER_PATH, 405),
    ],
)
def test_an_unknown_path_or_method_is_nothing(served: Served, method: str, path: str, status: int) -> None:
    assert served.raw(method, path).status == status
    with HttpTransport(f"http://127.0.0.1:{served.port}", None) as transport, pytest.raises(StationError) as caught:
        transport.request(method, path, b"", {})
    assert caught.value.code == "not-a-center"


# -- what breaks at the center -------------------------------------------------------------------------------------


@contextmanager
def broken(template: Place, folder: Path, change: Change) -> Iterator[tuple[Served, list[tuple[str, BaseException]]]]:
    """Serve a center with a broken part; give what it logs."""
    logged: list[tuple[str, BaseException]] = []

    def with_log(parts: CenterParts) -> CenterParts:
        return replace(change(parts), log_error=lambda bug, error: logged.append((bug, error)))

    with served_at(template.copy(folder / "place", "c", "v1"), with_log) as served:
        yield served, logged


def test_a_bug_is_answered_with_a_number_and_no_word_more(template: Place, tmp_path: Path) -> None:
    secret = "secret of the inside"

    def fail(*_: object) -> bool:
        raise ValueError(secret)

    with broken(template, tmp_path, lambda parts: replace(parts, verify=fail)) as (served, logged):
        answer = served.call(EXCHANGE_PATH, served.request(), served.nonce)
        status, code, params = answer.refusal()
        assert (status, code, list(params)) == (500, "center-error", ["id"])
        assert logged == [(params["id"], logged[0][1])]
        assert str(logged[0][1]) == secret
        everything = answer.body + str(answer.headers).encode()
        assert not any(word in everything for word in (b"Traceback", b"ValueError", b"secret", b".py"))
        # The station reads the number to the county on the phone.
        with HttpTransport(f"http://127.0.0.1:{served.port}", None) as transport, pytest.raises(StationError) as caught:
            transport.post(EXCHANGE_PATH, b"", served.headers(EXCHANGE_PATH, b"", ""))
        assert (caught.value.code, caught.value.params) == ("center-error", {"id": logged[1][0]})
        assert served.raw("GET", CENTER_PATH).status == 200


@pytest.mark.parametrize(("code", "told"), [("disk-full", "center-disk-full"), ("database-busy", "center-busy")])
def test_a_center_that_can_not_write_now_asks_to_come_back(
    template: Place, tmp_path: Path, code: str, told: str
) -> None:
    def refuse() -> Any:
        raise StationError(code)

    with broken(template, tmp_path, lambda parts: replace(parts, write=refuse)) as (served, _):
        answer = served.call(EXCHANGE_PATH, served.request(), served.nonce)
        assert (answer.refusal()[:2], answer.headers["retry-after"]) == ((503, code), "30")
        with HttpTransport(f"http://127.0.0.1:{served.port}", None) as transport, pytest.raises(StationError) as caught:
            transport.post(
                EXCHANGE_PATH, served.request(), served.headers(EXCHANGE_PATH, served.request(), served.nonce)
            )
        assert (caught.value.code, caught.value.params["retry_after_s"]) == (told, 30)


def test_every_refusal_with_a_status_of_its_own_is_tested_here() -> None:
    text = "".join(file.read_text("utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in STATUS if f'"{code}"' not in text] == []
