"""A slip as a village writes it, and the offices it is for."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace

from station_app.carriers.slip_symbols import Recipient
from station_app.domain.cases import CaseState
from station_app.domain.errors import StationError
from station_app.domain.item_terms import Handling
from station_app.domain.slips import SlipCase, SlipHead, SlipMaterial, mark_of
from station_app.keys.sealing import BoxKey, generate_box_key

VILLAGE, TOWNSHIP, COUNTY, OTHER = "511133201201", "511133201000", "511133000000", "511133202000"
RARE_NAMES = ("李𬭎", "张䶮", "王𠅤")
MATERIALS = ("居民身份证", "户口簿（户主页、本人页）", "高龄津贴申请表", "代办委托书")


def entropy(seed: int = 1) -> Callable[[int], bytes]:
    drawn = random.Random(seed)
    return drawn.randbytes


KEYS = {(org, version): generate_box_key(entropy(version * 7 + len(org))) for org in (TOWNSHIP,) for version in (1, 2)}
KEYS[OTHER, 2] = generate_box_key(entropy(99))
TO = Recipient(TOWNSHIP, 2, KEYS[TOWNSHIP, 2].public)
HEAD = SlipHead("ab" * 16, "0badcafe", "51113320120126112201000237", VILLAGE, COUNTY, "2026-11-22", "张䶮", 4711)


def key_of(org: str = TOWNSHIP) -> Callable[[int], bytes]:
    def private(version: int) -> bytes:
        key: BoxKey | None = KEYS.get((org, version))
        if key is None:
            raise StationError("office-key-missing", version=version)
        return key.private

    return private


def _hash(what: str, line: int) -> str:
    return hashlib.sha256(f"{what}{line}".encode()).hexdigest()


def slip_case(line: int) -> SlipCase:
    return SlipCase(
        case_id=_hash("case", line)[:32],
        grant=_hash("grant", line),
        offer=_hash("offer", line),
        number=f"511133201201261120{line:07d}",
        origin=VILLAGE,
        state=CaseState.REGISTERED,
        name=RARE_NAMES[line % 3],
        id_type="111",
        id_number=f"51113319480305{line:04d}"[:17] + ("X" if line % 5 == 0 else "4"),
        phone=f"1380833{line:04d}",
        item=f"SAMPLE-MZ-{line % 4:03d}",
        directory=12,
        received_on="2026-11-20",
        received_by="张䶮",
        materials=(
            SlipMaterial(1, "", Handling.VERIFY_RETURN, 1, 1),
            SlipMaterial(2, "", Handling.VERIFY_RETURN, 1, 2),
            SlipMaterial(3, "", Handling.COLLECT, 1, 0),
            SlipMaterial(4, "", Handling.COLLECT, 1, 0),
        ),
        names=mark_of(MATERIALS),
    )


def slip_cases(many: int) -> list[SlipCase]:
    return [slip_case(line) for line in range(1, many + 1)]


def from_township(case: SlipCase) -> SlipCase:
    return replace(case, state=CaseState.RECEIVED, origin=OTHER, received_by="王五")
