"""Which records of which center count here: its own, and of the centers that it knows those of their offices."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from station_app.center.ports import CenterParts, CenterStore
from station_app.domain.organisations import Organisations
from station_app.exchange.inbox import CREDENTIAL_CONTEXT, DOCUMENT_CONTEXT
from station_app.exchange.uplink import may_relay
from station_app.protocol.signed import CENTERS, Signed, read_credential, read_document
from station_app.usecases.center_ports import Station
from station_app.usecases.office_publics import OFFICE_KEYS
from station_app.usecases.other_centers import told_elsewhere
from station_app.usecases.run_center import ELSEWHERE, ORGANISATIONS, organisations_of


def learn_credentials(store: CenterStore, parts: CenterParts, found: Sequence[Signed]) -> None:
    """Keep credentials that came with events; of another center only for offices that it serves, or has served.

    A station shows what it has; what was renewed here since stays.
    """
    here = store.setting("center")["org"]
    for signed in found:
        signer = signer_of(store, parts, CREDENTIAL_CONTEXT, signed)
        credential = read_credential(signed.payload)
        # Of a device that was enrolled here, its own stations can check what this center has signed, and nothing else.
        foreign = store.station(credential.device) is None
        trusted = signer == here or (signer and foreign and may_relay(store.organisations(), signer)(credential.org))
        if trusted and not store.credentials({credential.device}).is_renewed(credential):
            store.save_credential(signed)


def hear_documents(store: CenterStore, parts: CenterParts, station: Station, found: Sequence[Signed]) -> None:
    """Keep what a county's center says of its own offices; of those that others serve it has nothing to say."""
    known = organisations_of(store)
    for signed in found:
        if signer_of(store, parts, DOCUMENT_CONTEXT, signed) != station.org:
            continue
        document = read_document(signed)
        if document.kind != ORGANISATIONS or document.number <= heard(store, station.org):
            continue
        tree = Organisations.from_json(document.content[ORGANISATIONS])
        own = [office.to_json() for office in tree if _is_of(station.org, office.code, tree, known)]
        own += _put_below_others(store, station.org, tree)
        store.save_setting(_heard(station.org), document.number)
        told_elsewhere(store, parts.clerk, station.org, own, document.content.get(OFFICE_KEYS))


def _is_of(county: str, code: str, told: Organisations, known: Organisations) -> bool:
    """Tell whether an office is the county's: by its own word, and by ours neither it nor one above it another's."""
    line = (code, *(above.code for above in told.ancestors(code) if above.code != county))
    own = takewhile(lambda one: told.is_served_by(one, county), line)
    return told.is_served_by(code, county) and all(known.is_served_by(one, county) for one in own)


def _put_below_others(store: CenterStore, county: str, told: Organisations) -> list[dict[str, Any]]:
    """Return what a county had told of offices that it has since put below one that is another's by our word.

    It had not heard of that move; until it has, and takes its own back, its last word on them before that counts.
    """
    known = organisations_of(store)
    before = (store.setting(ELSEWHERE) or {}).get(county, [])
    return [
        entry
        for entry in before
        if (code := entry["code"]) in told
        and known.is_served_by(code, county)
        and not _is_of(county, code, told, known)
        and known.get(code).to_json() == entry
    ]


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
