"""Scans and photos as they are taken in: small enough for a slow line, documents in grey, PDFs as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from station_app.carriers.pdfium import PDFIUM
from station_app.domain.attachments import JPEG, MOST_BYTES, PDF
from station_app.domain.errors import StationError
from station_app.usecases.taken import Taken

# A page of A4 with 1600 dots on its longer side is read without effort; one of 3 MB becomes some 200 kB.
LONGER_SIDE = 1600
QUALITY = 80
MOST_FILE_BYTES = 50 << 20
# A picture is decoded whole, with four bytes a pixel: 200 MB at worst. One that can be seen through is copied before it
# is made smaller; a JPEG that comes line by line is decoded at half its size, and so large do the largest telephones
# make it.
MOST_PIXELS, MOST_PIXELS_SEEN_THROUGH, MOST_PIXELS_BY_LINE = 50_000_000, 25_000_000, 110_000_000
MOST_PAGES = 100
# Paper under a lamp has a cast, but no colours: so much may differ between the channels of nine pixels in ten.
_CAST = 40
_SAMPLE = 64
_FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP")
# This program has limits and words of its own; Pillow's would be a warning that nobody reads.
Image.MAX_IMAGE_PIXELS = None


def take_file(path: Path) -> Taken:
    """Return what is attached of a file on this PC.

    Raises:
        StationError: `scan-not-found` (file), `scan-empty`, `scan-too-large` (limit_mb), and those of `take`.
    """
    try:
        size = path.stat().st_size
        if size > MOST_FILE_BYTES:
            raise StationError("scan-too-large", name=path.name, limit_mb=MOST_FILE_BYTES >> 20)
        data = path.read_bytes()
    except OSError:
        raise StationError("scan-not-found", file=str(path)) from None
    return take(path.name, data)


def take(name: str, original: bytes) -> Taken:
    """Return what is attached of a file.

    Raises:
        StationError: each with the name: `scan-empty`, `scan-too-large`, `scan-format` (neither picture nor PDF),
            `scan-damaged`, `scan-pixels`, `scan-frames` (a picture of several pages), `scan-pages` (count, most),
            `scan-locked` (a PDF with a password).
    """
    if not original:
        raise StationError("scan-empty", name=name)
    if len(original) > MOST_FILE_BYTES:
        raise StationError("scan-too-large", name=name, limit_mb=MOST_FILE_BYTES >> 20)
    is_pdf = original[:1024].lstrip().startswith(b"%PDF-")
    data = _checked_pdf(name, original) if is_pdf else _smaller(name, original)
    if len(data) > MOST_BYTES - (64 << 10):
        raise StationError("scan-too-large", name=name, limit_mb=(MOST_BYTES >> 20) - 1)
    return Taken(name, PDF if is_pdf else JPEG, data, hashlib.sha256(original).hexdigest(), len(original))


def pixels_of(name: str, data: bytes, longer_side: int = LONGER_SIDE) -> tuple[int, int, bytes]:
    """Return width, height and pixels (four bytes each, blue first) of a picture that somebody has attached.

    It is no larger than one of this program's, whatever program attached it.
    """
    with _decoding(name), Image.open(BytesIO(data), formats=_FORMATS) as image:
        _check(name, image)
        plain = _small(image, longer_side).convert("RGB")
        return plain.width, plain.height, plain.tobytes("raw", "BGRX")


def _smaller(name: str, original: bytes) -> bytes:
    with _decoding(name), Image.open(BytesIO(original), formats=_FORMATS) as image:
        _check(name, image)
        # Turned when it is small: a second copy of the large one might be too much.
        plain = _on_white(ImageOps.exif_transpose(_small(image)))
        found = BytesIO()
        # Nothing of what the camera noted (place, time, owner) goes along.
        (plain.convert("L") if _is_grey(plain) else plain).save(found, "JPEG", quality=QUALITY, optimize=True)
    return found.getvalue()


def _small(image: Image.Image, longer_side: int = LONGER_SIDE) -> Image.Image:
    """Return a picture with at most so many dots on its longer side; it is decoded here."""
    # A JPEG is decoded at half or a quarter of its size where that is enough, which takes a fraction of the time.
    # What is asked for must have its shape: the decoder looks at the shorter side too.
    share = longer_side / max(image.size)
    image.draft("RGB", (max(1, int(image.width * share)), max(1, int(image.height * share))))
    found = _mixable(image)
    found.thumbnail((longer_side, longer_side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return found


def _mixable(image: Image.Image) -> Image.Image:
    """Return a picture whose dots can be mixed with their neighbours when it is made smaller, as letters need it."""
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if _is_seen_through(image) else "RGB")
    if image.mode.startswith("I"):
        # Of 16 bits the upper eight; as they are, all of them would count as white.
        return image.point(lambda dot: dot * (1 / 256) + 0).convert("L")
    return image


def _check(name: str, image: Image.Image) -> None:
    """Refuse, before it is decoded, what would fill the memory, and pages that would be lost."""
    by_line = image.format in ("JPEG", "MPO") and not image.info.get("progressive")
    most = MOST_PIXELS_BY_LINE if by_line else MOST_PIXELS_SEEN_THROUGH if _is_seen_through(image) else MOST_PIXELS
    if image.width * image.height > most:
        raise StationError("scan-pixels", name=name, most=most // 1_000_000)
    # What telephones put behind the picture in an MPO is the same once more.
    if image.format in ("TIFF", "WEBP") and getattr(image, "n_frames", 1) > 1:
        raise StationError("scan-frames", name=name)


def _is_seen_through(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _on_white(image: Image.Image) -> Image.Image:
    if not _is_seen_through(image):
        return image.convert("RGB")
    over = image.convert("RGBA")
    under = Image.new("RGBA", over.size, "white")
    return Image.alpha_composite(under, over).convert("RGB")


def _is_grey(image: Image.Image) -> bool:
    """Tell whether a picture is a document in black on white, whatever the light has made of it."""
    small = image.resize((_SAMPLE, _SAMPLE), Image.Resampling.BOX).tobytes()
    spread = sorted(max(small[i : i + 3]) - min(small[i : i + 3]) for i in range(0, len(small), 3))
    return spread[len(spread) * 9 // 10] <= _CAST


def _checked_pdf(name: str, data: bytes) -> bytes:
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            locked = "password" in str(error).lower()
            raise StationError("scan-locked" if locked else "scan-damaged", name=name) from None
        pages = len(document)
        document.close()
    if not 0 < pages <= MOST_PAGES:
        raise StationError("scan-pages", name=name, count=pages, most=MOST_PAGES)
    return data


@contextmanager
def _decoding(name: str) -> Iterator[None]:
    try:
        yield
    except UnidentifiedImageError:
        raise StationError("scan-format", name=name) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        # Each decoder has its own way to say that bytes are missing or make no sense.
        raise StationError("scan-damaged", name=name) from None
