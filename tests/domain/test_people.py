"""Roles as text."""

from __future__ import annotations

import pytest

from station_app.domain.errors import StationError
from station_app.domain.people import ROLE_LABELS, Role, read_roles


def test_roles_are_read_from_a_list_with_commas() -> None:
    assert read_roles("agent") == {Role.AGENT}
    assert read_roles(" clerk, approver ,,clerk") == {Role.CLERK, Role.APPROVER}


@pytest.mark.parametrize(("text", "wrong"), [("boss", "boss"), ("agent,Clerk", "Clerk"), ("", ""), (" , ", " , ")])
def test_a_wrong_or_missing_word_is_named_with_those_allowed(text: str, wrong: str) -> None:
    with pytest.raises(StationError) as refused:
        read_roles(text)
    assert (refused.value.code, refused.value.params["role"]) == ("role-unknown", wrong)
    assert "supervisor" in str(refused.value.params["allowed"])


def test_every_role_has_a_name_of_its_own() -> None:
    assert set(ROLE_LABELS) == set(Role)
    assert len(set(ROLE_LABELS.values())) == len(Role)
