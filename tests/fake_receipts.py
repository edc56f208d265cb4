"""The receipts of a store in memory, a station's or a center's."""

from __future__ import annotations

from typing import Any

from station_app.protocol.signed import Signed, last_of


class MemoryReceipts:
    """Receipts by the outbox number that they vouch for."""

    tables: Any

    def save_receipt(self, receipt: Signed) -> None:
        self.tables.receipts[int(receipt.value()["link"])] = receipt

    def last_receipt(self, numbering: str) -> Signed | None:
        return last_of((self.tables.receipts[link] for link in sorted(self.tables.receipts, reverse=True)), numbering)
