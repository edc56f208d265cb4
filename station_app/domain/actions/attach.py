"""添加附件: a scan that goes with the case, or a better word on one; an entry of the open lane that blocks nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Turn
from station_app.domain.attachments import (
    ATTACHMENT,
    GRADE_LABELS,
    MEDIA,
    MOST_BYTES,
    USUAL_PURPOSE,
    Grade,
    check_grade,
    read_sealed,
    usual_grade,
)
from station_app.domain.cases import Case
from station_app.domain.effects import Effects
from station_app.domain.errors import StationError
from station_app.domain.forms import Field
from station_app.domain.lanes import Lane
from station_app.domain.people import Role


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    sealed = read_sealed(form["file"])
    if sealed.media not in MEDIA or sealed.size > MOST_BYTES:
        raise StationError("attachment-unread")
    level = context.office.level
    grade = Grade(form["grade"]) if form["grade"] else usual_grade(level)
    check_grade(grade, level)
    material = form["material"] or ""
    remark = {
        "kind": ATTACHMENT,
        **sealed.to_json(),
        "material": material,
        "grade": grade.value,
        "checked_by": context.worker.name,
        "on": context.today.isoformat(),
        "purpose": form["purpose"] or USUAL_PURPOSE,
        "text": f"{material}（{sealed.name}）" if material else sealed.name,
    }
    if form["expires"]:
        remark["expires"] = form["expires"].isoformat()
    return Effects(remark=remark)


ACTION = CaseAction(
    code="attach",
    label="添加附件",
    help="添加材料的扫描件或照片，写明是哪份材料、有没有和原件核对过。件在谁手里都可以加。",
    turn=Turn.VIEWER,
    roles=frozenset({Role.AGENT, Role.CLERK, Role.REVIEWER, Role.APPROVER}),
    from_states=frozenset(),
    fields=(
        Field("file", "文件", "object"),
        Field("material", "对应材料", required=False),
        Field(
            "grade",
            "可信等级",
            "choice",
            required=False,
            choices={grade.value: label for grade, label in GRADE_LABELS.items()},
        ),
        Field("purpose", "用途（印在图上）", required=False, max_length=60),
        Field("expires", "证照有效期至", "date", required=False),
    ),
    apply=_apply,
    lane=Lane.OPEN,
    takes_files=True,
)
