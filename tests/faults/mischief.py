"""What can go wrong in a random schedule: faults of pushes, questions, sign-ins, habits of servers."""

from __future__ import annotations

from typing import Any

LATE = 0.1
"""Late commits come so much later: within the quiet time, as the promise wants it."""

PUSH_FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    *((name, {}) for name in (
        "drop_before_work", "drop_after_work", "timeouts", "truncated", "bad_gzip", "html_200", "empty_200",
        "http_500", "http_502_after_work", "http_503_before_work", "session_lost", "session_lost_with_entity",
        "response_error", "order_swapped", "redirect_after_work", "forbidden_answer", "failed_after_save",
        "refused_without_code", "success_without_entity", "colleague_first", "forwarded_twice", "too_many",
        "msg_code_2", "msg_code_4", "msg_code_6", "msg_code_7", "msg_code_13", "msg_code_14", "msg_code_15",
        "draft_left_with_number", "source_dropped",
    )),
    ("drop_after_work", {"reset": True}), ("http_status", {"code": 519}), ("http_status", {"code": 206}),
    ("slow", {"seconds": 0.05}), ("late_commit", {"seconds": LATE}),
    ("late_commit", {"seconds": LATE, "answer": "504"}), ("late_commit", {"seconds": LATE, "answer": "302"}),
    ("colleague_first", {"beside": True}),
    ("draft_left", {"entity": "convert"}), ("draft_left", {"entity": "save"}),
    ("draft_left", {"entity": "none"}), ("draft_left", {"entity": "none"}), ("forwarded_twice", {}),
    ("timeouts", {"work": False}), ("html_200", {"work": False}),
    ("forbidden_answer", {"work": False}), ("redirect_after_work", {"work": False}),
    *(("late_commit", {"seconds": LATE, "answer": answer}) for answer in (
        # Not "refused": a bill that a plain no failed, and that nobody sends again, is not waited for.
        "401", "403", "404", "msg_code_1", "msg_code_13",
    )),
    ("lock_conflict", {}), ("msg_code_0", {}), ("answer_of_another", {}), ("line_shifted", {}),
    ("names_old_bill", {}), ("repeated_after", {"seconds": LATE}),
    ("colleague_first", {"rule": "7aa62154-c23f-4a02-abae-d024b4eceeb7"}),
)  # fmt: skip
READ_FAULTS = ("drop_before_work", "truncated", "bad_gzip", "html_200", "empty_200", "http_500",
               "http_503_before_work", "session_lost", "response_error", "msg_code_2", "msg_code_4",
               "msg_code_14", "too_many", "forbidden_answer")  # fmt: skip
QUERY_FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    *((name, {}) for name in READ_FAULTS),
    ("rows_lost", {"keep": 2, "form": "PUR_PurchaseOrder"}),
    ("rows_lost", {"keep": 2, "form": "STK_InStock"}),
    ("rows_lost", {"keep": 1, "newest": True, "form": "STK_InStock"}),
    ("organisation_moved", {}),
)  # fmt: skip
SIGN_IN_FAULTS = ("drop_before_work", "http_500", "html_200")
SWITCHES: tuple[tuple[str, object], ...] = (
    ("rule_id_rewritten", True), ("links_at_head", True), ("case_blind", True), ("ids_as_text", True),
    ("no_business_info", True), ("no_links", True), ("link_not_filterable", True), ("old_answers", True),
    ("draft_shape", "save"), ("draft_shape", "success"), ("short_pages", 3), ("split_size", 2),
    ("mixed", "keep_success"), ("mixed", "keep_failure"),
    ("rights_after_cut", "STK_InStock"), ("read_delay", 0.1), ("link_table_other", True),
    ("link_rule_padded", True), ("creator_copied", True), ("case_twins", True),
    ("convert_names", "sources"), ("convert_names", "provisional"), ("refusal_code", "zero"),
    ("refusal_code", "none"), ("closes_quietly", True), ("by_organisation", True),
)  # fmt: skip
MID_RUN: tuple[tuple[str, object], ...] = (
    ("blind_reader", True), ("blind_forms", "STK_InStock"), ("link_not_filterable", True), ("no_links", True),
    ("blind_reader", False), ("ids_as_text", True), ("no_business_info", True), ("read_delay", 0.1),
    ("closes_quietly", True), ("rights_after_cut", "STK_InStock"),
)  # fmt: skip
