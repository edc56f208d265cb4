"""The largest pictures that are taken in fit into an old PC; what is larger is refused before it is decoded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from station_app.carriers.pictures import MOST_PIXELS, MOST_PIXELS_BY_LINE, MOST_PIXELS_SEEN_THROUGH, take
from station_app.domain.errors import StationError
from tests.carriers.scans import saved

# An old PC has 4 GB for everything; the four bytes a pixel of the largest one are 200 MB.
MOST_BYTES = 330 << 20
SIDEWAYS = Image.Exif()
SIDEWAYS[0x0112] = 6


def _of(pixels: int, mode: str = "RGB", width: int = 10_000) -> Image.Image:
    return Image.new(mode, (width, pixels // width), 100 if mode == "L" else None)


@pytest.mark.parametrize(
    "make",
    [
        lambda: saved(_of(MOST_PIXELS_SEEN_THROUGH, "RGBA"), "PNG", compress_level=1, exif=SIDEWAYS.tobytes()),
        lambda: saved(_of(MOST_PIXELS), "PNG", compress_level=1, exif=SIDEWAYS.tobytes()),
        lambda: saved(_of(MOST_PIXELS_BY_LINE, width=36_000), exif=SIDEWAYS.tobytes()),
        lambda: saved(_of(MOST_PIXELS), progressive=True),
    ],
    ids=["see-through png", "png", "jpeg by line", "jpeg by depth"],
)
def test_the_largest_pictures_fit_into_an_old_pc(make: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(make())
    command = [sys.executable, "-m", "tests.carriers.heavy_pictures", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) <= MOST_BYTES


@pytest.mark.parametrize(
    ("make", "most"),
    [
        (lambda: saved(_of(MOST_PIXELS + 10_000, "L"), "PNG", compress_level=1), 50),
        (lambda: saved(_of(MOST_PIXELS_SEEN_THROUGH + 10_000, "LA"), "PNG", compress_level=1), 25),
        (lambda: saved(_of(MOST_PIXELS + 10_000, "L"), progressive=True), 50),
        (lambda: saved(_of(MOST_PIXELS_BY_LINE + 10_000, "L")), 110),
    ],
    ids=["png", "see-through png", "jpeg by depth", "jpeg by line"],
)
def test_one_row_more_is_refused(make: Callable[[], bytes], most: int) -> None:
    with pytest.raises(StationError) as refused:
        take("证件", make())
    assert (refused.value.code, refused.value.params["most"]) == ("scan-pixels", most)
