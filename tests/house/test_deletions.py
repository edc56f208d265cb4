"""Every place where rows of a store are taken out or overwritten is listed here, with its reason and its test."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STORAGE = ROOT / "station_app" / "storage"
_WORDS = ("DELETE", "DROP TABLE", "OR REPLACE", "TRUNCATE")

# Module and function, why that loses nothing, and the test that shows it. The journal, the outbox, receipts, the print
# log and the looks at what is masked are in none of them: their rows are never deleted; bodies alone go.
REASONS = {
    "beside.py:_drop": (
        "projections alone, and in the same transaction others that are whole take their place, or half-made ones go",
        "test_a_rebuild_makes_what_a_fresh_fold_makes_and_touches_nothing_else",
    ),
    "settings_table.py:drop_setting": (
        "only the note of how far a rebuild has come, when it is done",
        "test_two_rebuilds_at_once_do_it_once",
    ),
    "projector.py:_put_clocks": (
        "what runs on a case is written anew with each fold",
        "test_clocks_that_no_longer_run_are_gone",
    ),
    "projector.py:_wording": (
        "the words of a case are written anew when they change",
        "test_a_case_is_no_longer_found_by_what_it_was",
    ),
    "case_checks.py:_word_sums": (
        "only a temporary view of the index of words, made for one comparison",
        "test_what_was_just_written_has_no_fault_however_often_it_was_written",
    ),
    "shared_set.py:show_again": (
        "the note to forget a subject, which the office sees again; its bodies come by the same feed",
        "test_a_subject_seen_again_has_its_words_again",
    ),
    "shared_set.py:call_back": (
        "the mark that a subject is put away; its events stay, and count again",
        "test_what_is_called_back_counts_again_with_what_came_meanwhile",
    ),
    "shared_set.py:call_all_back": (
        "the same marks, in a new numbering of the feed",
        "test_in_a_new_numbering_everything_counts_again",
    ),
    "feeds_put_away.py:call_back": (
        "the mark that a subject is put away in a feed; the rows stay, and come again",
        "test_a_new_event_calls_back_what_it_is_about_before_it_comes",
    ),
    "feeds_put_away.py:drop_put_away": (
        "the same marks, at a center that was restored",
        "test_a_restored_center_has_nothing_put_away",
    ),
    "shared_set.py:_release": (
        "what was held aside has come again as good, and is in the journal in the same transaction",
        "test_what_was_held_and_comes_again_as_good_counts_once_and_is_held_no_more",
    ),
    "shared_set.py:_forget_bodies": (
        "what others wrote on a case that this office sees no more, once nothing of its own waits; the center has it",
        "test_a_subject_seen_again_has_its_words_again",
    ),
    "journal.py:erase_bodies": (
        "what a center has removed at the end of retention, ordered by two persons: the one delete function",
        "test_every_body_but_rulings_goes_and_all_that_is_signed_stays",
    ),
    "removal_tables.py:forget_errand": (
        "by what a case is found as a second errand, when its contents are removed",
        "test_what_has_the_words_of_the_person_beside_the_journal_goes_too",
    ),
    "engine.py:_empty_log": (
        "only the log of what is in the file already, so that what was erased is not left in it",
        "test_nothing_is_left_in_any_page_of_a_station_s_files",
    ),
    "local_notes.py:drop_draft": (
        "the worker has registered the case, or has thrown the draft away",
        "test_a_draft_goes_with_the_case_that_came_of_it",
    ),
}


def _empties(node: ast.AST) -> bool:
    """Tell whether it sets a column of bodies to nothing."""
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return any(k.arg == "body" and isinstance(k.value, ast.Constant) and k.value.value is None for k in keywords)


def deletions(source: str, name: str) -> Iterator[str]:
    """Yield module and function of each deletion in a source."""
    for scope in ast.walk(ast.parse(source)):
        if isinstance(scope, ast.FunctionDef):
            calls = (node for node in ast.walk(scope) if isinstance(node, ast.Call))
            texts = (node.value for node in ast.walk(scope) if isinstance(node, ast.Constant))
            deletes = any(isinstance(call.func, ast.Name) and call.func.id == "delete" for call in calls)
            said = any(word in text for text in texts if isinstance(text, str) for word in _WORDS)
            if deletes or said or any(_empties(node) for node in ast.walk(scope)):
                yield f"{name}:{scope.name}"


def test_every_path_that_deletes_local_rows_is_listed_with_its_reason() -> None:
    found = {place for file in STORAGE.glob("*.py") for place in deletions(file.read_text("utf-8"), file.name)}
    assert found == set(REASONS)


def test_every_path_that_deletes_local_rows_is_covered() -> None:
    tests = "".join(file.read_text("utf-8") for file in (ROOT / "tests").rglob("test_*.py") if file != Path(__file__))
    assert [test for _, test in REASONS.values() if f"def {test}(" not in tests] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(c):\n c.execute(delete(OutboxRow))", ["m:f"]),
        ("def f(c):\n c.exec_driver_sql('DELETE FROM events')", ["m:f"]),
        ("def f(c):\n c.execute(select(OutboxRow))", []),
        ("def f(c):\n c.execute(update(EventRow).values(body=None))", ["m:f"]),
    ],
)
def test_the_search_for_deletions_sees_them(source: str, found: list[str]) -> None:
    assert list(deletions(source, "m")) == found
