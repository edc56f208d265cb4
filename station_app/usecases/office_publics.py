"""The public keys of offices: known to every station, so that what is meant for an office is sealed to it alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from station_app.usecases.center_ports import CenterClerk, Registry
from station_app.usecases.office_key import kind_of

OFFICE_KEYS = "office_keys"
_ELSEWHERE = "office_keys_elsewhere"
_KEY_DIGITS = 64

# By office: `{"version", "public"}`, as the organisations document has it.
Publics = Mapping[str, Mapping[str, Any]]


def public_keys(registry: Registry, clerk: CenterClerk) -> dict[str, Any]:
    """Return the newest public key of each office that has one: of those served here, and as other centers told."""
    told = (registry.setting(_ELSEWHERE) or {}).values()
    elsewhere = {org: key for keys in told for org, key in keys.items()}
    return {**elsewhere, **_own(registry, clerk)}


def _own(registry: Registry, clerk: CenterClerk) -> dict[str, Any]:
    found: dict[str, Any] | None = registry.setting(OFFICE_KEYS)
    if found is not None:
        return found
    # A center that gave out keys before it told of the public ones.
    orgs = {station.org for station in registry.stations()}
    versions = {org: int(registry.setting(kind_of(org)) or 0) for org in sorted(orgs)}
    own = {
        org: _entry(version, clerk.vault.office_public(org, version)) for org, version in versions.items() if version
    }
    registry.save_setting(OFFICE_KEYS, own)
    return own


def _entry(version: int, public: bytes) -> dict[str, Any]:
    return {"version": version, "public": public.hex()}


def note_public_key(registry: Registry, clerk: CenterClerk, org: str, version: int) -> bool:
    """Keep the public key of an office in its newest version; tell whether that is news to be published."""
    own, entry = _own(registry, clerk), _entry(version, clerk.vault.office_public(org, version))
    if own.get(org) == entry:
        return False
    registry.save_setting(OFFICE_KEYS, {**own, org: entry})
    return True


def told_keys(registry: Registry, by: str, found: object, orgs: Collection[str]) -> bool:
    """Keep what another center says of the keys of offices that it speaks for; tell whether that is news.

    Args:
        found: that part of its organisations document, None from a center of before.
        orgs: the offices of which it is believed.
    """
    keys = found if isinstance(found, Mapping) else {}
    good = {org: {name: key[name] for name in ("version", "public")} for org, key in keys.items() if _is_key(key)}
    told, before = {org: key for org, key in good.items() if org in orgs}, registry.setting(_ELSEWHERE) or {}
    if before.get(by, {}) == told:
        return False
    registry.save_setting(_ELSEWHERE, {**before, by: told})
    return True


def _is_key(found: object) -> bool:
    return isinstance(found, Mapping) and public_in(found) is not None


def public_in(entry: Mapping[str, Any]) -> tuple[int, bytes] | None:
    """Return version and raw key of an entry, None for one of another form."""
    version, public = entry.get("version"), entry.get("public")
    if type(version) is not int or version < 1 or not isinstance(public, str) or len(public) != _KEY_DIGITS:
        return None
    try:
        return version, bytes.fromhex(public)
    except ValueError:
        return None
