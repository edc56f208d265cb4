"""Releasing a directory of items: one person submits it, another approves it, then it is published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from station_app.domain.errors import StationError
from station_app.domain.people import ROLE_LABELS, Role, Worker
from station_app.usecases.center_ports import CenterClerk, DirectoryDraft, Registry
from station_app.usecases.run_center import DIRECTORY, publish, require_whole


def submit_directory(registry: Registry, worker: Worker, content: dict[str, Any]) -> int:
    """Submit a checked directory for release; return its draft number. Needs the editor's role."""
    _require(worker, Role.EDITOR, "提交目录")
    return registry.add_draft(content, worker.person_id)


def approve_directory(registry: Registry, worker: Worker, number: int) -> None:
    """Approve a draft: another person than the one who submitted it (two-person release; domain 1-B B7)."""
    _require(worker, Role.RELEASER, "审核目录")
    draft = _draft(registry, number)
    if draft.submitted_by == worker.person_id:
        raise StationError("two-persons-needed", number=number)
    registry.save_draft(replace(draft, approved_by=worker.person_id))


def publish_directory(registry: Registry, clerk: CenterClerk, worker: Worker, number: int) -> int:
    """Publish an approved draft; return the directory's number. From now on it is what the stations use.

    Raises:
        StationError: `role-missing`, `directory-draft-unknown`, `directory-not-approved`,
            `directory-already-published`, `center-heals`.
    """
    _require(worker, Role.RELEASER, "发布目录")
    require_whole(registry)
    draft = _draft(registry, number)
    if not draft.approved_by:
        raise StationError("directory-not-approved", number=number)
    if draft.published:
        raise StationError("directory-already-published", number=number)
    registry.save_draft(replace(draft, published=True))
    return publish(registry, clerk, DIRECTORY, dict(draft.content))


def _draft(registry: Registry, number: int) -> DirectoryDraft:
    draft = registry.draft(number)
    if draft is None:
        raise StationError("directory-draft-unknown", number=number)
    return draft


def _require(worker: Worker, role: Role, action: str) -> None:
    if role not in worker.roles:
        raise StationError("role-missing", action=action, roles=ROLE_LABELS[role])
