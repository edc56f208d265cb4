"""What the benches count, and that a limit which is not held ends in status 1 and is named."""

from __future__ import annotations

import http.server
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import floor, new_calendar
from tests.bench.bounds import pull_bound, push_bound
from tests.bench.line import MOST_BYTES, quiet
from tests.bench.results import Figure, figure_in, finish
from tests.bench.storm import Asker, Figures, judged, make_asker, storm

ANSWERS = {"a": (503, b'{"code": "database-busy"}'), "b": (500, b"oops"), "c": (429, b"[]"), "d": (200, b"")}


def unheld(figures: list[Figure]) -> list[str]:
    return [figure.name for figure in figures if not figure.held]


def test_a_limit_that_is_not_held_ends_in_1_and_each_figure_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    figures = [Figure("上传", "1 events/s", 2.5), Figure("bytes", "9", limit="at most 8", held=False)]
    assert (finish(figures), finish(figures[:1])) == (1, 0)
    assert [figure_in(line) for line in capsys.readouterr().out.splitlines()] == [*figures, figures[0]]
    assert figure_in("push  1 events/s") is None


@pytest.mark.parametrize(
    ("posts", "connections", "most", "broken"),
    [
        ([1, 1], 1, MOST_BYTES, []),
        ([1, 1], 1, MOST_BYTES + 1, ["nothing new: bytes"]),
        ([1, 2], 1, MOST_BYTES, ["nothing new: POSTs"]),
        ([1, 0], 1, MOST_BYTES, ["nothing new: POSTs"]),
        ([1, 1], 2, MOST_BYTES, ["nothing new: POSTs"]),
    ],
)
def test_nothing_new_is_one_post_on_one_connection(
    posts: list[int], connections: int, most: int, broken: list[str]
) -> None:
    assert unheld(quiet(posts, connections, most)) == broken


@contextmanager
def answering() -> Iterator[int]:
    """A center that answers each device as `ANSWERS` says, and others not at all."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            device = self.headers["Device"]
            if device in ANSWERS:
                status, body = ANSWERS[device]
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def asker(device: str) -> Asker:
    return replace(make_asker(0, 3), body=b"body", headers={"Device": device})


def test_a_storm_names_what_was_answered_5xx_or_not_at_all() -> None:
    with answering() as port:
        figures = storm(port, [asker(device) for device in ("a", "a", "b", "c", "d", "silent")], 2)
    cut_off = "no answer, RemoteDisconnected"
    assert figures.faults == Counter({"503 database-busy": 2, "500": 1, "429": 1, cut_off: 1})
    _, broken, taken_in = judged("PG", figures, figures, [asker("d")], {"events": 5, "cases": 2, "refused": 0})
    assert (broken.held, broken.found) == (False, f"1 x 500, 2 x 503 database-busy, 1 x {cut_off}")
    assert taken_in.limit == "all, none refused"


def test_a_storm_without_faults_holds_and_one_that_lost_an_event_does_not() -> None:
    askers = [make_asker(number, 3) for number in range(2)]
    figures = Figures(1.0, [0.1, 0.1], 6, Counter({"429 center-busy": 1}))
    all_of_it = {"events": 10, "cases": 4, "refused": 0}
    assert unheld(judged("PG", figures, figures, askers, all_of_it)) == []
    for lacking in ({"events": 9}, {"cases": 3}, {"refused": 1}):
        assert unheld(judged("PG", figures, figures, askers, all_of_it | lacking)) == ["PG: taken in and ruled on"]


def test_a_floor_that_leaves_nothing_out_is_found_out() -> None:
    whole, kept = floor.Fetched(1000, 9000, True), floor.Fetched(120, 1000, True)
    assert unheld(floor.judged(whole, kept, 0.1)) == []
    assert unheld(floor.judged(whole, whole, 0.1)) == ["events that it fetches"]
    assert unheld(floor.judged(whole, floor.Fetched(100, 900, False), 0.1)) == ["equal to the center"]


def test_a_calendar_takes_no_more_transactions_than_slices() -> None:
    for slices, broken in ((5, []), (6, ["transactions"])):
        took = {"at once": (1.0, 2, 0.5), "in slices": (2.0, slices, 0.1)}
        assert unheld(new_calendar.judged(took, 100)) == broken


def test_the_bounds_move_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bench.bounds.A_BODY", 2)
    rows = [("h" * 900, "s", "p", f"内容 {number}") for number in range(5)]
    for bound in (push_bound, pull_bound):
        folder = tmp_path / bound.__name__
        folder.mkdir()
        assert bound(rows, folder) > 0
