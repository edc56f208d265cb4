"""The keys of an office: versions, for whom they are wrapped, whose feed they are in, and what a PC can open."""

from __future__ import annotations

from typing import Any

import pytest

from station_app.domain.errors import StationError
from station_app.protocol.signed import document_payload, read_document
from station_app.usecases import run_center
from station_app.usecases.center_ports import Station
from station_app.usecases.holding import limit_device
from station_app.usecases.keys_of_others import public_key_of
from station_app.usecases.office_key import kind_of, new_office_keys, office_key
from station_app.usecases.office_key_release import release_office_key, release_to_new_pcs, take_back_office_key
from station_app.usecases.office_publics import OFFICE_KEYS, told_keys
from station_app.usecases.revoking import revoke
from tests.domain.casework import COUNTY, ORGANISATIONS, TOWNSHIP, VILLAGE
from tests.exchange.makers import by_center
from tests.fake_vault import FakeVault
from tests.usecases.county import County
from tests.usecases.registries import CLERK, EPOCH, enrolled, refusal

BOX, OTHER_BOX = b"1" * 32, b"2" * 32
KIND = kind_of(VILLAGE)


def joined(registry: Any, key: bytes, box_key: bytes, org: str = VILLAGE) -> Station:
    code = f"code-{key!r}"
    run_center.open_enrolment(registry, org, code)
    found = run_center.enrol(registry, CLERK, code, run_center.NewPc(key, EPOCH, box_key)).station
    release_office_key(registry, CLERK, org)
    return found


def published(registry: Any, org: str = VILLAGE) -> list[tuple[int, set[str]]]:
    content = read_document(registry.document(kind_of(org))).content
    return [(entry["version"], set(entry["wraps"])) for entry in content["keys"]]


def test_the_first_pc_makes_the_key_and_the_next_one_gets_a_wrap_of_the_same(registry: Any) -> None:
    one = joined(registry, b"a" * 32, BOX)
    assert published(registry) == [(1, {one.device})]
    two = joined(registry, b"b" * 32, OTHER_BOX)
    assert published(registry) == [(1, {one.device, two.device})]
    assert registry.last_document(KIND) == 2


def test_a_revocation_makes_a_version_that_is_not_wrapped_for_the_revoked_pc(registry: Any) -> None:
    one, two = joined(registry, b"a" * 32, BOX), joined(registry, b"b" * 32, OTHER_BOX)
    revoke(registry, CLERK, one.device, "", "")
    assert published(registry) == [(1, {two.device}), (2, {two.device})]
    third = joined(registry, b"c" * 32, b"3" * 32)
    assert published(registry) == [(1, {two.device, third.device}), (2, {two.device, third.device})]


def test_the_last_pc_of_an_office_revoked_leaves_a_version_for_the_next(registry: Any) -> None:
    one = joined(registry, b"a" * 32, BOX)
    revoke(registry, CLERK, one.device, "", "")
    assert published(registry) == [(1, set()), (2, set())]
    two = joined(registry, b"b" * 32, OTHER_BOX)
    assert published(registry) == [(1, {two.device}), (2, {two.device})]


def test_the_keys_are_in_the_own_feed_alone_and_each_office_has_another(registry: Any) -> None:
    joined(registry, b"a" * 32, BOX)
    joined(registry, b"t" * 32, OTHER_BOX, TOWNSHIP)
    enrolled(registry, b"c" * 32, "code-county", COUNTY)
    for org, other in ((VILLAGE, TOWNSHIP), (TOWNSHIP, VILLAGE)):
        kinds = [read_document(r.document).kind for r in registry.feed(org, 0, 100) if r.document is not None]
        assert kind_of(org) in kinds
        assert kind_of(other) not in kinds
    county = [read_document(r.document).kind for r in registry.feed(COUNTY, 0, 100) if r.document is not None]
    assert [kind for kind in county if kind.startswith("office_key")] == []


def test_a_pc_without_a_box_key_gets_no_wrap_and_its_revocation_makes_no_version(registry: Any) -> None:
    one = enrolled(registry)
    revoke(registry, CLERK, one.device, "", "")
    assert registry.document(KIND) is None


def test_a_box_key_to_which_nothing_can_be_sealed_is_refused(registry: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bytes:
        raise ValueError

    monkeypatch.setattr(FakeVault, "office_wrap", refuse)
    assert refusal(joined, registry, b"a" * 32, bytes(32)) == "record-malformed"


def opened(county: County, *entries: dict[str, Any], damaged: str = "") -> dict[int, tuple[str, str]]:
    """Return what the village's PC can open of these keys."""
    office = county.offices[VILLAGE]

    def open_wrap(wrap: bytes, org: str, version: int, device: str) -> bytes:
        if wrap.hex() == damaged:
            raise StationError("sealed-data-damaged")
        assert (org, device) == (VILLAGE, office.device)
        return wrap

    number = len(entries)
    signed = by_center(document_payload(KIND, number, {"keys": list(entries)}), "station document 1")
    with office.open_book() as book:
        book.save_document(read_document(signed))
        found = new_office_keys(book, open_wrap)
        book.save_office_keys({**book.office_keys(), **found})
    return found


def entry(county: County, version: int, *, for_us: bool = True) -> dict[str, Any]:
    device = county.offices[VILLAGE].device if for_us else "9" * 32
    return {"version": version, "public": f"{version:064x}", "wraps": {device: f"{version:02x}" * 32}}


def test_a_station_keeps_every_version_that_it_could_open(county: County) -> None:
    assert set(opened(county, entry(county, 1))) == {1}
    # Opened once, a version stays, also when a later document has no wrap for this PC any more.
    assert set(opened(county, entry(county, 1, for_us=False), entry(county, 2))) == {2}
    with county.offices[VILLAGE].read_book() as book:
        assert office_key(book).version == 2
        older = office_key(book, 1)
        assert (older.public, older.private) == (bytes.fromhex(f"{1:064x}"), b"\x01" * 32)
        assert "01" * 32 not in repr(older)
        assert refusal(office_key, book, 3) == "office-key-missing"


def test_a_wrap_that_is_damaged_is_left_out_and_keeps_nobody_from_the_others(county: County) -> None:
    found = opened(county, entry(county, 1), entry(county, 2), damaged="01" * 32)
    assert set(found) == {2}
    with county.offices[VILLAGE].read_book() as book:
        assert refusal(office_key, book, 1) == "office-key-missing"


def test_an_office_that_has_heard_of_no_key_says_so(county: County) -> None:
    with county.offices[VILLAGE].read_book() as book:
        assert new_office_keys(book, lambda *_: b"") == {}
        assert refusal(office_key, book) == "office-key-missing"


def told(registry: Any) -> dict[str, Any]:
    content = read_document(registry.document(run_center.ORGANISATIONS)).content
    found: dict[str, Any] = content.get(OFFICE_KEYS, {})
    return found


def public(org: str, version: int) -> dict[str, Any]:
    return {"version": version, "public": FakeVault().office_public(org, version).hex()}


def test_the_public_keys_of_offices_go_to_all_with_the_organisations(registry: Any) -> None:
    assert OFFICE_KEYS not in read_document(registry.document(run_center.ORGANISATIONS)).content
    one = joined(registry, b"a" * 32, BOX)
    joined(registry, b"b" * 32, OTHER_BOX, TOWNSHIP)
    assert told(registry) == {VILLAGE: public(VILLAGE, 1), TOWNSHIP: public(TOWNSHIP, 1)}
    number = registry.last_document(run_center.ORGANISATIONS)
    joined(registry, b"c" * 32, b"3" * 32)
    assert registry.last_document(run_center.ORGANISATIONS) == number
    revoke(registry, CLERK, one.device, "", "")
    assert told(registry) == {VILLAGE: public(VILLAGE, 2), TOWNSHIP: public(TOWNSHIP, 1)}
    assert registry.last_document(run_center.ORGANISATIONS) == number + 1


def test_a_center_of_before_tells_of_the_keys_that_it_had_given_out_with_its_next_publication(registry: Any) -> None:
    joined(registry, b"a" * 32, BOX)
    registry.drop_setting(OFFICE_KEYS) if hasattr(registry, "drop_setting") else registry.tables.settings.pop(
        OFFICE_KEYS
    )
    run_center.publish_organisations(registry, CLERK)
    assert told(registry) == {VILLAGE: public(VILLAGE, 1)}


def test_another_center_is_believed_for_its_own_offices_and_for_well_formed_keys_alone(registry: Any) -> None:
    joined(registry, b"a" * 32, BOX)
    far = {"version": 3, "public": "ab" * 32}
    keys = {
        "far": far,
        VILLAGE: far,
        "bad": {"version": 0, "public": "ab" * 32},
        "worse": ["x"],
        "short": {"version": 1},
    }
    assert told_keys(registry, "other", keys, {"far", "bad", "worse", "short"})
    assert not told_keys(registry, "other", keys, {"far", "bad", "worse", "short"})
    run_center.publish_organisations(registry, CLERK)
    assert told(registry) == {"far": far, VILLAGE: public(VILLAGE, 1)}


def test_a_pc_finds_the_key_of_an_office_above_it_and_says_whose_is_missing(county: County) -> None:
    content = {"organisations": ORGANISATIONS.to_json(), OFFICE_KEYS: {TOWNSHIP: public(TOWNSHIP, 2), COUNTY: {}}}
    payload = document_payload(run_center.ORGANISATIONS, 9, content)
    with county.village.open_book() as book:
        book.save_document(read_document(by_center(payload)))
        assert public_key_of(book, TOWNSHIP) == (2, FakeVault().office_public(TOWNSHIP, 2))
        assert refusal(public_key_of, book, COUNTY) == "office-key-unknown"
        assert refusal(public_key_of, book, VILLAGE) == "office-key-unknown"


def test_while_a_center_heals_no_number_is_used_again_and_the_new_pc_gets_its_keys_after_that(registry: Any) -> None:
    """The version of after a revocation was published under the number that an older one then took for good."""
    lost, stays = joined(registry, b"a" * 32, BOX), joined(registry, b"b" * 32, OTHER_BOX)
    heal(registry, on=True)
    run_center.open_enrolment(registry, VILLAGE, "new")
    third = run_center.enrol(registry, CLERK, "new", run_center.NewPc(b"c" * 32, EPOCH, b"3" * 32)).station
    # What the center had published before it was restored comes back.
    both = {pc.device: "00" for pc in (stays, third)}
    keys = [{"version": version, "public": "11" * 32, "wraps": both} for version in (1, 2)]
    signed = by_center(document_payload(KIND, 3, {"keys": keys}), "station document 1")
    assert registry.last_document(KIND) == 2
    registry.save_document(KIND, 3, signed)
    take_back_office_key(registry, CLERK, read_document(signed))
    heal(registry, on=False)
    limit_device(registry, lost.device)
    release_to_new_pcs(registry, CLERK)
    assert registry.last_document(KIND) == 3
    fourth = enrolled_with_box(registry, b"d" * 32)
    release_to_new_pcs(registry, CLERK)
    assert registry.last_document(KIND) == 4
    assert published(registry) == [(number, {stays.device, third.device, fourth.device}) for number in (1, 2)]


def test_a_version_whose_document_came_under_a_used_number_is_wrapped_to_all_after_the_healing(registry: Any) -> None:
    """A PC that was revoked later would have had the version that was to be new to it."""
    one = joined(registry, b"a" * 32, BOX)
    heal(registry, on=True)
    keys = [{"version": version, "public": "11" * 32, "wraps": {"lost": "00"}} for version in (1, 2)]
    payload = document_payload(KIND, registry.last_document(KIND), {"keys": keys})
    take_back_office_key(registry, CLERK, read_document(by_center(payload, "station document 1")))
    heal(registry, on=False)
    release_to_new_pcs(registry, CLERK)
    assert published(registry) == [(number, {one.device}) for number in (1, 2)]
    number = registry.last_document(KIND)
    release_to_new_pcs(registry, CLERK)
    assert registry.last_document(KIND) == number


def heal(registry: Any, *, on: bool) -> None:
    registry.save_setting("center", {**registry.setting("center"), "healing": on})


def enrolled_with_box(registry: Any, key: bytes) -> Station:
    run_center.open_enrolment(registry, VILLAGE, "one more")
    return run_center.enrol(registry, CLERK, "one more", run_center.NewPc(key, EPOCH, b"4" * 32)).station
