"""A center that answers over HTTP, in a thread of the test."""

from __future__ import annotations

from tests.center.served import served
from tests.reliability.shared import template

__all__ = ["served", "template"]
