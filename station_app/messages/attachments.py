"""Sentences about scans and photos that go with a case, and about the way of their files."""

from __future__ import annotations

SENTENCES = {
    "attachment-unread": "这个附件没有读好。请重新添加一次。",
    "grade-above-village": "“窗口核对过原件”由镇、县来选。村级代办点核对过原件的，请选“代办员核对过原件（村核）”。",
    "grade-of-village": "“代办员核对过原件（村核）”只有村级代办点用。请选“窗口核对过原件”，或者别的等级。",
}
