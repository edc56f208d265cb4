"""Where the program takes rows or files out, or overwrites them: why nothing is lost by it, and the test of that."""

from __future__ import annotations

# Module and function, why that loses nothing, and the test that shows it. The journal, the outbox, receipts, the print
# log and the looks at what is masked are in none of them: their rows are never deleted; bodies alone go.
REASONS = {
    "storage/beside.py:_drop": (
        "projections alone, and in the same transaction others that are whole take their place, or half-made ones go",
        "test_a_rebuild_makes_what_a_fresh_fold_makes_and_touches_nothing_else",
    ),
    "storage/settings_table.py:drop_setting": (
        "only the note of how far a rebuild has come, when it is done",
        "test_two_rebuilds_at_once_do_it_once",
    ),
    "storage/projector.py:_put_clocks": (
        "what runs on a case is written anew with each fold",
        "test_clocks_that_no_longer_run_are_gone",
    ),
    "storage/projector.py:_wording": (
        "the words of a case are written anew when they change",
        "test_a_case_is_no_longer_found_by_what_it_was",
    ),
    "storage/case_checks.py:_word_sums": (
        "only a temporary view of the index of words, made for one comparison",
        "test_what_was_just_written_has_no_fault_however_often_it_was_written",
    ),
    "storage/shared_set.py:show_again": (
        "the note to forget a subject, which the office sees again; its bodies come by the same feed",
        "test_a_subject_seen_again_has_its_words_again",
    ),
    "storage/shared_set.py:call_back": (
        "the mark that a subject is put away; its events stay, and count again",
        "test_what_is_called_back_counts_again_with_what_came_meanwhile",
    ),
    "storage/shared_set.py:call_all_back": (
        "the same marks, in a new numbering of the feed",
        "test_in_a_new_numbering_everything_counts_again",
    ),
    "storage/feeds_put_away.py:call_back": (
        "the mark that a subject is put away in a feed; the rows stay, and come again",
        "test_a_new_event_calls_back_what_it_is_about_before_it_comes",
    ),
    "storage/feeds_put_away.py:drop_put_away": (
        "the same marks, at a center that was restored",
        "test_a_restored_center_has_nothing_put_away",
    ),
    "storage/shared_set.py:_release": (
        "what was held aside has come again as good, and is in the journal in the same transaction",
        "test_what_was_held_and_comes_again_as_good_counts_once_and_is_held_no_more",
    ),
    "storage/shared_set.py:_forget_bodies": (
        "what others wrote on a case that this office sees no more, once nothing of its own waits; the center has it",
        "test_a_subject_seen_again_has_its_words_again",
    ),
    "storage/carried_file_tables.py:drop_carried": (
        "the note that a file is to come, which did not: no receipt says that it came, so it comes again",
        "test_a_package_that_is_cut_anywhere_gives_its_events_and_whole_files_and_the_rest_comes_with_the_next",
    ),
    "storage/carried_file_tables.py:lay_files": (
        "the note of a file that waited for an event that names it; the file stays, known by the event",
        "test_a_kept_file_needs_no_note_once_an_event_names_it",
    ),
    "storage/package_tables.py:drop_parts": (
        "sealed parts of others that have come where they go: a receipt, or the center's answer, says so",
        "test_a_part_goes_once_its_package_is_confirmed_and_that_is_logged",
    ),
    "storage/journal.py:erase_bodies": (
        "what a center has removed at the end of retention, ordered by two persons: the one delete function",
        "test_every_body_but_rulings_goes_and_all_that_is_signed_stays",
    ),
    "storage/removal_tables.py:forget_errand": (
        "by what a case is found as a second errand, when its contents are removed",
        "test_what_has_the_words_of_the_person_beside_the_journal_goes_too",
    ),
    "storage/engine.py:_empty_log": (
        "only the log of what is in the file already, so that what was erased is not left in it",
        "test_nothing_is_left_in_any_page_of_a_station_s_files",
    ),
    "storage/slip_tables.py:_drop": (
        "what a slip said of a case, once its events say the same, or somebody has looked at the difference",
        "test_from_the_printed_page_to_the_counted_batch_and_the_ruled_case",
    ),
    "storage/local_notes.py:drop_draft": (
        "the worker has registered the case, or has thrown the draft away",
        "test_a_draft_goes_with_the_case_that_came_of_it",
    ),
    "storage/file_tables.py:forget_files": (
        "the name of a file whose event has lost its body, once the file is off the disk",
        "test_a_file_is_known_once_its_event_is_taken_in",
    ),
    "storage/attachment_table.py:forget_files": (
        "the same at a station",
        "test_a_village_forgets_the_file_with_the_body_that_named_it",
    ),
    "storage/migrations/to_8.py:migrate": (
        "only the note of how far what came before was looked through: it is looked through once more",
        "test_an_older_store_is_migrated_and_keeps_every_row",
    ),
    "storage/migrations/to_6.py:migrate": (
        "only the note of how far the numbers of before were looked through: they are looked through once more",
        "test_an_older_store_is_migrated_and_keeps_every_row",
    ),
}

# The same of files. Each but the first three is replaced by one that says the same or more, whole or not at all.
FILES = {
    "bootstrap/support_file.py:save_support_file": (
        "the half of a file for support that did not get onto the stick; the one of before stays",
        "test_a_file_that_does_not_get_onto_the_stick_leaves_the_old_one_and_no_half",
    ),
    "bootstrap/backup_folders.py:copy_folder": (
        "the copy that a backup is made from, when it is in the backup or the backup has failed",
        "test_a_backup_killed_anywhere_is_not_there_and_the_next_one_is_whole",
    ),
    "bootstrap/center_backup.py:_staged": (
        "what was laid out of a backup and is not to be a center; the locks of the laying out",
        "test_what_is_no_whole_backup_of_a_center_makes_none",
    ),
    "bootstrap/center_backup.py:_code_of": (
        "what backups are sealed to, where there is none, or somebody has lost the paper and asks for another",
        "test_a_center_s_backup_tells_nothing_without_the_paper",
    ),
    "bootstrap/backup_notes.py:note_backup": (
        "how the last backup of every day went",
        "test_a_backup_that_fails_is_told_and_tried_again_in_an_hour",
    ),
    "carriers/kept_backups.py:_drop": (
        "older backups of this very machine that it named itself, when a newer one lies beside them",
        "test_fourteen_days_are_kept_and_only_own_backups_go",
    ),
    "carriers/backup_writing.py:write_backup": (
        "the file that somebody has named for the backup, once the new one has been read back",
        "test_a_medium_that_refuses_leaves_what_was_there",
    ),
    "carriers/backup_writing.py:_drop": (
        "the half of a backup that did not get onto the stick; the one of before stays",
        "test_somebody_who_stops_it_leaves_nothing",
    ),
    "bootstrap/station_restore.py:_stage": (
        "the half of a backup that was read and could not be put back; what is in use was not touched",
        "test_a_restore_killed_anywhere_is_done_to_its_end_or_not_at_all",
    ),
    "bootstrap/station_restore.py:_keep_notes": (
        "how far the backup was written, in favour of what this PC itself has noted since",
        "test_a_station_put_back_heals_and_names_what_nobody_else_had",
    ),
    "bootstrap/restoring.py:note_ready": (
        "the note of what is to be put aside and what in its place, where there is none yet",
        "test_a_restore_killed_anywhere_is_done_to_its_end_or_not_at_all",
    ),
    "bootstrap/restoring.py:roll_on": (
        "that note, when all of it is done",
        "test_a_restore_killed_anywhere_is_done_to_its_end_or_not_at_all",
    ),
    "bootstrap/restoring.py:_drop_empty": (
        "folders in which nothing lies any more",
        "test_a_restore_killed_anywhere_is_done_to_its_end_or_not_at_all",
    ),
    "bootstrap/restoring.py:_move": (
        "what was here goes under a name with the time, and is kept",
        "test_a_restore_killed_anywhere_is_done_to_its_end_or_not_at_all",
    ),
    "bootstrap/restored_mark.py:save_mark": (
        "in the folder of what is to be put back, where there is none yet",
        "test_a_sign_in_after_a_restore_begins_one_epoch_wherever_it_is_killed",
    ),
    "bootstrap/restored_mark.py:drop_mark": (
        "the journal goes on under the new epoch by then",
        "test_a_sign_in_after_a_restore_begins_one_epoch_wherever_it_is_killed",
    ),
    "bootstrap/station_home.py:forget_activation_key": (
        "the key lies in the worker's slot by then",
        "test_an_activation_cut_short_anywhere_can_be_run_again_with_the_same_code",
    ),
    "storage/reserve.py:give_up": (
        "room that was kept for the day when the disk is full; there is nothing in it",
        "test_on_a_full_disk_the_reserve_lets_the_worker_finish_and_the_outbox_drain",
    ),
    "storage/reserve.py:_make": (
        "what is left of a reserve that was cut off in the making",
        "test_a_disk_with_little_room_is_not_filled_by_the_reserve",
    ),
    "carriers/whole_file.py:write_whole": (
        "a package, request or grant under the same name, by one that was written whole and flushed; it is made again",
        "test_a_full_stick_leaves_the_package_of_before",
    ),
    "keys/key_files.py:write_atomically": (
        "the old file or the new one is there, at each moment",
        "test_a_key_file_killed_in_the_writing_is_the_old_or_the_new_one",
    ),
    "keys/slots.py:create": (
        "a secret that is there is kept",
        "test_a_folder_with_slots_is_never_made_anew_and_a_device_secret_is_kept",
    ),
    "keys/slot_folder.py:write_slots": (
        "the slots with one more, one less, or another count of wrong PINs; never the last way in",
        "test_removing_the_last_way_in_is_refused",
    ),
    "bootstrap/station_home.py:save_identity": (
        "who this PC is, when it has joined",
        "test_an_enrolment_cut_short_anywhere_can_be_run_again_with_the_same_code",
    ),
    "bootstrap/station_home.py:save_written": (
        "how far this PC has written; the note of before stays beside it",
        "test_a_note_that_the_power_failed_on_leaves_the_one_before_it",
    ),
    "bootstrap/station_home.py:save_card": (
        "what the sign-in shows, which can be typed where it is lost",
        "test_an_activation_cut_short_anywhere_can_be_run_again_with_the_same_code",
    ),
    "bootstrap/station_home.py:_kept_secret": (
        "only where there is none: an enrolled PC that has lost its key is told",
        "test_a_lost_key_file_is_told_and_never_replaced_by_a_new_one",
    ),
    "bootstrap/window_station.py:save_settings": (
        "what this PC remembers of its windows",
        "test_each_choice_leaves_the_others_as_they_are",
    ),
    "bootstrap/center_home.py:save_database_address": (
        "where the database is; the file that it was stays, under another name",
        "test_a_move_that_is_cut_short_leaves_one_center_whole",
    ),
    "bootstrap/center_home.py:put_file_away": (
        "renamed and kept, read-only",
        "test_a_moved_center_holds_the_same_and_goes_on",
    ),
    "bootstrap/center_home.py:create_keys": (
        "only those that are not there; a center that has lost one is refused",
        "test_a_center_without_one_of_its_keys_is_refused",
    ),
    "bootstrap/center_home.py:save_authority": (
        "the certificate that goes with the key, made when there was no center here",
        "test_a_center_without_one_of_its_keys_is_refused",
    ),
    "bootstrap/center_server.py:_use_certificate": (
        "a folder of its own, for as long as the certificate of this start is loaded",
        "test_an_exchange_cut_at_any_byte_is_made_again_and_everything_arrives_once",
    ),
    "carriers/shelf.py:put": (
        "a file under its own address: one that is there already has the same bytes",
        "test_a_file_that_is_put_is_here_whole_under_its_address",
    ),
    "carriers/shelf.py:settle": (
        "what has come gets the name of the whole; where it is another file it is sent anew by who has it",
        "test_what_is_as_long_and_another_file_is_thrown_away",
    ),
    "carriers/shelf.py:cut": (
        "the end of a part that is not what its sender has signed; who has the file sends it again",
        "test_a_body_that_is_not_the_signed_one_leaves_nothing",
    ),
    "carriers/shelf.py:drop": (
        "a file of which no event names the key any more; it could not be opened again",
        "test_a_file_that_nothing_names_any_more_goes_whole_or_in_part_and_is_logged",
    ),
    "cli/station_commands.py:print_into": (
        "the file that the worker has named for the paper",
        "test_printed_offline_killed_and_reopened_status_and_number_are_unchanged",
    ),
    "ui/presenters/printing.py:_save": (
        "the file that the worker has chosen for the paper, after the system has asked",
        "test_a_file_that_cannot_be_written_is_told",
    ),
    "cli/demo/centers.py:make": (
        "a list that the demonstration imports, in its own folder",
        "test_the_trip_runs_by_itself_from_the_villages_to_the_city_and_home",
    ),
    "cli/demo/place.py:_form_file": (
        "a form that the demonstration registers, in its own folder",
        "test_the_trip_runs_by_itself_from_the_villages_to_the_city_and_home",
    ),
    "cli/demo/children.py:__init__": (
        "what the programs of the demonstration complain of, in its own folder",
        "test_a_command_that_breaks_is_told_with_its_last_words",
    ),
    "cli/demo/windows.py:_open": (
        "the PIN of a home of the demonstration",
        "test_each_home_tells_its_gate_the_pin",
    ),
    "cli/demo/trip.py:run_demo": (
        "the folder of a demonstration that went well; of one that did not, everything is kept",
        "test_a_program_that_dies_is_told_with_its_step_and_everything_is_kept",
    ),
}

# What people have written or were given, and the test that its line is in the log. All else is made anew from it,
# says how far a program has come, or stays under another name.
LOGGED = {
    "storage/package_tables.py:drop_parts": "test_a_part_goes_once_its_package_is_confirmed_and_that_is_logged",
    "storage/local_notes.py:drop_draft": "test_a_draft_that_goes_is_logged_once_it_is_gone",
    "storage/shared_set.py:_forget_bodies": "test_a_case_that_is_forgotten_is_logged_with_what_went",
    "storage/shared_set.py:_release": "test_what_is_held_aside_no_more_is_logged",
    "storage/slip_tables.py:_drop": "test_what_a_slip_said_is_logged_when_it_goes",
    "storage/journal.py:erase_bodies": "test_bodies_that_go_at_the_end_of_retention_are_logged",
    "carriers/kept_backups.py:_drop": "test_backups_that_go_are_logged",
    "carriers/shelf.py:drop": "test_a_file_that_nothing_names_any_more_goes_whole_or_in_part_and_is_logged",
    "bootstrap/station_home.py:forget_activation_key": "test_the_key_of_an_activation_that_is_done_is_logged",
}
