"""The center's tables about what people do at the center itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from station_app.storage.rows import Base


class PhoneRoundRow(Base):
    """At a center: which code by telephone is the next for a worker of a PC. No code is stored."""

    __tablename__ = "phone_rounds"

    device: Mapped[str] = mapped_column(String(32), primary_key=True)
    person: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int]
    public: Mapped[bytes] = mapped_column(LargeBinary)
    issued: Mapped[bool]


class AuditRow(Base):
    """At a center: what was done there itself, by whom and when; rows are never changed or deleted."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[str] = mapped_column(String(32))
    what: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column(String(200))
    second: Mapped[str] = mapped_column(String(200))
    about: Mapped[Any] = mapped_column(JSON)


PEOPLE = (PhoneRoundRow, AuditRow)
