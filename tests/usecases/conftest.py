"""Every use case runs on the books in memory and on those on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.usecases.county import County
from tests.usecases.registries import registry

__all__ = ["registry"]


@pytest.fixture(params=["memory", "disk"])
def county(request: pytest.FixtureRequest, tmp_path: Path) -> County:
    return County(request.param, tmp_path)
