"""Whether a center is healing: every part of it asks."""

from __future__ import annotations

from typing import Any, Protocol


class _Settings(Protocol):
    def setting(self, name: str) -> Any: ...


def is_healing(store: _Settings) -> bool:
    """Tell whether this center was restored and still collects what it lost: events, rulings, documents (sync.md §7).

    Until then it rules on nothing, and publishes nothing: the number might be one that it has used before.
    """
    return bool((store.setting("center") or {}).get("healing"))
