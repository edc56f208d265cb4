"""Shipping code with one thing broken, to show that the simulator can fail: each with the one invariant meant for it.

Where a seed is found changes with everything that can happen in the world. To look all of them up anew, from seed 0:

python -m tests.simulate.broken [name ...]
"""

from __future__ import annotations

from tests.simulate.broken import centers, rules, stations
from tests.simulate.broken.variants import Broken

BROKEN = {
    "a center acks before it commits": Broken(centers.ack_before_commit, "I1"),
    "a restored PC goes on in its epoch": Broken(stations.seq_reused, "I5", {"restores"}, first=1),
    "a revoke is obeyed while own work is unsent": Broken(stations.obeyed_too_soon, "I8"),
    "serials do not go on behind what was noted beside the journal": Broken(
        stations.noted_serials_forgotten, "I1", {"restores"}, first=1
    ),
    "both children of a base are accepted": Broken(rules.both_children_accepted, "I3", first=2),
    "the grant is not checked": Broken(rules.grant_not_checked, "I3"),
    "a number is compared instead of the grant": Broken(rules.number_instead_of_grant, "I3", first=2),
    "an office takes what was not offered to it": Broken(rules.anyone_may_accept, "I3", {"rogues"}, first=3),
    "the token of an obligation is ignored": Broken(rules.token_ignored, "I3", {"rogues"}, first=3),
    "a healing center rules": Broken(rules.healing_center_rules, "I3", {"restores"}, first=1),
    "a center rules in place of another": Broken(rules.rules_for_others, "I3"),
    "rulings are ordered by the clock": Broken(rules.ordered_by_the_clock, "I3", {"clocks"}, first=4),
    "the limit of a revoked PC is not looked at": Broken(rules.limit_ignored, "I3", {"revocations"}),
    "a ruling goes to the author only": Broken(centers.ruling_to_author_only, "I4"),
    "what is put away is not called back": Broken(centers.stays_put_away, "I4", {"days"}, inputs_on_disk=100),
    "a case that is asked for is found and not brought": Broken(centers.found_and_not_brought, "I4", {"days"}, first=7),
    "the cursor is saved before the rows": Broken(stations.cursor_before_rows, "I5"),
    "feed rows are skipped": Broken(centers.rows_skipped, "I5"),
    "feed positions are allotted outside the transaction": Broken(
        centers.positions_outside_transaction, "I5", first=1, inputs_on_disk=50
    ),
    "refused rows are tidied away": Broken(stations.refused_tidied_away, "I7", {"rogues"}, first=3, inputs_on_disk=50),
    "a late event vanishes without a word": Broken(rules.late_without_a_word, "I8", first=2),
    "a step is not judged again when its base is taken in after all": Broken(
        rules.waits_for_ever, "I8", {"rogues"}, first=19
    ),
    "opinions go to villages": Broken(centers.opinions_for_all, "I9"),
    "a case is shown to the neighbours": Broken(centers.shown_to_neighbours, "I9", first=7),
    "a tombstone blocks what follows it": Broken(centers.gap_blocks, "I10", {"rogues"}, first=3),
    "the nonce before the last is not taken": Broken(centers.nonce_without_predecessor, "I10"),
    "a request again asks for rulings again": Broken(centers.replay_fills_again, "I11"),
    "a refused event still counts at home": Broken(rules.own_refused_still_counts, "I13", {"rogues"}, first=3),
    "an old program does not say what it cannot read": Broken(rules.unread_passed_over, "I12", {"old programs"}),
    "a restored PC goes on with its block of numbers": Broken(
        stations.blocks_of_other_epochs, "I14", {"restores"}, first=17
    ),
}
