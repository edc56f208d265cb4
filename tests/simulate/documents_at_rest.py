"""What must hold of the reference documents at rest (docs/sync.md, invariants)."""

from __future__ import annotations

from station_app.center.healing import KINDS
from station_app.protocol.signed import read_document
from station_app.usecases.office_key import kind_of
from tests.simulate.invariants import require
from tests.simulate.machines import Pc


def check_documents(pc: Pc) -> None:
    """I5: a PC goes by what its center has published last of each kind, and not by another one of that number.

    But where nothing has shown its center that it was set back (docs/sync.md §7), a PC may have a newer one.
    """
    if pc.link().standing:
        return
    with pc.store.read() as own, pc.boss.store.read() as book:
        for kind in (*KINDS, kind_of(pc.org)):
            here, there = own.document(kind), book.document(kind)
            same = here is not None and there is not None and here.signed.payload == there.payload
            both = pc.boss.is_unaware and here is not None and there is not None
            newer = both and here.number > read_document(there).number
            require(same or newer or there is None, "I5", f"{pc.name} goes by other {kind} than {pc.boss.name}")
