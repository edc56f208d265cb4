"""What a center derives from its secret: the same again, and for each PC, worker, office and version another."""

from __future__ import annotations

import pytest

from station_app.domain.errors import StationError
from station_app.keys.phone_codes import code_key
from station_app.keys.sealing import generate_box_key, open_box, seal_to
from station_app.keys.vault import CenterVault, open_wrap

VAULT = CenterVault(b"v" * 32)
PC, OTHER_PC = generate_box_key(), generate_box_key()


def test_the_code_opens_what_was_sealed_to_its_public_key() -> None:
    public = VAULT.phone_public("d", "p", 3)
    box = seal_to(public, b"secret", b"")
    assert open_box(code_key(VAULT.phone_code("d", "p", 3), "d", "p", 3).private, box, b"") == b"secret"
    assert CenterVault(b"v" * 32).phone_public("d", "p", 3) == public
    assert CenterVault(b"w" * 32).phone_public("d", "p", 3) != public


def test_an_office_key_is_opened_by_the_pc_that_it_was_wrapped_for_alone() -> None:
    wrap = VAULT.office_wrap("511132100201", 2, "device", PC.public)
    key = open_wrap(PC.private, wrap, "511132100201", 2, "device")
    assert key.public == VAULT.office_public("511132100201", 2)
    refused = [
        (OTHER_PC.private, "511132100201", 2, "device"),
        (PC.private, "511132100202", 2, "device"),
        (PC.private, "511132100201", 1, "device"),
        (PC.private, "511132100201", 2, "other"),
    ]
    for private, org, version, device in refused:
        with pytest.raises(StationError, match="sealed-data-damaged"):
            open_wrap(private, wrap, org, version, device)


def test_every_version_of_an_office_key_is_another() -> None:
    publics = {VAULT.office_public(org, version) for org in ("a", "b") for version in (1, 2, 11)}
    assert len(publics) == 6
