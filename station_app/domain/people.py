"""Workers and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from station_app.domain.errors import StationError


class Role(StrEnum):
    """What a worker may do; a small office gives one person several."""

    AGENT = "agent"
    CLERK = "clerk"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    EDITOR = "editor"
    RELEASER = "releaser"


ROLE_LABELS = {
    Role.AGENT: "代办员",
    Role.CLERK: "窗口人员",
    Role.REVIEWER: "审查人员",
    Role.APPROVER: "批准人",
    Role.SUPERVISOR: "监察人员",
    Role.ADMIN: "系统管理员",
    Role.EDITOR: "目录编辑",
    Role.RELEASER: "目录发布",
}


@dataclass(frozen=True, slots=True)
class Worker:
    """A person with an account in one office."""

    person_id: str
    name: str
    org: str
    roles: frozenset[Role]


def read_roles(text: str) -> frozenset[Role]:
    """Return the roles named in a comma-separated text; `role-unknown` names the wrong word and the allowed ones."""
    found = set()
    for word in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.add(Role(word))
        except ValueError:
            raise StationError("role-unknown", role=word, allowed="、".join(role.value for role in Role)) from None
    if not found:
        raise StationError("role-unknown", role=text, allowed="、".join(role.value for role in Role))
    return frozenset(found)
