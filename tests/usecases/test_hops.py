"""How far a step has come: the county's center, the city's."""

from __future__ import annotations

import pytest

from station_app.domain.fold import Verdict
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.exchange.authentic import RULING
from station_app.exchange.ports import Hop
from station_app.exchange.projection import case_of
from station_app.exchange.rulings import NewRuling
from station_app.protocol.signed import Signed, document_payload, read_document
from station_app.usecases.ports import Identity
from station_app.usecases.run_center import ORGANISATIONS
from station_app.usecases.timeline import timeline
from tests.exchange import makers
from tests.exchange.makers import CASE, COUNTY, EPOCH, NOTE, OPEN, TOWNSHIP, Device
from tests.fakes import station_store

CITY = "511100000000"
AT = "2026-03-02T00:00:00Z"
TREE = Organisations(
    [
        Organisation(CITY, "示例市", Level.CITY),
        Organisation(COUNTY, "示例县", Level.COUNTY, CITY),
        Organisation(TOWNSHIP, "示例镇", Level.TOWNSHIP, COUNTY),
    ]
)


@pytest.fixture(autouse=True)
def city_has_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(makers.ROLES, CITY, ("approver", "clerk"))


def steps(reader: str, hops: bool = False) -> dict[str, tuple[bool, bool]]:
    """Return of each step, as an office sees it: whether the county's and the city's center have it."""
    town, city = Device(TOWNSHIP), Device(CITY)
    opened, noted = town.write("register", OPEN), city.write("note", NOTE)
    verdict = NewRuling(1, opened.event_id, Verdict.ACCEPTED, "").effects(None)
    ruled = Device(COUNTY, number=1).write(RULING, verdict)
    own = town if reader == TOWNSHIP else city if reader == CITY else Device(COUNTY)
    store = station_store()
    with store.write() as book:
        book.save_setting("identity", Identity(own.device, EPOCH, 0, reader, "", "", "", ""))
        content = {"organisations": TREE.to_json(), "accounts": [], "revoked": []}
        book.save_document(read_document(Signed(document_payload(ORGANISATIONS, 1, content), b"")))
        book.append(own.wrote)
        book.add_foreign([event for event in (opened, noted, ruled) if event not in own.wrote])
        book.refold([opened.header.subject])
        if hops:
            book.save_hops([Hop(opened.event_id, CITY, AT)])
        found = timeline(book, book.case(CASE))
    return {step.type: (step.at_center, step.at_city) for step in found}


def test_a_step_is_at_the_city_when_its_author_was_told_so() -> None:
    # What this PC has written waits in its outbox: no center has it.
    assert steps(TOWNSHIP)["register"] == (False, False)
    assert steps(COUNTY)["register"] == (True, False)
    assert steps(COUNTY, hops=True)["register"] == (True, True)


def test_what_the_city_wrote_came_through_both_centers() -> None:
    assert steps(TOWNSHIP)["note"] == steps(COUNTY)["note"] == (True, True)


def test_at_the_city_all_that_came_is_there_and_its_own_has_not_been_at_the_county() -> None:
    assert steps(CITY) == {"register": (True, True), "note": (False, False)}


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1)])
def test_of_several_rulings_on_a_step_the_last_is_told_in_whatever_order_they_came(order: tuple[int, ...]) -> None:
    """A step that was set aside for a paper read as confirmed where the earlier ruling had come last."""
    town, center = Device(TOWNSHIP), Device(COUNTY, number=1)
    opened = town.write("register", OPEN)
    stands = center.write(RULING, NewRuling(1, opened.event_id, Verdict.ACCEPTED, "").effects(None))
    paper = NewRuling(2, opened.event_id, Verdict.SUPERSEDED, "paper-stands").effects(stands.event_id)
    came = (opened, stands, center.write(RULING, paper))
    case = case_of(came[:2], "")
    assert case is not None
    with station_store().write() as book:
        book.save_setting("identity", Identity(Device(COUNTY).device, EPOCH, 0, COUNTY, "", "", "", ""))
        content = {"organisations": TREE.to_json(), "accounts": [], "revoked": []}
        book.save_document(read_document(Signed(document_payload(ORGANISATIONS, 1, content), b"")))
        book.add_foreign([came[place] for place in order])
        [step] = timeline(book, case)
    assert (step.ruling, step.reason, step.ruled_by) == ("superseded", "paper-stands", Level.COUNTY)
