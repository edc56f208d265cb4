"""Reading a printed paper back, where this PC can."""

from __future__ import annotations

import importlib
from pathlib import Path


def printed_text(pdf: Path) -> str | None:
    """Return the words of a PDF without white space; None where no PDF reader is installed (none is required)."""
    try:
        reader = importlib.import_module("pypdfium2")
    except ImportError:
        return None
    document = reader.PdfDocument(pdf.read_bytes())
    try:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)
    finally:
        document.close()
