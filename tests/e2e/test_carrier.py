"""What becomes of packages on the way: the carrier does not return, returns twice, returns with the older one last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from station_app.bootstrap.checking import check
from station_app.domain.errors import StationError
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.reference import reference_of
from station_app.usecases.run_action import act_on_case, register_case
from tests.e2e.life import ByStick, headers_at_center
from tests.persons import somebody
from tests.reliability.place import COUNTY, FORM, ORGANISATIONS, TOWNSHIP, VILLAGES, Place

pytestmark = pytest.mark.slow

OTHER_TOWNSHIP = "511132101000"


@pytest.fixture
def life(template: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ByStick]:
    """A village without a line, its township and the county, which have exchanged once."""
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")
    place = template.copy(tmp_path / "place", "c", "v1", "t", "k")
    life = ByStick(place, datetime.now(UTC).replace(microsecond=0))
    for pc in ("v1", "t", "k"):
        life.exchange(pc)
    yield life
    life.close()


def register(life: ByStick, person: int) -> str:
    form = {**FORM, "applicant": {**FORM["applicant"], "id_number": somebody(person)}}
    return register_case(life.at("v1"), form).case_id


def waiting(life: ByStick) -> set[str]:
    with life.pc("v1").desk.read_book() as book:
        return {event.event_id for _, event in book.outbox(100)}


def confirmed(life: ByStick) -> list[bool]:
    """Return of each package that the village has made, the first one first, whether it is known to have come."""
    with life.pc("v1").desk.read_book() as book:
        made = sorted((note.number, bool(note.confirmed_at)) for note in book.packages() if note.made)
    return [known for _, known in made]


def test_a_carrier_who_never_returns_costs_nothing_but_the_way(life: ByStick) -> None:
    first = register(life, 1)
    life.lose_a_stick("v1", "t")
    offer_batch(life.at("v1"), TOWNSHIP, [first])
    life.take("t", life.export("v1", "t"))
    life.exchange("t")
    # On the way back as well.
    life.lose_a_stick("t", "v1")
    assert waiting(life)
    assert confirmed(life) == [False, False]
    act_on_case(life.at("v1"), first, "note", {"text": "材料原件在村里。"})
    taken = life.take("t", life.export("v1", "t"))
    assert (taken.number, taken.missing) == (3, (1,))
    life.exchange("t")
    life.take("v1", life.export("t", "v1"))
    assert waiting(life) == set()
    # The first one is known to have come nowhere, and nobody asks for it.
    assert confirmed(life) == [False, True, True]
    assert life.events("v1") <= headers_at_center(life)


def test_a_carrier_who_returns_twice_changes_nothing_the_second_time(life: ByStick) -> None:
    case = register(life, 1)
    batch = offer_batch(life.at("v1"), TOWNSHIP, [case]).batch.batch_id
    up = life.export("v1", "t")
    life.take("t", up)
    life.exchange("t")
    receive_batch(life.at("t"), batch, Count())
    down = life.export("t", "v1")
    assert not life.take("v1", down).again
    act_on_case(life.at("v1"), case, "note", {"text": "已接通电话。"})
    before, left = life.events("v1"), waiting(life)
    again = life.take("v1", down)
    assert (again.again, again.pulled, again.settled) == (True, 0, 0)
    assert (life.events("v1"), waiting(life)) == (before, left)
    assert life.take("t", up).again
    life.exchange("t")
    assert len(headers_at_center(life)) == len(headers_at_center(life) | life.events("t"))


def test_an_older_receipt_after_a_newer_one_takes_nothing_back(life: ByStick) -> None:
    case = register(life, 1)
    life.take("t", life.export("v1", "t"))
    life.exchange("t")
    older = life.export("t", "v1")
    offer_batch(life.at("v1"), TOWNSHIP, [case])
    life.take("t", life.export("v1", "t"))
    life.exchange("t")
    newer = life.export("t", "v1")
    life.take("v1", newer)
    assert (waiting(life), confirmed(life)) == (set(), [True, True])
    with life.pc("v1").desk.read_book() as book:
        link = book.link()
    before = life.events("v1")
    late = life.take("v1", older)
    assert (late.again, late.pulled, late.settled, late.missing) == (False, 0, 0, ())
    assert (waiting(life), confirmed(life), life.events("v1")) == (set(), [True, True], before)
    with life.pc("v1").desk.read_book() as book:
        assert book.link() == link


def test_what_is_relayed_while_the_line_dies_is_relayed_again_and_counts_once(life: ByStick) -> None:
    case = register(life, 1)
    life.take("t", life.export("v1", "t"))
    whole = life.line.post

    def dies_after_the_commit(path: str, body: bytes, headers: Mapping[str, str]) -> NoReturn:
        whole(path, body, headers)
        raise StationError("no-network")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(life.line, "post", dies_after_the_commit)
        assert life.loop("t").exchange_once().code == "no-network"
    taken_in = headers_at_center(life)
    assert life.events("v1") <= taken_in
    life.exchange("t")
    assert headers_at_center(life) == taken_in
    life.take("v1", life.export("t", "v1"))
    assert waiting(life) == set()
    with life.pc("v1").desk.read_book() as book:
        found = book.case(case)
        assert found is not None
        assert not found.provisional


def test_a_village_with_twenty_unsent_events_moves_to_another_township_by_package(life: ByStick) -> None:
    cases = [register(life, person) for person in range(10)]
    offer_batch(life.at("v1"), TOWNSHIP, cases[:1])
    for case in cases[:8]:
        act_on_case(life.at("v1"), case, "note", {"text": "证件复印件在村里。"})
    unsent = waiting(life)
    assert len(unsent) == 20
    # On its way to the township when the county puts the village below another one.
    up = life.export("v1", "t")
    moved = ORGANISATIONS.replace(f"示例一村,village,{TOWNSHIP}", f"示例一村,village,{OTHER_TOWNSHIP}")
    life.write_organisations(f"{moved}{OTHER_TOWNSHIP},新场乡,township,{COUNTY}\n")
    life.take("t", up)
    life.exchange("t")
    # The township it was below has what the center says to it, and is not on its way any more: the county is.
    life.take("k", life.export("t", "k"))
    life.exchange("k")
    assert waiting(life) == unsent
    life.take("v1", life.export("k", "v1"))
    assert waiting(life) == set()
    with life.pc("v1").desk.read_book() as book:
        assert reference_of(book).organisations.get(VILLAGES[0]).parent == OTHER_TOWNSHIP
    assert life.events("v1") <= headers_at_center(life)
    assert check(life.pc("v1"))["ok"]
