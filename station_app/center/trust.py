"""Which records of which center count here: its own, and those of centers that it knows, each for its own offices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from station_app.center.ports import CenterParts, CenterStore
from station_app.domain.organisations import Organisations
from station_app.exchange.inbox import CREDENTIAL_CONTEXT, DOCUMENT_CONTEXT
from station_app.exchange.uplink import may_relay
from station_app.protocol.signed import Signed, read_credential, read_document
from station_app.usecases.center_ports import CENTERS, Station
from station_app.usecases.run_center import ELSEWHERE, ORGANISATIONS, told_elsewhere


def learn_credentials(store: CenterStore, parts: CenterParts, found: Sequence[Signed]) -> None:
    """Keep credentials that came with events; another center's only for an office that it serves, or has served."""
    here = store.setting("center")["org"]
    for signed in found:
        signer = signer_of(store, parts, CREDENTIAL_CONTEXT, signed)
        org = read_credential(signed.payload).org
        if signer == here or (signer and may_relay(store.organisations(), signer)(org)):
            store.save_credential(signed)


def hear_documents(store: CenterStore, parts: CenterParts, station: Station, found: Sequence[Signed]) -> None:
    """Keep what a county's center says of its own offices; of others it has nothing to say."""
    for signed in found:
        if signer_of(store, parts, DOCUMENT_CONTEXT, signed) != station.org:
            continue
        document = read_document(signed)
        if document.kind != ORGANISATIONS or document.number <= heard(store, station.org):
            continue
        tree = Organisations.from_json(document.content[ORGANISATIONS])
        leaving, disputed = _leaving(store, station.org), _disputed(store, station.org, tree)
        served = [o for o in tree if tree.is_served_by(o.code, station.org) or o.code in leaving]
        own = [office.to_json() for office in served if office.code not in disputed]
        store.save_setting(_heard(station.org), document.number)
        told_elsewhere(store, parts.clerk, station.org, own)


def _leaving(store: CenterStore, county: str) -> set[str]:
    """Return the offices that only this county has told of: where one moves away, it is known until the next claims it.

    Were it in no tree for a while, what its old center still relays of it would be refused for good.
    """
    elsewhere = store.setting(ELSEWHERE) or {}
    claimed = {entry["code"] for by, entries in elsewhere.items() if by != county for entry in entries}
    return {entry["code"] for entry in elsewhere.get(county, ())} - claimed


def _disputed(store: CenterStore, county: str, tree: Organisations) -> set[str]:
    """Return the offices that another county has told of, and that have not come from there for all this one knows.

    It was restored to before they moved away, or its operator has not heard of it yet; were both believed in turn, they
    would contradict each other for ever.
    """
    elsewhere = store.setting(ELSEWHERE) or {}
    others = [entry for by, entries in elsewhere.items() if by != county for entry in entries]
    return {entry["code"] for entry in others if entry["code"] in tree and _differs(tree, entry)}


def _differs(tree: Organisations, entry: Mapping[str, Any]) -> bool:
    office = tree.get(entry["code"])
    return entry.get("parent") not in (office.parent, *office.former_parents)


def heard(store: CenterStore, county: str) -> int:
    """Return the number of a county's organisations document that is here, 0 before the first."""
    return int(store.setting(_heard(county)) or 0)


def _heard(county: str) -> str:
    return f"heard:{county}"


def signer_of(store: CenterStore, parts: CenterParts, context: str, signed: Signed) -> str:
    """Return the office of the center that signed a record, "" where none did that is known here."""
    own = (store.setting("center")["org"], parts.public_key)
    others = [(entry["org"], bytes.fromhex(entry["public_key"])) for entry in store.setting(CENTERS) or []]
    signers = (org for org, key in (own, *others) if parts.verify(key, context, signed.payload, signed.signature))
    return next(signers, "")
