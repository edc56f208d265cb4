"""What came otherwise than a 交接码单 had it, both values side by side and masked as everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from station_app.domain.masking import mask_id_number, mask_phone
from station_app.domain.slip_differences import FIELD_LABELS
from station_app.domain.slips import SlipDoubt
from station_app.ui.models.printed import grouped, iso_day

_SHOWN: Mapping[str, Callable[[str], str]] = {
    "id_number": mask_id_number,
    "phone": mask_phone,
    "number": grouped,
    "received_on": iso_day,
}
_NOTHING = "（没有）"
_BEHIND_THE_MASK = "（隐去的几位不一样）"


def slip_pairs(doubts: Iterable[SlipDoubt]) -> tuple[tuple[str, str, str], ...]:
    """Return label, text by the slip and text by the data of all that differs."""
    return tuple(_pair(*difference) for doubt in doubts for difference in doubt.differences)


def _pair(field: str, said: str, is_so: str) -> tuple[str, str, str]:
    show = _SHOWN.get(field, str)
    both = show(said) if said else _NOTHING, show(is_so) if is_so else _NOTHING
    if both[0] == both[1]:
        both = both[0], both[1] + _BEHIND_THE_MASK
    return FIELD_LABELS[field], *both
