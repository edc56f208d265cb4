"""Scans and photos for tests, drawn here: none of anybody's papers lies in the repository."""

from __future__ import annotations

import random
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw


def page(width: int = 2480, height: int = 3508, seed: int = 1) -> Image.Image:
    """Return a page of black strokes on paper with a warm cast, as a lamp makes it."""
    rng = random.Random(seed)
    image = Image.new("RGB", (width, height), (250, 244, 232))
    pen = ImageDraw.Draw(image)
    for _ in range(900):
        x, y = rng.randrange(width), rng.randrange(height)
        pen.line((x, y, x + rng.randrange(60), y + rng.randrange(60)), fill=(30, 28, 26), width=3)
    return image


def photo(width: int = 4000, height: int = 3000, seed: int = 2) -> Image.Image:
    """Return a picture with colours and noise, as a camera makes it: as a JPEG it takes some 3 MB."""
    rng = random.Random(seed)
    small = Image.frombytes("RGB", (width // 4, height // 4), rng.randbytes(width // 4 * (height // 4) * 3))
    hills = Image.linear_gradient("L").resize((width, height))
    colours = Image.merge("RGB", (hills, hills.rotate(180), hills.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    return Image.blend(colours, small.resize((width, height)), 0.18)


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    found = BytesIO()
    image.save(found, kind, **options)
    return found.getvalue()


def pdf(pages: int = 2) -> bytes:
    sheets = [Image.new("L", (100, 140), 255 - number % 9) for number in range(pages)]
    return saved(sheets[0], "PDF", save_all=True, append_images=sheets[1:])
