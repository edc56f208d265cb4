"""The keys of the offices at the center: versions, each wrapped to every PC of the office that is not revoked."""

from __future__ import annotations

from contextlib import suppress

from station_app.domain.errors import StationError
from station_app.exchange.healing_state import is_healing
from station_app.protocol.signed import Document, read_document
from station_app.usecases.center_ports import CenterClerk, Registry, Station
from station_app.usecases.holding import is_revoked
from station_app.usecases.office_key import kind_of, org_of
from station_app.usecases.office_publics import note_public_key
from station_app.usecases.run_center import publish, publish_organisations


def release_office_key(registry: Registry, clerk: CenterClerk, org: str, *, new_version: bool = False) -> int:
    """Publish the office's keys, to its own feed alone, and return the newest version; the first time it makes one.

    The public key of a new version goes to all, with the organisations.

    Args:
        new_version: one that the PC which was revoked just now can't open; the older ones stay for older packages.

    Raises:
        StationError: `record-malformed`: a PC has given a key that nothing can be sealed to.
    """
    kind = kind_of(org)
    before = int(registry.setting(kind) or 0)
    version = before + 1 if new_version or not before else before
    registry.save_setting(kind, version)
    pcs = _pcs_of(registry, org)
    try:
        keys = [
            {
                "version": number,
                "public": clerk.vault.office_public(org, number).hex(),
                "wraps": {pc.device: clerk.vault.office_wrap(org, number, pc.device, pc.box_key).hex() for pc in pcs},
            }
            for number in range(1, version + 1)
        ]
    except ValueError:
        raise StationError("record-malformed", reason="box_key") from None
    publish(registry, clerk, kind, {"keys": keys}, [org])
    if note_public_key(registry, clerk, org, version) and not is_healing(registry):
        publish_organisations(registry, clerk)
    return version


def release_to_new_pcs(registry: Registry, clerk: CenterClerk) -> None:
    """Publish the keys of the offices that have a PC to which they, or the newest of them, are not wrapped yet."""
    for org in sorted({pc.org for pc in registry.stations() if pc.box_key and not is_revoked(registry, pc.device)}):
        document = registry.document(kind_of(org))
        keys = read_document(document).content["keys"] if document else ()
        newest = registry.setting(kind_of(org))
        wrapped = {device for entry in keys if entry["version"] == newest for device in entry["wraps"]}
        if any(pc.device not in wrapped for pc in _pcs_of(registry, org)):
            # What one PC has given for its key must not keep the center from ending its healing.
            with suppress(StationError):
                release_office_key(registry, clerk, org)


def _pcs_of(registry: Registry, org: str) -> list[Station]:
    return [pc for pc in registry.stations_of(org) if pc.box_key and not is_revoked(registry, pc.device)]


def take_back_office_key(registry: Registry, clerk: CenterClerk, document: Document) -> None:
    """Know again how many versions an office has, after a loss; the keys themselves come from the vault."""
    versions = [int(entry["version"]) for entry in document.content["keys"]]
    newest = max([int(registry.setting(document.kind) or 0), *versions])
    registry.save_setting(document.kind, newest)
    note_public_key(registry, clerk, org_of(document.kind), newest)
