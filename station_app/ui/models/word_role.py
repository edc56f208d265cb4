"""The role by which a model gives a cell's `Word`: the text and what it means."""

from __future__ import annotations

from PySide6.QtCore import Qt

WORD_ROLE = int(Qt.ItemDataRole.UserRole) + 1
