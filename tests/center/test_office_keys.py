"""Office keys with real keys over HTTP: who opens which version, and that a revoked PC does not open the new one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from station_app.bootstrap import joining, station
from station_app.bootstrap.received_keys import keep_received_keys
from station_app.domain.errors import StationError
from station_app.domain.people import Role, Worker
from station_app.keys.codes import EnrolmentCode, hash_code, new_activation_code, parse_activation_code
from station_app.keys.sealing import open_box, seal_to
from station_app.keys.vault import open_wrap
from station_app.protocol.requests import ENROL_PATH
from station_app.protocol.signed import read_document
from station_app.protocol.wire import pack
from station_app.usecases.office_key import OfficeKey, kind_of, office_key
from station_app.usecases.revoking import revoke
from station_app.usecases.run_center import add_user, open_enrolment
from tests.center.served import NOBODY, Served
from tests.center.test_revoked import synced
from tests.reliability.place import PIN, TOWNSHIP, VILLAGES

ORG = VILLAGES[0]


def key_of(signed_in: station.SignedIn, version: int | None = None) -> OfficeKey:
    with signed_in.desk.read_book() as book:
        return office_key(book, version)


def second_pc(served: Served, folder: Path) -> station.SignedIn:
    """Enrol a second PC of the village, activate somebody there and sign in."""
    code, activation = EnrolmentCode.new(served.opened.key.public), new_activation_code()
    worker = Worker("e" * 32, "吉伍阿支", ORG, frozenset({Role.AGENT}))
    with served.opened.write() as store:
        open_enrolment(store, ORG, hash_code(code.secret).hex())
        add_user(store, served.opened.clerk, worker, hash_code(parse_activation_code(activation)).hex())
    joining.enrol(folder, f"http://127.0.0.1:{served.port}", code.text)
    joining.activate(folder, worker.name, activation, PIN)
    return station.sign_in(folder, worker.name, PIN)


def test_both_pcs_open_the_key_and_only_the_one_that_is_left_opens_the_next_version(
    served: Served, tmp_path: Path
) -> None:
    second = second_pc(served, tmp_path / "second")
    assert synced(served).code == station.exchange_fully(second.loop(0.1)).code == ""
    first_key = key_of(second)
    assert first_key == key_of(served.desk)
    package = seal_to(first_key.public, b"package", b"")

    stolen = served.desk
    with served.opened.write() as store:
        revoke(store, served.opened.clerk, stolen.home.identity().device, "被盗", "")
        document = read_document(store.document(kind_of(ORG)))
    assert synced(served).code == "device-revoked"
    assert station.exchange_fully(second.loop(0.1)).code == ""
    new_key = key_of(second)
    assert (new_key.version, first_key.version) == (2, 1)
    assert new_key.private != first_key.private
    assert open_box(key_of(second, 1).private, package, b"") == b"package"
    # The stolen PC gets no new version, and could open none of the wraps if it came by them.
    with pytest.raises(StationError, match="office-key-missing"):
        key_of(stolen, 2)
    private, me = stolen.home.box_key().private, stolen.home.identity()
    [entry] = [entry for entry in document.content["keys"] if entry["version"] == 2]
    assert me.device not in entry["wraps"]
    for device, wrap in entry["wraps"].items():
        for claimed in (device, me.device):
            with pytest.raises(StationError, match="sealed-data-damaged"):
                open_wrap(private, bytes.fromhex(wrap), ORG, 2, claimed)
    second.engine.dispose()


def test_no_other_office_hears_of_the_key_and_no_private_key_lies_in_the_open(served: Served) -> None:
    synced(served)
    private = key_of(served.desk).private
    with served.opened.read() as store:
        rows = store.feed(TOWNSHIP, 0, 1000)
        kinds = [read_document(row.document).kind for row in rows if row.document is not None]
    assert kind_of(ORG) not in kinds
    for folder in (served.desk.home.folder, served.opened.home.folder):
        for path in folder.iterdir():
            data = path.read_bytes()
            assert private not in data
            assert private.hex().encode() not in data


@pytest.mark.parametrize("box_key", ["zz", "00" * 31, 5])
def test_a_box_key_that_is_none_is_refused_at_enrolment(served: Served, box_key: Any) -> None:
    assert enrolment(served, box_key)[:2] == (400, "record-malformed")


def test_a_box_key_of_small_order_is_refused_and_leaves_the_code_unused(served: Served) -> None:
    assert enrolment(served, "00" * 32)[:2] == (400, "record-malformed")


def enrolment(served: Served, box_key: Any) -> tuple[int, str, dict[str, Any]]:
    code = EnrolmentCode.new(served.opened.key.public)
    with served.opened.write() as store:
        open_enrolment(store, ORG, hash_code(code.secret).hex())
    record = {"code": code.secret, "public_key": NOBODY.public.hex(), "epoch": "ab" * 8, "box_key": box_key}
    refusal = served.call(ENROL_PATH, pack(record), "", NOBODY).refusal()
    with served.opened.read() as store:
        assert store.code(hash_code(code.secret).hex()) == (ORG, "")
    return refusal


def test_a_full_disk_keeps_nobody_out_when_a_key_has_come(served: Served) -> None:
    synced(served)
    with served.desk.desk.open_book() as book:
        book.save_office_keys({})

    def full() -> Any:
        raise StationError("disk-full")

    desk = replace(served.desk.desk, open_book=full)
    unlocked = served.desk.home.slots().unlock("李𬭎", PIN, station.now())
    keep_received_keys(served.desk.home, "李𬭎", unlocked, desk)
    with pytest.raises(StationError, match="office-key-missing"):
        key_of(served.desk)
    keep_received_keys(served.desk.home, "李𬭎", unlocked, served.desk.desk)
    assert key_of(served.desk).version == 1
