"""What went wrong in the field for others, and the tests in which it may not go wrong here: each of them is there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HISTORIES = {
    "the line dies between the center's commit and its reply, of whichever call": (
        "reliability/test_center.py::test_a_push_whose_reply_never_came_is_pushed_again_and_stored_once",
        "reliability/test_center.py::test_a_pull_whose_reply_never_came_is_pulled_again_in_full",
        "reliability/test_center.py::test_an_enrolment_whose_answer_never_came_succeeds_with_the_same_command",
        "reliability/test_center.py::test_an_activation_whose_answer_never_came_succeeds_with_the_same_command",
        "e2e/test_carrier.py::test_what_is_relayed_while_the_line_dies_is_relayed_again_and_counts_once",
        "reliability/test_attachments.py::test_an_upload_cut_every_64_kb_arrives_and_sends_hardly_a_byte_twice",
    ),
    "a hundred items are more than a request may hold": (
        "reliability/test_histories.py::test_a_hundred_items_over_the_body_limit_still_drain",
        "exchange/test_station.py::test_a_batch_that_is_too_large_is_halved_down_to_one_event_and_then_given_up",
    ),
    "five thousand wait, and the first fifty are taken for all": (
        "reliability/test_long_queue.py::"
        "test_a_long_queue_over_a_line_that_breaks_is_not_called_done_before_the_last_event_is_there",
    ),
    "what was written during an upload is taken for sent by its reply": (
        "reliability/test_histories.py::test_an_edit_made_during_the_upload_is_not_marked_sent_by_the_old_reply",
    ),
    "an event comes before the one it follows, or that one never comes": (
        "simulate/test_histories.py::test_an_event_that_arrives_before_its_predecessor_waits_for_it",
        "simulate/test_histories.py::test_an_event_whose_predecessor_never_arrives_is_kept_and_its_author_told_why",
    ),
    "one among five hundred can't be read, one has nothing it could follow": (
        "exchange/test_intake.py::test_a_header_that_cannot_be_read_among_five_hundred_stops_nothing",
        "exchange/test_intake.py::test_an_event_ahead_of_its_chain_waits_for_the_one_before",
    ),
    "a village comes below another township with twenty events unsent, by network and by package": (
        "simulate/test_histories.py::test_a_village_moves_with_twenty_unsent_events",
        "e2e/test_carrier.py::test_a_village_with_twenty_unsent_events_moves_to_another_township_by_package",
    ),
    "a rebuild is interrupted at any step, and once more": (
        "reliability/test_rebuild.py::test_a_rebuild_interrupted_at_every_step_twice_in_a_row_goes_on_where_it_was",
    ),
    "asking back and accepting race in every order, and a step fails halfway": (
        "simulate/test_histories.py::test_asking_back_races_accepting_in_every_order_with_an_exception_in_each_step",
        "reliability/test_race.py::"
        "test_whatever_fails_in_a_race_of_asking_back_and_accepting_one_office_has_the_case_and_all_agree",
    ),
    "a PC is switched on after half a year and brings closed cases back": (
        "simulate/test_histories.py::test_a_pc_that_is_switched_on_after_six_months_learns_that_the_case_was_closed",
        "reliability/test_histories.py::test_a_closed_case_does_not_come_back_from_a_pc_switched_on_after_6_months",
    ),
    "the file of an attachment never comes": (
        "reliability/test_attachments.py::test_the_case_reaches_the_county_though_its_file_never_comes",
    ),
    "printed without a line, killed, and opened again": (
        "reliability/test_histories.py::test_printed_offline_killed_and_reopened_status_and_number_are_unchanged",
    ),
    "a second worker on the same PC": (
        "center/test_second_worker.py::"
        "test_the_second_cadre_on_the_same_pc_sees_the_own_queue_only_the_firsts_is_intact",
    ),
    "the center, a station or both are put back to yesterday": (
        "simulate/test_histories.py::test_what_is_restored_to_yesterday_gets_back_all_that_any_other_machine_still_has",
        "e2e/test_city_restored.py::test_what_is_put_back_to_yesterday_while_the_city_goes_on_gets_everything_back",
    ),
    "two PCs of one disk image are used for a week": (
        "simulate/test_two_copies.py::test_two_pcs_of_one_disk_image_used_for_a_week_lose_nothing",
    ),
    "the clock shows 2009, or three days ahead": (
        "simulate/test_histories.py::test_with_a_wrong_clock_entry_works_and_the_order_is_right",
        "reliability/test_clock.py::test_entry_and_exchange_work_with_a_wrong_clock_which_is_told_with_its_offset",
        "reliability/test_clock.py::test_the_order_of_steps_does_not_rest_on_clocks",
    ),
    "a very slow line, and a login page in place of the center": (
        "reliability/test_line.py::test_twenty_cases_drain_over_23_kbit_with_600_ms_and_resets",
        "reliability/test_line.py::test_a_login_page_in_the_line_is_told_by_its_own_code_and_nothing_is_sent_or_lost",
        "reliability/test_line.py::test_a_login_page_on_a_plain_line_is_called_a_login_page",
    ),
    "something deletes local rows that nobody has thought of": (
        "house/test_deletions.py::test_every_path_that_deletes_local_rows_is_listed_with_its_reason",
        "house/test_deletions.py::test_every_path_by_which_a_file_goes_is_listed_with_its_reason",
        "house/test_deletions.py::test_every_deletion_of_what_people_wrote_is_logged_and_nothing_else",
        "house/test_deletions.py::test_every_path_that_deletes_is_covered",
    ),
    "the carrier does not return, returns twice, returns with an older receipt after a newer one": (
        "e2e/test_carrier.py::test_a_carrier_who_never_returns_costs_nothing_but_the_way",
        "e2e/test_carrier.py::test_a_carrier_who_returns_twice_changes_nothing_the_second_time",
        "e2e/test_carrier.py::test_an_older_receipt_after_a_newer_one_takes_nothing_back",
    ),
}


@pytest.mark.parametrize("history", HISTORIES)
def test_what_went_wrong_for_others_has_its_tests(history: str) -> None:
    for named in HISTORIES[history]:
        file, _, test = named.partition("::")
        tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
        assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, named
