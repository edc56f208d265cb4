"""Papers stay as they were looked at: text, picture, fonts, bytes. STATION_GOLDEN=write draws the golden pages anew."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from station_app.documents.batch_slip import render_batch_slip
from station_app.documents.case_receipt import render_case_receipt
from station_app.documents.code_slip import render_code_slip
from tests.documents.papers import (
    LONG_ITEM,
    SHORT_MATERIALS,
    YI_NAME,
    code_slip,
    long_materials,
    picture,
    receipt,
    slip,
    text_of,
)

GOLDEN = Path(__file__).parent / "golden"
DPI = 60

PAPERS: dict[str, Callable[[], bytes]] = {
    "receipt": lambda: render_case_receipt(receipt("𪚥𠅤", materials=SHORT_MATERIALS)),
    "receipt-two-sheets": lambda: render_case_receipt(receipt(YI_NAME, LONG_ITEM, long_materials(12), sample=True)),
    "code-slip": lambda: render_code_slip(code_slip(7, sample=True)),
    "slip": lambda: render_batch_slip(slip(7, sample=True)),
}

papers = pytest.mark.parametrize("name", PAPERS)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the greatest difference of a small patch, 0 to 255: a missing word shows, smoothing does not."""
    if one.size != other.size:
        return 255
    patches = ImageChops.difference(one, other).filter(ImageFilter.BoxBlur(3))
    return float(ImageStat.Stat(patches).extrema[0][1])


@papers
def test_the_words_of_the_paper_are_the_golden_ones(name: str) -> None:
    file = GOLDEN / f"{name}.txt"
    words = text_of(PAPERS[name]()).replace("\r\n", "\n") + "\n"
    if os.environ.get("STATION_GOLDEN") == "write":
        file.write_text(words, encoding="utf-8", newline="\n")
    assert words == file.read_text(encoding="utf-8")


@papers
def test_the_paper_looks_like_the_golden_one(name: str) -> None:
    file = GOLDEN / f"{name}.png"
    seen = picture(PAPERS[name](), 0, DPI)
    if os.environ.get("STATION_GOLDEN") == "write":
        seen.save(file, optimize=True)
    with Image.open(file) as golden:
        assert difference(seen, golden.convert("L")) < 24


def test_the_comparison_sees_one_changed_word() -> None:
    one, other = (picture(render_case_receipt(receipt(item=item)), 0, DPI) for item in ("高龄津贴申领", "高龄津贴注销"))
    assert difference(one, other) > 24


@papers
def test_every_font_of_the_paper_is_embedded_and_ours(name: str) -> None:
    pdf = PAPERS[name]()
    used = re.findall(rb"/BaseFont /([^\s/]+)", pdf)
    described = re.findall(rb"/FontFile2 ", pdf)
    assert used
    assert len(described) == len(used)
    assert {font.split(b"+")[-1].decode() for font in used} <= {"NotoSerifSC-Regular", "NotoSerifSC-Bold", "HanaMinB"}
    assert b"Helvetica" not in pdf


def test_the_same_paper_is_the_same_bytes_in_another_process() -> None:
    script = (
        "import hashlib, sys; sys.path.insert(0, '.');"
        "from tests.documents.test_golden import PAPERS;"
        "print(hashlib.sha256(PAPERS['receipt']()).hexdigest())"
    )
    PAPERS["slip"]()  # what was printed before must leave no trace
    here = hashlib.sha256(PAPERS["receipt"]()).hexdigest()
    there = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONHASHSEED": "12345"},
    )
    assert there.stdout.strip() == here
