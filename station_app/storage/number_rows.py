"""The center's tables about numbers: blocks of 文号 that were leased, and numbers that stand in facts of cases."""

from __future__ import annotations

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from station_app.storage.rows import Base


class LeaseRow(Base):
    """At a center: blocks of numbers, each leased to one epoch of a PC for good."""

    __tablename__ = "number_leases"
    __table_args__ = (Index("number_leases_epoch", "device", "epoch"),)

    series: Mapped[str] = mapped_column(String(64), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
    org: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(32))
    epoch: Mapped[str] = mapped_column(String(16))
    leased_at: Mapped[str] = mapped_column(String(32))


class UsedNumberRow(Base):
    """At a center: the numbers that stand in the facts of cases, by the event that set them."""

    __tablename__ = "used_numbers"
    __table_args__ = (Index("used_numbers_place", "series", "year", "number"),)

    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    series: Mapped[str] = mapped_column(String(64))
    year: Mapped[int]
    number: Mapped[int]
    org: Mapped[str] = mapped_column(String(64))
    case_id: Mapped[str] = mapped_column(String(32))


class CaseNumberRow(Base):
    """At a center: cases by their 代办登记号, which says of nobody who it is."""

    __tablename__ = "case_numbers"

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(32), primary_key=True)


NUMBERS = (LeaseRow, UsedNumberRow, CaseNumberRow)
