"""Scans as they are taken in: how large, how grey, what is kept of the original, and what is refused in which words."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from station_app.carriers.pictures import LONGER_SIDE, MOST_FILE_BYTES, pixels_of, take, take_file
from station_app.domain.errors import StationError
from station_app.messages import text_of
from tests.carriers.scans import page, pdf, photo, saved


def _opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def test_a_page_becomes_a_grey_picture_of_1600_dots_and_its_original_is_named() -> None:
    original = saved(page(), quality=92)
    taken = take("户口簿.jpg", original)
    image = _opened(taken.data)
    assert (taken.media, image.format, image.mode, max(image.size)) == ("image/jpeg", "JPEG", "L", LONGER_SIDE)
    assert (taken.original_hash, taken.original_size) == (hashlib.sha256(original).hexdigest(), len(original))
    assert len(taken.data) < len(original) / 4


def test_a_photo_keeps_its_colours_and_loses_what_the_camera_noted() -> None:
    exif = Image.Exif()
    exif[0x010F] = "PLACE"
    original = saved(photo(2000, 1500), exif=exif.tobytes())
    assert b"PLACE" in original
    taken = take("现场.jpg", original)
    assert _opened(taken.data).mode == "RGB"
    assert b"PLACE" not in taken.data


def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert _opened(take("a.jpg", saved(page(400, 300), exif=exif.tobytes())).data).size == (300, 400)


def test_what_is_small_is_not_made_larger() -> None:
    assert _opened(take("a.png", saved(page(300, 200), "PNG")).data).size == (300, 200)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF", "WEBP"])
def test_each_kind_of_picture_that_scanners_write_is_taken(kind: str) -> None:
    assert take("a", saved(page(300, 200), kind)).media == "image/jpeg"


def test_what_can_be_seen_through_stands_on_white() -> None:
    image = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    assert _opened(take("a.png", saved(image, "PNG")).data).getpixel((25, 25)) == 255


def test_letters_of_a_black_and_white_scan_are_mixed_and_not_torn() -> None:
    """A fax or a scanner's TIFF has no greys; made smaller by leaving dots out it can't be read any more."""
    scan = page(2480, 3508).convert("1")
    small = _opened(take("a.tif", saved(scan, "TIFF")).data)
    assert max(small.size) == LONGER_SIDE
    greys = sum(small.histogram()[60:200])
    assert greys > small.width * small.height / 100


@pytest.mark.parametrize(("mode", "dot", "found"), [("I;16", 40_000, 156), ("P", 40, 40)])
def test_greys_stay_as_they_are_however_many_bits_they_have(mode: str, dot: int, found: int) -> None:
    image = Image.new("L", (60, 60), dot).convert("P") if mode == "P" else Image.new(mode, (60, 60), dot)
    counts = _opened(take("a.png", saved(image, "PNG")).data).histogram()
    assert abs(counts.index(max(counts)) - found) <= 2


def test_a_picture_of_another_program_is_shown_no_larger_than_ours() -> None:
    width, height, pixels = pixels_of("a.jpg", saved(photo(4000, 3000)))
    assert (width, height, len(pixels)) == (LONGER_SIDE, 1200, LONGER_SIDE * 1200 * 4)


def test_a_pdf_is_taken_as_it_is() -> None:
    original = pdf(3)
    taken = take("协议.pdf", original)
    assert (taken.media, taken.data, taken.original_size) == ("application/pdf", original, len(original))


def _png_that_says(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims to be so large."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", zlib.compress(bytes(1000))) + part(b"IEND", b"")


def _locked_pdf() -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    found = BytesIO()
    canvas = Canvas(found, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.rect(10, 10, 50, 50)
    canvas.save()
    return found.getvalue()


def _two_pages() -> bytes:
    return saved(page(90, 90), "TIFF", save_all=True, append_images=[page(90, 90, seed=4)])


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (lambda: b"", "scan-empty", "空文件"),
        (lambda: bytes(MOST_FILE_BYTES + 1), "scan-too-large", "最多 50 兆"),
        (lambda: b"PK\x03\x04 a document", "scan-format", "不是图片，也不是 PDF"),
        (lambda: saved(page(300, 300))[:900], "scan-damaged", "可能不完整"),
        (lambda: _png_that_says(60_000, 60_000), "scan-pixels", "50 百万像素"),
        (lambda: _png_that_says(200, 200), "scan-damaged", "可能不完整"),
        (_two_pages, "scan-frames", "另存为 PDF"),
        (lambda: pdf(101), "scan-pages", "有 101 页，最多 100 页"),
        (lambda: b"%PDF-1.7\n" + bytes(50), "scan-damaged", "可能不完整"),
        (_locked_pdf, "scan-locked", "设了密码"),
    ],
)
def test_what_can_not_be_taken_is_told_by_name_with_what_to_do(
    make: Callable[[], bytes], code: str, words: str
) -> None:
    with pytest.raises(StationError) as refused:
        take("证件", make())
    assert refused.value.code == code
    assert words in text_of(refused.value)
    assert "证件" in text_of(refused.value)


def test_a_file_is_read_from_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "证.png"
    path.write_bytes(saved(page(100, 80), "PNG"))
    assert take_file(path).name == "证.png"
    for missing in (tmp_path / "没有.jpg", tmp_path):
        with pytest.raises(StationError) as refused:
            take_file(missing)
        assert refused.value.code == "scan-not-found"
