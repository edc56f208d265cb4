"""The station's state machine: each input in each phase, and the pauses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.exchange.id_sums import IdSum
from station_app.exchange.ports import NOTHING, Link, OwnEpoch, Repair
from station_app.exchange.station import (
    BATCH,
    LONGEST_PAUSE_S,
    MOST_AGAINS,
    PULL_LIMIT,
    REPAIR_AT_ONCE,
    RULING_PAUSE_S,
    Answered,
    AppliedReply,
    Apply,
    Failed,
    Input,
    Load,
    Loaded,
    Phase,
    Rest,
    Send,
    State,
    Wake,
    step,
)
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeReply
from station_app.protocol.signed import Signed

EVENT = Event(b"{}", b"s")
REPLY = ExchangeReply("i1", "n", "t", 0, (), None, 0, (), ())
LOADED = Loaded(Link("i1", 7, "n", 4), OwnEpoch("e" * 16, 0, "", 0), ())
INPUTS: tuple[Input, ...] = (Wake(), LOADED, Answered(REPLY), AppliedReply(more=False), Failed("no-network"))
FITS = {
    (Phase.RESTING, Wake): (Phase.LOADING, Load),
    (Phase.LOADING, Loaded): (Phase.ASKING, Send),
    (Phase.ASKING, Answered): (Phase.APPLYING, Apply),
    (Phase.APPLYING, AppliedReply): (Phase.RESTING, Rest),
}


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("happened", INPUTS, ids=lambda happened: type(happened).__name__)
def test_each_input_in_each_phase(phase: Phase, happened: Input) -> None:
    state = State(interval_s=30.0, phase=phase)
    after, outputs = step(state, happened)
    if isinstance(happened, Failed):
        assert (after.phase, after.failures) == (Phase.RESTING, 1)
        assert [type(output) for output in outputs] == [Rest]
    elif (phase, type(happened)) in FITS:
        next_phase, output = FITS[phase, type(happened)]
        assert (after.phase, [type(entry) for entry in outputs]) == (next_phase, [output])
    else:
        assert (after, outputs) == (state, ())


def test_a_request_names_the_link_the_epoch_and_the_oldest_of_the_outbox() -> None:
    event = Event(b"{}", b"s")
    loaded = replace(LOADED, outbox=((5, event), (6, event)))
    after, (send,) = step(State(30.0, Phase.LOADING), loaded)
    assert isinstance(send, Send)
    request = send.request
    assert (request.incarnation, request.cursor, request.epoch) == ("i1", 7, "e" * 16)
    assert (request.first_link, request.events, request.pull_limit) == (5, (event, event), PULL_LIMIT)
    assert after.sent == 2


@pytest.mark.parametrize(("waiting", "sent", "rows"), [(2, 2, 2), (3, 2, 0)])
def test_no_rows_are_asked_for_while_more_of_the_outbox_is_to_come(waiting: int, sent: int, rows: int) -> None:
    event = Event(b"{}", b"s")
    loaded = replace(LOADED, outbox=tuple((link, event) for link in range(waiting)))
    after, (send,) = step(State(30.0, Phase.LOADING, batch=2), loaded)
    assert isinstance(send, Send)
    assert (len(send.request.events), after.sent, send.request.pull_limit) == (sent, sent, rows)


def test_eight_cases_saved_without_a_network_make_the_pause_no_longer() -> None:
    """Each save tries at once; on market day that made the village wait ten minutes after the line was back."""
    state, pauses = State(60.0), []
    for new_work in (False, *[True] * 8, False):
        state, _ = step(state, Wake(new_work))
        state, (rest,) = step(state, Failed("no-network"))
        assert isinstance(rest, Rest)
        pauses.append(rest.seconds)
    assert pauses == [5] * 9 + [10]


def test_an_empty_outbox_asks_all_the_same_and_names_the_next_link() -> None:
    _, (send,) = step(State(30.0, Phase.LOADING), LOADED)
    assert isinstance(send, Send)
    assert (send.request.events, send.request.first_link) == ((), 5)


def test_while_there_is_more_the_exchange_goes_on_without_a_pause() -> None:
    after, outputs = step(State(30.0, Phase.APPLYING), AppliedReply(more=True))
    assert (after.phase, outputs) == (Phase.LOADING, (Load(BATCH + 1),))


def test_all_done_rests_for_the_interval_and_forgets_failures() -> None:
    after, outputs = step(State(30.0, Phase.APPLYING, failures=4), AppliedReply(more=False))
    assert (after.failures, outputs) == (0, (Rest(30.0),))


@pytest.mark.parametrize(("interval_s", "pause_s"), [(30.0, RULING_PAUSE_S), (0.1, 0.1)])
def test_rulings_about_to_come_are_asked_for_soon(interval_s: float, pause_s: float) -> None:
    _, outputs = step(State(interval_s, Phase.APPLYING), AppliedReply(more=False, pending=True))
    assert outputs == (Rest(pause_s, "ruling-pending"),)


def _pauses(state: State, failures: int, failed: Failed) -> list[float]:
    pauses = []
    for _ in range(failures):
        state, outputs = step(replace(state, phase=Phase.ASKING), failed)
        assert isinstance(outputs[0], Rest)
        assert outputs[0].code == failed.code
        pauses.append(outputs[0].seconds)
    return pauses


def test_pauses_double_up_to_five_minutes() -> None:
    pauses = _pauses(State(30.0), 10, Failed("no-network"))
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300, 300]


def test_with_a_short_interval_the_first_pauses_are_short_as_well() -> None:
    assert _pauses(State(0.5), 4, Failed("no-network")) == [0.5, 1.0, 2.0, 4.0]


def test_the_center_may_ask_for_a_longer_pause_but_not_for_a_shorter_one() -> None:
    assert _pauses(State(30.0), 1, Failed("center-busy", 90.0)) == [90.0]
    assert _pauses(State(30.0), 4, Failed("center-busy", 1.0)) == [5, 10, 20, 40]


@given(jitter=st.floats(0, 1), failures=st.integers(0, 100), retry=st.none() | st.floats(0, 3600))
def test_a_pause_is_never_shorter_than_asked_for_nor_longer_than_half_as_much_again(
    jitter: float, failures: int, retry: float | None
) -> None:
    state = State(30.0, Phase.ASKING, failures=failures)
    plain = step(state, Failed("stalled", retry))[1][0]
    with_jitter = step(state, Failed("stalled", retry, jitter))[1][0]
    assert isinstance(plain, Rest)
    assert isinstance(with_jitter, Rest)
    assert max(retry or 0.0, 5.0) <= plain.seconds <= with_jitter.seconds <= plain.seconds * 1.5
    assert plain.seconds <= max(LONGEST_PAUSE_S, retry or 0.0)


def test_a_batch_that_is_too_large_is_halved_down_to_one_event_and_then_given_up() -> None:
    state, sizes = State(30.0, Phase.LOADING), []
    event = Event(b"{}", b"s")
    while state.phase is Phase.LOADING:
        outbox = tuple((link, event) for link in range(1, min(state.batch, 100) + 1))
        state, _ = step(state, replace(LOADED, outbox=outbox))
        sizes.append(state.sent)
        state, outputs = step(state, Failed("batch-too-large"))
    assert sizes == [100, 50, 25, 12, 6, 3, 1]
    assert outputs == (Rest(5.0, "batch-too-large"),)


def _sizes_when_failing(code: str, tries: int) -> list[int]:
    state, sizes = State(30.0), []
    for _ in range(tries):
        state, _ = step(state, Wake())
        state, _ = step(state, replace(LOADED, outbox=tuple((link, EVENT) for link in range(1, state.batch + 2))))
        sizes.append(state.sent)
        state, outputs = step(state, Failed(code))
        assert [type(output) for output in outputs] == [Rest], "a dead line is not called again at once"
    return sizes


@pytest.mark.parametrize("code", ["no-network", "stalled"])
def test_from_the_second_failure_of_the_line_in_a_row_on_less_is_sent_down_to_a_few_events(code: str) -> None:
    assert _sizes_when_failing(code, 9) == [1000, 1000, 500, 250, 125, 62, 31, 15, 15]


def test_what_is_not_the_lines_fault_is_sent_again_as_it_was() -> None:
    assert _sizes_when_failing("center-busy", 4) == [1000] * 4


def test_a_line_that_brings_no_more_than_sixty_events_through_drains_a_thousand() -> None:
    waiting, state, tries, failed_s = 1000, State(30.0), 0, 0.0
    state, outputs = step(state, Wake())
    while waiting:
        tries += 1
        assert tries <= 100, f"{waiting} events are still waiting"
        if isinstance(outputs[0], Rest):
            failed_s += outputs[0].seconds
            state, outputs = step(state, Wake())
        state, _ = step(state, replace(LOADED, outbox=tuple((link, EVENT) for link in range(1, waiting + 1))))
        if state.sent > 60:
            state, outputs = step(state, Failed("stalled"))
        else:
            waiting -= state.sent
            state, _ = step(state, Answered(REPLY))
            state, outputs = step(state, AppliedReply(more=waiting > 0))
    assert failed_s <= 900


def test_a_batch_stays_small_after_a_failure_of_the_line_until_eight_have_come_through_in_a_row() -> None:
    """It doubled after every reply: on a line that breaks behind so many bytes, every other request failed."""
    state, sizes = State(30.0, Phase.ASKING, batch=62, sent=62, failures=1), []
    state, _ = step(state, Failed("stalled"))
    for number in range(22):
        state, _ = step(replace(state, phase=Phase.LOADING), replace(LOADED, outbox=((1, EVENT),) * (state.batch + 1)))
        sizes.append(state.sent)
        if number == 4:
            # The line fails again: what came through before counts for nothing.
            state, _ = step(state, Failed("no-network"))
        else:
            state, _ = step(replace(state, phase=Phase.APPLYING), AppliedReply(more=True))
    assert sizes == [31] * 13 + [62, 124, 248, 496, 992, *[BATCH] * 4]


def test_replies_to_requests_that_brought_nothing_say_nothing_of_the_line() -> None:
    state, _ = step(State(30.0, Phase.ASKING, batch=62, sent=62, failures=1), Failed("stalled"))
    for _ in range(20):
        state, _ = step(replace(state, phase=Phase.LOADING), LOADED)
        state, _ = step(replace(state, phase=Phase.APPLYING), AppliedReply(more=False))
    assert state.batch == 31


def test_a_line_that_brings_no_more_than_sixty_rows_back_fills_a_new_pc() -> None:
    """A page of the feed was asked for whole each time, and broke off each time: a new PC had nothing for ever."""
    missing, state, tries = 3000, State(30.0), 0
    while missing:
        tries += 1
        assert tries <= 200, f"{missing} rows are still missing"
        state, _ = step(replace(state, phase=Phase.LOADING), LOADED)
        if min(state.pulled, missing) > 60:
            state, _ = step(state, Failed("stalled"))
        else:
            missing -= min(state.pulled, missing)
            state, _ = step(replace(state, phase=Phase.APPLYING), AppliedReply(more=missing > 0))


@pytest.mark.parametrize("code", ["batch-too-large", "stalled"])
def test_what_is_given_back_and_asked_for_is_made_less_as_well(code: str) -> None:
    """A PC gave five hundred events back to a center that heals, over a line that bore fewer, until it was given up."""
    ids = tuple(str(number) for number in range(600))
    state, sizes = State(30.0), []
    for _ in range(14):
        # What failed is compared anew, and found the same.
        state, (load,) = step(replace(state, phase=Phase.RESTING, repair=Repair(ids, ids)), Wake())
        assert isinstance(load, Load)
        state, (send,) = step(state, replace(LOADED, returns=(EVENT,) * len(load.owed)))
        assert isinstance(send, Send)
        assert len(send.request.wanted) == len(send.request.returns) == len(load.owed)
        sizes.append(len(load.owed))
        state, _ = step(state, Failed(code))
    assert sizes[-1] == (1 if code == "batch-too-large" else 15)
    assert sizes == sorted(sizes, reverse=True)


def test_a_failure_that_is_not_the_lines_keeps_no_batch_small() -> None:
    state, _ = step(State(30.0, Phase.ASKING, batch=100, sent=100), Failed("center-busy"))
    state, _ = step(replace(state, phase=Phase.APPLYING), AppliedReply(more=False))
    assert state.batch == 200


def test_after_a_success_the_batch_grows_again() -> None:
    state, sizes = State(30.0, batch=1), []
    for _ in range(12):
        state, _ = step(replace(state, phase=Phase.APPLYING), AppliedReply(more=False))
        sizes.append(state.batch)
    assert sizes == [2, 4, 8, 16, 32, 64, 128, 256, 512, BATCH, BATCH, BATCH]


def test_five_thousand_queued_are_not_done_after_the_first_batch() -> None:
    waiting, state, exchanges = 5000, State(30.0), 0
    event = Event(b"{}", b"s")
    state, outputs = step(state, Wake())
    while isinstance(outputs[0], Load):
        outbox = tuple((5001 - waiting + n, event) for n in range(min(outputs[0].limit, waiting)))
        state, _ = step(state, replace(LOADED, outbox=outbox))
        state, _ = step(state, Answered(REPLY))
        waiting -= state.sent
        exchanges += 1
        state, outputs = step(state, AppliedReply(more=waiting > 0))
    assert (waiting, exchanges) == (0, 5000 // BATCH)


# -- comparing, repairing, asking again ------------------------------------------------------------------------------


def _applied(state: State, **found: Any) -> tuple[State, Any]:
    after, (output,) = step(replace(state, phase=Phase.APPLYING), AppliedReply(more=False, **found))
    return after, output


def test_a_difference_at_rest_is_compared_at_once_and_only_once_before_the_next_rest() -> None:
    state, load = _applied(State(30.0), differs=True)
    assert load == Load(BATCH + 1, buckets=True)
    state, rest = _applied(state, differs=True)
    assert (rest, state.compared) == (Rest(30.0), False)
    # What nobody can mend now is looked at again next time.
    state, load = _applied(state, differs=True)
    assert isinstance(load, Load)
    assert load.buckets


def test_a_comparison_sends_count_and_sum_of_each_bucket() -> None:
    loaded = replace(LOADED, buckets={"0a": IdSum(2, "b" * 64)})
    _, (send,) = step(State(30.0, Phase.LOADING, compare=True), loaded)
    assert isinstance(send, Send)
    assert send.request.buckets == {"0a": (2, "b" * 64)}
    _, (plain,) = step(State(30.0, Phase.LOADING), LOADED)
    assert isinstance(plain, Send)
    assert plain.request.buckets is None


@pytest.mark.parametrize(("lacks", "slices"), [(0, 0), (1, 1), (REPAIR_AT_ONCE, 1), (2 * REPAIR_AT_ONCE + 1, 3)])
def test_what_a_comparison_found_is_worked_off_in_slices(lacks: int, slices: int) -> None:
    wanted = tuple(f"{number:064x}" for number in range(lacks))
    owed = tuple(f"{number:064x}" for number in range(1000, 1000 + lacks // 2))
    state, output = _applied(State(30.0, compare=True), repair=Repair(wanted, owed))
    asked: list[str] = []
    given: list[str] = []
    while isinstance(output, Load):
        given += output.owed
        assert not output.buckets
        state, (send,) = step(state, LOADED)
        assert isinstance(send, Send)
        assert len(send.request.wanted) <= REPAIR_AT_ONCE
        asked += send.request.wanted
        state, _ = step(state, Answered(REPLY))
        state, output = _applied(state, differs=True)
        slices -= 1
    assert (tuple(asked), tuple(given), slices) == (wanted, owed, 0)
    assert (output, state.repair) == (Rest(30.0), NOTHING)


def test_what_a_request_gives_back_is_named_when_its_reply_is_applied() -> None:
    event = Event(b"{}", b"s")
    state, _ = step(State(30.0, Phase.LOADING), replace(LOADED, returns=(event,)))
    _, (output,) = step(state, Answered(REPLY))
    assert output == Apply(REPLY, (event.event_id,))


def test_what_is_given_back_travels_with_the_credentials_behind_it() -> None:
    event, credential = Event(b"{}", b"s"), Signed(b"{}", b"c")
    loaded = replace(LOADED, returns=(event,), credentials=(credential,))
    _, (send,) = step(State(30.0, Phase.LOADING, repair=Repair(owed=("a" * 64,))), loaded)
    assert isinstance(send, Send)
    assert (send.request.returns, send.request.credentials) == ((event,), (credential,))


def test_a_failure_forgets_a_repair_and_the_next_exchange_compares_anew() -> None:
    state = State(30.0, Phase.ASKING, compare=True, compared=True, repair=Repair(("a" * 64,)))
    after, _ = step(state, Failed("no-network"))
    assert (after.compare, after.compared, after.repair) == (False, False, NOTHING)


def test_who_is_asked_to_ask_again_does_so_without_a_pause_and_not_for_ever() -> None:
    state, outputs = State(30.0), []
    for _ in range(MOST_AGAINS + 1):
        state, output = _applied(state, again=True)
        outputs.append(output)
    assert outputs == [*[Load(BATCH + 1, present=True)] * MOST_AGAINS, Rest(5.0, "nonce-unknown")]
    assert (state.failures, state.agains) == (1, 0)


def test_an_answer_in_between_begins_the_count_of_agains_anew() -> None:
    state = State(30.0)
    for _ in range(2):
        for _ in range(MOST_AGAINS):
            state, output = _applied(state, again=True)
            assert isinstance(output, Load)
        state, _ = _applied(state)
        assert state.agains == 0


def test_asking_again_keeps_the_comparison_that_was_under_way() -> None:
    state, load = _applied(State(30.0, compare=True), again=True)
    assert state.compare
    assert load == Load(BATCH + 1, buckets=True, present=True)


def test_a_request_names_how_far_its_epoch_has_got_and_where_it_comes_from() -> None:
    loaded = replace(LOADED, own=OwnEpoch("a" * 16, 8, "e" * 16, 42))
    _, (send,) = step(State(30.0, Phase.LOADING), loaded)
    assert isinstance(send, Send)
    request = send.request
    assert (request.epoch, request.seq, request.forked_from, request.tag) == ("a" * 16, 8, "e" * 16, 42)
