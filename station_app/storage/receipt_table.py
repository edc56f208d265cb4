"""What a center has signed to have taken in, at a station and at a county's center alike."""

from __future__ import annotations

from sqlalchemy import select

from station_app.protocol.signed import Signed, last_of
from station_app.storage.rows import ReceiptRow
from station_app.storage.settings_table import SettingTable
from station_app.storage.upserts import put_row

_LAST_FIRST = select(ReceiptRow.payload, ReceiptRow.signature).order_by(ReceiptRow.link.desc())


class ReceiptTable(SettingTable):
    """Receipts by the outbox number that they vouch for."""

    def save_receipt(self, receipt: Signed) -> None:
        values = {"payload": receipt.payload, "signature": receipt.signature}
        put_row(self._connection, ReceiptRow, link=int(receipt.value()["link"]), **values)

    def last_receipt(self, numbering: str) -> Signed | None:
        rows = self._connection.execute(_LAST_FIRST)
        return last_of((Signed(row.payload, row.signature) for row in rows), numbering)
