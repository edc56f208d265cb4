"""A place with real stations, for what can only be seen in real files."""

from __future__ import annotations

from tests.reliability.shared import template

__all__ = ["template"]
