"""The one turn of PDFium, which may be called by one thread at a time."""

from __future__ import annotations

import threading

PDFIUM = threading.Lock()
