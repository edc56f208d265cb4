"""Running a center: accounts, enrolment, activation, release of the directory by two persons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from station_app.domain.effects import Effects
from station_app.domain.lanes import SubjectKind
from station_app.domain.numbers import batch_number, case_number
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.domain.people import Role, Worker
from station_app.exchange.inbox import CREDENTIAL_CONTEXT, DOCUMENT_CONTEXT
from station_app.protocol.signed import DeviceCredential, PersonCredential, device_id, read_credential, read_document
from station_app.usecases import directory_release, revoking, run_center, tags
from tests.domain.casework import COUNTY, ORGANISATIONS, TOWNSHIP, VILLAGE
from tests.exchange.makers import Device
from tests.usecases.registries import CENTER, CLERK, EPOCH, KEY, enrolled, joined, refusal

OTHER_KEY, WANG_KEY = b"o" * 32, b"w" * 32
WANG = Worker("a" * 32, "王代办", VILLAGE, frozenset({Role.AGENT}))
EDITOR = Worker("b" * 32, "目录员", TOWNSHIP, frozenset({Role.EDITOR, Role.RELEASER}))
RELEASER = Worker("c" * 32, "发布员", TOWNSHIP, frozenset({Role.RELEASER}))


def _content(registry: Any, kind: str) -> dict[str, Any]:
    signed = registry.document(kind)
    assert signed.signature == CENTER.sign(DOCUMENT_CONTEXT, signed.payload)
    return dict(read_document(signed).content)


def test_organisations_are_kept_and_published_with_the_accounts(registry: Any) -> None:
    assert run_center.organisations_of(registry) == ORGANISATIONS
    run_center.add_user(registry, CLERK, WANG, "hash")
    content = _content(registry, run_center.ORGANISATIONS)
    assert Organisations.from_json(content["organisations"]) == ORGANISATIONS
    assert content["accounts"] == [
        {"person": WANG.person_id, "name": "王代办", "org": VILLAGE, "roles": ["agent"], "disabled": False}
    ]


def test_a_published_document_goes_into_the_feed_of_every_office_with_a_station(registry: Any) -> None:
    enrolled(registry)
    before = registry.feed_head(VILLAGE)
    number = run_center.publish(registry, CLERK, run_center.CALENDAR, {"number": 1})
    assert number == 1
    assert registry.feed_head(VILLAGE) == before + 1
    assert registry.feed_head(TOWNSHIP) == 0
    [row] = registry.feed(VILLAGE, before, 10)
    assert (row.kind, read_document(row.document).kind) == ("document", run_center.CALENDAR)


def test_a_center_that_heals_changes_and_publishes_nothing_that_would_be_undone(registry: Any) -> None:
    run_center.add_user(registry, CLERK, WANG, "hash")
    pc = enrolled(registry).device
    draft = directory_release.submit_directory(registry, EDITOR, {"meta": {}, "items": []})
    directory_release.approve_directory(registry, RELEASER, draft)
    registry.save_setting("center", {**registry.setting("center"), "healing": True})
    last = registry.last_document(run_center.ORGANISATIONS)
    attempts: list[tuple[Any, ...]] = [
        (run_center.save_organisations, ORGANISATIONS),
        (run_center.add_user, replace(WANG, person_id="d" * 32, name="张代办"), "hash"),
        (run_center.disable_user, WANG.name, ""),
        (revoking.revoke, pc, "被盗", ""),
        (directory_release.publish_directory, RELEASER, draft),
    ]
    for change, *about in attempts:
        assert refusal(change, registry, CLERK, *about) == "center-heals"
    assert registry.last_document(run_center.ORGANISATIONS) == last
    registry.save_setting("center", {**registry.setting("center"), "healing": False})
    for change, *about in attempts:
        change(registry, CLERK, *about)


def test_names_tell_workers_apart(registry: Any) -> None:
    run_center.add_user(registry, CLERK, replace(WANG, name=" 王代办 "), "hash")
    again = replace(WANG, person_id="d" * 32)
    assert refusal(run_center.add_user, registry, CLERK, again, "hash") == "name-taken"
    assert refusal(run_center.add_user, registry, CLERK, replace(again, name="7"), "h") == "name-character"
    nowhere = replace(again, name="李", org="x")
    assert refusal(run_center.add_user, registry, CLERK, nowhere, "h") == "organisation-unknown"


def test_a_closed_account_is_told_to_all_and_can_no_longer_be_activated(registry: Any) -> None:
    station = enrolled(registry)
    run_center.add_user(registry, CLERK, WANG, "hash")
    run_center.disable_user(registry, CLERK, "王代办", "")
    assert _content(registry, run_center.ORGANISATIONS)["accounts"][0]["disabled"] is True
    assert refusal(run_center.activate, registry, CLERK, station, "王代办", "hash", KEY) == "worker-disabled"
    assert refusal(run_center.disable_user, registry, CLERK, "张三", "") == "worker-unknown"


def test_a_pc_joins_by_a_code_that_only_it_can_use_again(registry: Any) -> None:
    run_center.open_enrolment(registry, VILLAGE, "code-1")
    first = run_center.enrol(registry, CLERK, "code-1", run_center.NewPc(KEY, EPOCH))
    assert (first.station.org, first.epoch.tag, first.station.device) == (VILLAGE, 0, device_id(KEY))
    assert [read_document(signed).kind for signed in first.documents] == [run_center.ORGANISATIONS]
    assert run_center.enrol(registry, CLERK, "code-1", run_center.NewPc(KEY, EPOCH)) == first
    assert refusal(run_center.enrol, registry, CLERK, "code-1", run_center.NewPc(OTHER_KEY, EPOCH)) == "code-used"
    assert refusal(run_center.enrol, registry, CLERK, "code-2", run_center.NewPc(OTHER_KEY, EPOCH)) == "code-wrong"
    assert refusal(run_center.open_enrolment, registry, "nowhere", "code-3") == "organisation-unknown"


def test_a_pc_that_joins_again_is_told_its_open_epoch_whichever_it_names(registry: Any) -> None:
    """A second epoch was opened beside the first: both were served, and nobody saw that there were two copies."""
    first = joined(registry, KEY, "code-1")
    assert run_center.enrol(registry, CLERK, "code-1", run_center.NewPc(KEY, "f" * 16)) == first
    run_center.open_enrolment(registry, VILLAGE, "code-2")
    assert run_center.enrol(registry, CLERK, "code-2", run_center.NewPc(KEY, "f" * 16)) == first
    assert list(registry.epochs(first.station.device)) == [first.epoch]
    registry.save_epoch(replace(first.epoch, closed=True))
    registry.save_epoch(replace(first.epoch, epoch="a" * 16, tag=7))
    assert run_center.enrol(registry, CLERK, "code-2", run_center.NewPc(KEY, EPOCH)).epoch.tag == 7


def test_the_center_signs_the_credential_of_a_pc(registry: Any) -> None:
    station = enrolled(registry)
    [signed] = registry.signed_credentials({station.device}, ())
    assert signed.signature == CENTER.sign(CREDENTIAL_CONTEXT, signed.payload)
    assert read_credential(signed.payload) == DeviceCredential(station.device, VILLAGE, KEY)


def test_tags_of_an_office_never_repeat_and_run_out_at_a_hundred(registry: Any) -> None:
    keys = [bytes([number]) * 32 for number in range(tags.MOST_TAGS)]
    given = [joined(registry, key, f"code-{number}").epoch.tag for number, key in enumerate(keys)]
    assert given == list(range(100))
    assert joined(registry, OTHER_KEY, "elsewhere", TOWNSHIP).epoch.tag == 0
    run_center.open_enrolment(registry, VILLAGE, "one-more")
    assert refusal(run_center.enrol, registry, CLERK, "one-more", run_center.NewPc(b"x" * 32, EPOCH)) == "tags-used-up"


def test_a_center_that_was_restored_gives_no_digits_that_it_may_have_given_since_the_backup(registry: Any) -> None:
    """A PC enrolled after the backup, and another one after the restore, printed one number on one day."""
    assert joined(registry, KEY, "code-1").epoch.tag == 0
    registry.save_setting("center", {**registry.setting("center"), "forked_from": EPOCH})
    tag = joined(registry, OTHER_KEY, "code-2").epoch.tag
    assert tags.TAGS_SKIPPED < tag < tags.TAGS_OF_A_CENTER
    # With its own part used up it goes on with what is left, from the far end.
    for number in range(tags.MOST_TAGS - 2):
        assert joined(registry, bytes([number]) * 32, f"more-{number}").epoch.tag not in (0, tag)
    run_center.open_enrolment(registry, VILLAGE, "one-more")
    assert refusal(run_center.enrol, registry, CLERK, "one-more", run_center.NewPc(b"x" * 32, EPOCH)) == "tags-used-up"


def test_a_center_that_was_restored_draws_no_digits_that_stand_in_a_number_that_came_back(registry: Any) -> None:
    """It had drawn them before it was restored once more; the PC that prints with them has not come yet."""
    forgotten = Device(VILLAGE)
    known = DeviceCredential(forgotten.device, VILLAGE, forgotten.key.public)
    registry.save_credential(CLERK.signed(CREDENTIAL_CONTEXT, known.to_payload()))
    numbers = [case_number(VILLAGE, date(2026, 3, 2), tag, 1) for tag in range(9, 24)]
    fields = [{"number": number} for number in [*numbers, case_number(TOWNSHIP, date(2026, 3, 2), 24, 1), "24", 24]]
    registry.add_events([forgotten.write("register", Effects(fields=found)) for found in fields])
    slip = {"number": batch_number(VILLAGE, date(2026, 3, 2), 0, 1)}
    registry.add_events([forgotten.write("batch_offer", Effects(batch=slip), subject=(SubjectKind.BATCH, "b" * 32))])
    registry.save_setting("center", {**registry.setting("center"), "forked_from": EPOCH})
    # Of 1 to 8, which come next, none; of the others of its part 24 alone is in no number.
    assert joined(registry, OTHER_KEY, "code").epoch.tag == 24


def test_a_pc_is_enrolled_where_its_office_is_served_and_nowhere_else(registry: Any) -> None:
    """A county that had not heard of a village's move gave it digits the other had given; by the simulator (45)."""
    code, other = "5" * 12, "6" * 12
    far = [
        Organisation(code, "另一个县", Level.COUNTY, None),
        Organisation(other, "另一个村", Level.VILLAGE, code),
    ]
    run_center.save_organisations(registry, CLERK, Organisations([*ORGANISATIONS, *far]))
    run_center.open_enrolment(registry, other, "code")
    assert refusal(run_center.enrol, registry, CLERK, "code", run_center.NewPc(KEY, EPOCH)) == "office-elsewhere"


def test_a_worker_is_certified_for_ninety_days_by_a_code_used_once(registry: Any) -> None:
    station = enrolled(registry)
    run_center.add_user(registry, CLERK, WANG, "hash")
    signed = run_center.activate(registry, CLERK, station, "王代办", "hash", WANG_KEY)
    credential = read_credential(signed.payload)
    assert isinstance(credential, PersonCredential)
    assert (credential.person, credential.roles, credential.device) == (WANG.person_id, ("agent",), station.device)
    assert (credential.valid_from, credential.valid_to) == ("2026-11-23T04:00:00Z", "2027-02-21T04:00:00Z")
    # The answer may be lost on the way: the same PC asks again with the same key.
    assert run_center.activate(registry, CLERK, station, "王代办", "hash", WANG_KEY) == signed
    for code, key in (("hash", OTHER_KEY), ("other", WANG_KEY)):
        assert refusal(run_center.activate, registry, CLERK, station, "王代办", code, key) == "activation-code-wrong"


def test_a_worker_is_not_certified_on_a_pc_of_another_office(registry: Any) -> None:
    station = enrolled(registry, org=TOWNSHIP)
    run_center.add_user(registry, CLERK, WANG, "hash")
    assert refusal(run_center.activate, registry, CLERK, station, "王代办", "hash", KEY) == "worker-elsewhere"
    assert refusal(run_center.activate, registry, CLERK, station, "张三", "hash", KEY) == "worker-unknown"


def test_a_key_is_certified_for_one_account_only(registry: Any) -> None:
    station = enrolled(registry)
    run_center.add_user(registry, CLERK, WANG, "hash")
    run_center.add_user(registry, CLERK, replace(WANG, person_id="d" * 32, name="另一人"), "other")
    run_center.activate(registry, CLERK, station, "王代办", "hash", WANG_KEY)
    for key in (WANG_KEY, KEY):
        assert refusal(run_center.activate, registry, CLERK, station, "另一人", "other", key) == "key-taken"
    assert run_center.activate(registry, CLERK, station, "另一人", "other", OTHER_KEY)


def test_an_office_is_told_when_those_below_it_last_came(registry: Any) -> None:
    village = enrolled(registry)
    second = enrolled(registry, OTHER_KEY, "code-2")
    township = enrolled(registry, b"t" * 32, "code-3", TOWNSHIP)
    enrolled(registry, b"n" * 32, "code-4", COUNTY)
    assert run_center.seen_below(registry, COUNTY) == ()
    registry.save_station(replace(village, last_seen_at="2026-11-22T01:00:00Z"))
    registry.save_station(replace(second, last_seen_at="2026-11-22T03:00:00Z"))
    registry.save_station(replace(township, last_seen_at="2026-11-22T02:00:00Z"))
    assert run_center.seen_below(registry, TOWNSHIP) == ((VILLAGE, "2026-11-22T03:00:00Z"),)
    assert run_center.seen_below(registry, COUNTY) == (
        (TOWNSHIP, "2026-11-22T02:00:00Z"),
        (VILLAGE, "2026-11-22T03:00:00Z"),
    )
    assert run_center.seen_below(registry, VILLAGE) == run_center.seen_below(registry, "nowhere") == ()


def test_a_directory_is_released_by_two_persons(registry: Any) -> None:
    enrolled(registry)
    number = directory_release.submit_directory(registry, EDITOR, {"meta": {}, "items": []})
    assert refusal(directory_release.publish_directory, registry, CLERK, RELEASER, number) == "directory-not-approved"
    assert refusal(directory_release.approve_directory, registry, EDITOR, number) == "two-persons-needed"
    directory_release.approve_directory(registry, RELEASER, number)
    assert directory_release.publish_directory(registry, CLERK, RELEASER, number) == 1
    assert _content(registry, run_center.DIRECTORY) == {"meta": {}, "items": []}
    assert (
        refusal(directory_release.publish_directory, registry, CLERK, RELEASER, number) == "directory-already-published"
    )


def test_a_directory_needs_the_roles_and_a_draft(registry: Any) -> None:
    assert refusal(directory_release.submit_directory, registry, WANG, {}) == "role-missing"
    assert refusal(directory_release.approve_directory, registry, WANG, 1) == "role-missing"
    assert refusal(directory_release.publish_directory, registry, CLERK, WANG, 1) == "role-missing"
    assert refusal(directory_release.approve_directory, registry, RELEASER, 9) == "directory-draft-unknown"


def test_nobody_becomes_a_center_at_a_countys_own(registry: Any) -> None:
    """By a code for a PC of the county's office a key came among the centers: it could certify and rule for all."""
    run_center.open_enrolment(registry, COUNTY, "code-1")
    asked = run_center.NewPc(KEY, EPOCH, is_center=True)
    assert refusal(run_center.enrol, registry, CLERK, "code-1", asked) == "center-level"
    assert not registry.setting(run_center.CENTERS)
