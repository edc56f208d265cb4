"""The place that the reliability tests share."""

from __future__ import annotations

from tests.reliability.shared import template

__all__ = ["template"]
