"""A forgotten PIN by telephone, at the center: keys for the PCs, and the code that two administrators read out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from station_app.domain.errors import StationError
from station_app.domain.people import Worker
from station_app.usecases.center_ports import Account, AuditEntry, CenterClerk, PhoneRound, Registry
from station_app.usecases.holding import is_revoked
from station_app.usecases.times import stamp
from station_app.usecases.two_persons import require_two_administrators

PIN_RESET = "pin-reset"
# Codes that may have been read out since the backup that a center was restored from.
ROUNDS_AHEAD = 10
Matches = Callable[[str, str, int], bool]


@dataclass(frozen=True, slots=True)
class ResetCode:
    """The code to read out, and whose PIN it resets: the administrators know by it whom they must have on the line."""

    name: str
    org: str
    device: str
    code: str


def phone_key(registry: Registry, clerk: CenterClerk, device: str, name: str) -> tuple[int, str]:
    """Return round and public key (hex) of the next code for a worker who is being activated on a PC.

    One whose code has been read out is not given again: the code would open what is sealed now.
    """
    account = registry.account_named(name)
    if account is None:
        raise StationError("worker-unknown", name=name)
    person = account.worker.person_id
    held = next((r for r in registry.phone_rounds_of(device) if r.person == person), None)
    current = _next_round(registry, clerk, held) if held else _new_round(registry, clerk, device, person, 1)
    return current.number, current.public.hex()


def phone_keys_of(registry: Registry, clerk: CenterClerk, device: str) -> tuple[tuple[str, int, str], ...]:
    """Return (person, round, public key in hex) for every worker of a PC; the PC keeps what is new to it."""
    rounds = [_next_round(registry, clerk, held) for held in registry.phone_rounds_of(device)]
    return tuple((current.person, current.number, current.public.hex()) for current in rounds)


def _next_round(registry: Registry, clerk: CenterClerk, held: PhoneRound) -> PhoneRound:
    return _new_round(registry, clerk, held.device, held.person, held.number + 1) if held.issued else held


def _new_round(registry: Registry, clerk: CenterClerk, device: str, person: str, number: int) -> PhoneRound:
    made = PhoneRound(device, person, number, clerk.vault.phone_public(device, person, number))
    registry.save_phone_round(made)
    return made


def reset_code(registry: Registry, clerk: CenterClerk, matches: Matches, by: Worker, second: Worker) -> ResetCode:
    """Return the code for a challenge that a worker has read out, and write down who gave it.

    Args:
        matches: tells whether the challenge is that of a device, person and round. The round before the current one
            counts too: another worker's exchange may have brought the next one before this worker typed the code. So
            do some rounds ahead: a center that was restored from a backup may be behind the PC.

    Raises:
        StationError: `two-administrators-needed`, `role-missing`, `challenge-unknown`, `challenge-ambiguous`,
            `worker-disabled`, `device-revoked`.
    """
    require_two_administrators(by, second, "重置 PIN")
    held, number = _meant(registry, matches)
    account = registry.account(held.person)
    if account is None:
        raise StationError("challenge-unknown")
    _require_in_force(account)
    if is_revoked(registry, held.device):
        # Who has such a PC does not get into it by talking two people round.
        raise StationError("device-revoked")
    if number >= held.number:
        # Of one that is read out, the public key is never given again.
        registry.save_phone_round(replace(held, number=number, issued=True))
    about = {"person": held.person, "device": held.device, "round": number}
    entry = AuditEntry(stamp(clerk.now()), PIN_RESET, by.name, second.name, about)
    registry.add_audit(entry)
    code = clerk.vault.phone_code(held.device, held.person, number)
    return ResetCode(account.worker.name, account.worker.org, held.device, code)


def _meant(registry: Registry, matches: Matches) -> tuple[PhoneRound, int]:
    found = [
        (held, number)
        for held in registry.phone_rounds()
        for number in range(max(1, held.number - 1), held.number + ROUNDS_AHEAD + 1)
        if matches(held.device, held.person, number)
    ]
    if not found:
        raise StationError("challenge-unknown")
    if len(found) > 1:
        raise StationError("challenge-ambiguous")
    return found[0]


def _require_in_force(account: Account) -> None:
    if account.disabled:
        raise StationError("worker-disabled", name=account.worker.name)
