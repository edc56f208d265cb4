"""A credential that was renewed stays, whoever shows the one of before."""

from __future__ import annotations

from dataclasses import replace

from station_app.exchange.uplink import Uplink
from station_app.protocol.signed import PersonCredential
from tests.exchange.makers import VILLAGE, Device, by_center, center_with


def test_a_county_does_not_take_back_from_the_city_what_it_has_renewed() -> None:
    """With older events came the credential of before; until the PC came next, its worker lacked the new role."""
    village = Device(VILLAGE)
    center = center_with(village)
    dates = ("2026-06-01T00:00:00Z", "2026-09-01T00:00:00Z")
    key = village.person_key.public
    renewed = PersonCredential(village.person, "王五", VILLAGE, ("agent", "clerk"), village.device, key, *dates)
    before = replace(renewed, roles=("agent",), valid_from="2026-01-01T00:00:00Z")
    with center.store.write() as book:
        uplink = Uplink(book, lambda _document: None)
        for shown in (before, renewed, before):
            uplink.save_credentials([by_center(shown.to_payload())])
        found = book.credentials({village.device}).person(village.person, village.device)
    assert found == renewed
