"""Which epoch a PC writes in: opening, closing, and telling a restored backup or a clone from the PC itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from station_app.center.ports import CenterStore
from station_app.exchange.ports import Epoch
from station_app.protocol.exchange_records import ExchangeRequest
from station_app.usecases.center_ports import CenterClerk, Station
from station_app.usecases.tags import free_tag
from station_app.usecases.times import stamp


@dataclass(frozen=True, slots=True)
class Challenge:
    """Nothing is taken in: the PC has to ask again with this nonce.

    Args:
        epoch_known: the epoch under which it asked is known here and can't go on: it is a restored backup or a clone.
        link: the last outbox number taken in under that epoch.
    """

    nonce: str
    epoch_known: bool
    link: int


def admit(
    store: CenterStore, clerk: CenterClerk, station: Station, request: ExchangeRequest, nonce: str
) -> Epoch | Challenge:
    """Return the epoch under which a signed request is served, or what has to be asked first (docs/sync.md §6).

    - The nonce last given (or the one before: its reply may have got lost) under an epoch that is open: the PC itself.
    - Another nonce, or fewer events than were taken in: a backup was restored, or the PC cloned. It is challenged, and
      goes on under a new epoch, which closes the one before.
    - The challenge under an epoch that is open, by a PC that has not met this center since it was restored: the center
      has forgotten what it gave last; the PC goes on under the epoch it has.
    - The nonce last given under an epoch that is closed: both copies are alive. The PC counts as cloned from then on:
      what it brings is taken in, custody events for a person to look at, and it gets no rows until it is enrolled anew.
      A county's center is challenged instead: it was restored once more, and learns of it by that.
    """
    known = store.epoch(station.device, request.epoch)
    if known is None:
        if station.challenge and nonce == station.challenge:
            return _open(store, clerk, station, request)
        return _challenge(store, clerk, station, None)
    goes_on = not known.closed and _is_whole(store, known, request)
    if nonce in (known.nonce, known.previous):
        if known.closed and not station.is_center:
            store.save_station(replace(station, cloned=True))
        if goes_on or (known.closed and not station.is_center):
            return known
    elif goes_on and _has_not_met(store, request):
        if station.challenge and nonce == station.challenge:
            return _go_on(store, station, known)
        return replace(_challenge(store, clerk, station, known), epoch_known=False)
    if nonce == station.challenge:
        # It was given this one to go on with, which it may no more: the other of two copies was here meanwhile.
        return _challenge(store, clerk, replace(station, challenge=""), known)
    return _challenge(store, clerk, station, known)


def admit_carried(
    store: CenterStore, clerk: CenterClerk, station: Station, request: ExchangeRequest
) -> Epoch | Challenge:
    """Return the epoch under which a carried request is served: without a nonce, for it may come late, or again.

    Where the PC has fewer events than were taken in, it was put back, and has to go on under a new epoch (§16).
    """
    known = store.epoch(station.device, request.epoch)
    if known is None:
        return _open_carried(store, clerk, station, request)
    return known if known.closed or _is_whole(store, known, request) else _challenge(store, clerk, station, known)


def _open_carried(store: CenterStore, clerk: CenterClerk, station: Station, request: ExchangeRequest) -> Epoch:
    known = {epoch.epoch: epoch for epoch in store.epochs(station.device)}
    goes_on = known.get(request.forked_from)
    # One that continues an epoch that another has continued already was on the way when the PC was put back.
    overtaken = goes_on is not None and goes_on.closed
    return _open(store, clerk, station, request, overtaken=overtaken)


def _is_whole(store: CenterStore, known: Epoch, request: ExchangeRequest) -> bool:
    """Tell whether the PC has all that was taken in under its epoch."""
    chain = (known.device, known.epoch)
    head = store.heads([chain]).get(chain)
    return head is None or request.seq >= head.seq


def _has_not_met(store: CenterStore, request: ExchangeRequest) -> bool:
    """Tell whether the PC last heard of this center before it was restored."""
    return request.incarnation not in ("", str(store.setting("center")["incarnation"]))


def _challenge(store: CenterStore, clerk: CenterClerk, station: Station, known: Epoch | None) -> Challenge:
    # The same until it is used: a request delivered twice must not change what the PC will name.
    nonce = station.challenge or clerk.entropy(16).hex()
    if nonce != station.challenge:
        store.save_station(replace(station, challenge=nonce))
    return Challenge(nonce, known is not None, known.link if known else 0)


def _go_on(store: CenterStore, station: Station, known: Epoch) -> Epoch:
    store.save_station(replace(station, challenge=""))
    found = replace(known, nonce=station.challenge, previous=station.challenge)
    store.save_epoch(found)
    return found


def _open(
    store: CenterStore, clerk: CenterClerk, station: Station, request: ExchangeRequest, *, overtaken: bool = False
) -> Epoch:
    """Open the epoch that a PC goes on under, which closes those before; one that is overtaken is closed itself."""
    nonce = station.challenge or clerk.entropy(16).hex()
    if not overtaken:
        for before in store.epochs(station.device):
            if not before.closed:
                store.save_epoch(replace(before, closed=True))
        store.save_station(replace(station, challenge=""))
    opened = Epoch(
        device=station.device,
        epoch=request.epoch,
        tag=_tag(store, clerk, station, request),
        nonce=nonce,
        previous=nonce,
        opened_at=stamp(clerk.now()),
        # A center that was restored has lost what came under the numbers before; they go up again.
        link=0 if _has_not_met(store, request) else max(0, request.first_link - 1),
        closed=overtaken,
        forked_from=request.forked_from,
    )
    store.save_epoch(opened)
    return opened


def _tag(store: CenterStore, clerk: CenterClerk, station: Station, request: ExchangeRequest) -> int:
    """Return the digits of a new epoch; one that this center has forgotten keeps those it had, where they are free.

    Until it is given its own, an epoch that continues another names the digits of that one. Where that was forgotten as
    well, a copy of the PC may go on with them. A center prints no numbers.
    """
    if station.is_center:
        return 0
    taken = {epoch.tag for epoch in epochs_of_office(store, station.org)}
    may_be_own = not request.forked_from or store.epoch(station.device, request.forked_from) is not None
    if may_be_own and request.tag not in taken:
        return request.tag
    return free_tag(store, clerk, station.org)


def epochs_of_office(store: CenterStore, org: str) -> Sequence[Epoch]:
    """Return the epochs of all PCs of an office."""
    return [epoch for station in store.stations_of(org) for epoch in store.epochs(station.device)]


def turn_nonce(store: CenterStore, clerk: CenterClerk, epoch: Epoch, named: str, *, forked: bool) -> Epoch:
    """Return the epoch with the nonce for the next request; a new one only when the newest was named.

    Were it new each time, a request delivered twice would leave the PC with one that the center has forgotten.

    Args:
        forked: two different events were found in one place of the chain: whoever comes next under this epoch is
            challenged, so that each copy goes on under an epoch of its own.
    """
    newest = store.epoch(epoch.device, epoch.epoch) or epoch
    if forked:
        untold = clerk.entropy(16).hex()
        store.save_epoch(replace(newest, nonce=untold, previous=untold))
        return newest
    if named != newest.nonce or newest.closed:
        return newest
    turned = replace(newest, nonce=clerk.entropy(16).hex(), previous=newest.nonce)
    store.save_epoch(turned)
    return turned
