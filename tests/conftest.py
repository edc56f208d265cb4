"""What holds for all tests: Qt paints without a screen, and a busy machine is no failure."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.postgres import postgres

__all__ = ["postgres"]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Two cores shared by other work: how long an example takes says nothing about the program.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
