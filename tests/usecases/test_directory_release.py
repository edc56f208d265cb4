"""Releasing a directory takes two persons with the roles for it."""

from __future__ import annotations

from typing import Any

from station_app.domain.people import Role, Worker
from station_app.protocol.signed import read_document
from station_app.usecases import directory_release
from station_app.usecases.run_center import DIRECTORY
from tests.domain.casework import TOWNSHIP, VILLAGE
from tests.usecases.registries import CLERK, enrolled, refusal

WANG = Worker("a" * 32, "王代办", VILLAGE, frozenset({Role.AGENT}))
EDITOR = Worker("b" * 32, "目录员", TOWNSHIP, frozenset({Role.EDITOR, Role.RELEASER}))
RELEASER = Worker("c" * 32, "发布员", TOWNSHIP, frozenset({Role.RELEASER}))


def test_a_directory_is_released_by_two_persons(registry: Any) -> None:
    enrolled(registry)
    number = directory_release.submit_directory(registry, EDITOR, {"meta": {}, "items": []})
    assert refusal(directory_release.publish_directory, registry, CLERK, RELEASER, number) == "directory-not-approved"
    assert refusal(directory_release.approve_directory, registry, EDITOR, number) == "two-persons-needed"
    directory_release.approve_directory(registry, RELEASER, number)
    assert directory_release.publish_directory(registry, CLERK, RELEASER, number) == 1
    assert read_document(registry.document(DIRECTORY)).content == {"meta": {}, "items": []}
    assert (
        refusal(directory_release.publish_directory, registry, CLERK, RELEASER, number) == "directory-already-published"
    )


def test_a_directory_needs_the_roles_and_a_draft(registry: Any) -> None:
    assert refusal(directory_release.submit_directory, registry, WANG, {}) == "role-missing"
    assert refusal(directory_release.approve_directory, registry, WANG, 1) == "role-missing"
    assert refusal(directory_release.publish_directory, registry, CLERK, WANG, 1) == "role-missing"
    assert refusal(directory_release.approve_directory, registry, RELEASER, 9) == "directory-draft-unknown"
