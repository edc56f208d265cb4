"""Organisations as CSV text: all of it or nothing, with the line of every fault."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from io import StringIO

from station_app.domain.faults import Fault, Severity, has_errors
from station_app.domain.organisations import Level, Organisation, Organisations

COLUMNS = ("code", "name", "level", "parent", "kind", "valid_from", "valid_to", "successor", "phone", "short_name")
_REQUIRED = frozenset(COLUMNS[:4])
_LONGEST_CODE = 64
_LONGEST_NAME = 100
_LONGEST_PHONE = 40
_SHORT_NAME = re.compile(r"[^\s〔〕]{0,20}")

Row = dict[str, str]


def parse_organisations(
    text: str, existing: Organisations | None = None
) -> tuple[Organisations | None, tuple[Fault, ...]]:
    """Return the known organisations with those of the file added or replaced, and every fault with its line.

    The first result is None when there is an error: a file is taken whole or not at all.

    Args:
        text: CSV with the columns `code,name,level,parent`, and of the others in COLUMNS as many as are wanted; BOM or
            not.
        existing: what is known already; parents and successors may be among them.
    """
    rows, faults = _rows(text.removeprefix("\ufeff"))
    found: dict[str, tuple[int, Organisation]] = {}
    for line, row in rows:
        problems = list(_row_faults(row, found))
        faults += [Fault(column, code, params, line=line) for column, code, params in problems]
        if not problems:
            found[row["code"]] = (line, _organisation(row))
    members = {member.code: member for member in existing or ()} | {code: member for code, (_, member) in found.items()}
    named = {row.get("code", "") for _, row in rows}
    for line, member in found.values():
        faults += _tree_faults(line, member, members, named)
    faults += _displaced(existing, found, members)
    result = None if has_errors(faults) else Organisations(members.values())
    return result, tuple(sorted(faults, key=lambda fault: fault.line or 0))


def _rows(text: str) -> tuple[list[tuple[int, Row]], list[Fault]]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        faults = _header_faults(header)
        if faults:
            return [], faults
        rows: list[tuple[int, Row]] = []
        for cells in reader:
            if len(cells) > len(header):
                faults.append(Fault("", "organisation-columns", {"count": len(cells)}, line=reader.line_num))
            elif any(cell.strip() for cell in cells):
                padded = cells + [""] * (len(header) - len(cells))
                rows.append((reader.line_num, {key: cell.strip() for key, cell in zip(header, padded, strict=True)}))
    except csv.Error:
        return [], [Fault("", "organisation-csv", line=reader.line_num)]
    return rows, faults


def _header_faults(header: list[str]) -> list[Fault]:
    missing = sorted(_REQUIRED - {*header})
    faults = [Fault(name, "organisation-column-missing", {"column": name}, line=1) for name in missing]
    unknown = [name for name in header if name not in COLUMNS or header.count(name) > 1]
    return faults + [Fault(name, "organisation-column-unknown", {"column": name}, line=1) for name in unknown]


Problem = tuple[str, str, dict[str, object]]


def _row_faults(row: Row, found: dict[str, tuple[int, Organisation]]) -> Iterator[Problem]:
    code, name, level = row["code"], row["name"], row["level"]
    if not re.fullmatch(rf"\S{{1,{_LONGEST_CODE}}}", code) or not code.isprintable():
        yield "code", "organisation-code", {"code": code[:_LONGEST_CODE], "most": _LONGEST_CODE}
    elif code in found:
        yield "code", "organisation-code-twice", {"code": code, "first": found[code][0]}
    if not 1 <= len(name) <= _LONGEST_NAME:
        yield "name", "organisation-name", {"most": _LONGEST_NAME}
    if level not in list(Level):
        yield "level", "organisation-level", {"level": level[:40], "allowed": "、".join(Level)}
    if len(row.get("phone", "")) > _LONGEST_PHONE:
        yield "phone", "organisation-phone", {"most": _LONGEST_PHONE}
    if not _SHORT_NAME.fullmatch(row.get("short_name", "")):
        yield "short_name", "organisation-short-name", {"most": 20}
    for column in ("valid_from", "valid_to"):
        if not _is_day(row.get(column, "")):
            yield column, "organisation-date", {"value": row[column][:40]}


def _tree_faults(line: int, member: Organisation, members: dict[str, Organisation], named: set[str]) -> Iterator[Fault]:
    if member.valid_from and member.valid_to and member.valid_to < member.valid_from:
        yield Fault("valid_to", "organisation-validity-order", line=line)
    if member.successor and (member.successor == member.code or member.successor not in {*members, *named}):
        yield Fault("successor", "organisation-successor", {"successor": member.successor}, line=line)
    if member.parent is None:
        if member.level.rank > Level.COUNTY.rank:
            yield Fault("parent", "organisation-parent-empty", {"name": member.name}, line=line)
        return
    above = members.get(member.parent)
    if above is None:
        # A parent whose own line is faulty is named there; saying it again for each child would bury the cause.
        if member.parent not in named:
            yield Fault("parent", "organisation-parent-missing", {"parent": member.parent}, line=line)
    elif _in_circle(member, members):
        yield Fault("parent", "organisation-circle", {"name": member.name}, line=line)
    elif above.level.rank >= member.level.rank:
        yield Fault("parent", "organisation-parent-level", {"name": member.name, "parent": above.name}, line=line)
    elif member.level.rank - above.level.rank > 1:
        params = {"name": member.name, "parent": above.name}
        yield Fault("parent", "organisation-level-skipped", params, Severity.WARNING, line)


def _displaced(
    existing: Organisations | None, found: dict[str, tuple[int, Organisation]], members: dict[str, Organisation]
) -> Iterator[Fault]:
    """Yield changed lines that no longer stand above the organisations known below them."""
    for member in existing or ():
        if member.code in found or member.parent not in found:
            continue
        line, above = found[member.parent]
        if members[member.parent].level.rank >= member.level.rank:
            yield Fault("level", "organisation-parent-level", {"name": member.name, "parent": above.name}, line=line)


def _in_circle(member: Organisation, members: dict[str, Organisation]) -> bool:
    seen: set[str] = set()
    code = member.parent
    while code is not None and code in members and code not in seen:
        if code == member.code:
            return True
        seen.add(code)
        code = members[code].parent
    return False


def _is_day(text: str) -> bool:
    if not text:
        return True
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is not None


def _organisation(row: Row) -> Organisation:
    return Organisation.from_json({key: cell for key, cell in row.items() if cell})
