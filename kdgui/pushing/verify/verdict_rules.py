"""Verdict rules: from how a call ended and what the server shows afterwards, to a verdict. Pure functions.

The table of design section 4. A yes outranks a no, from whichever side it comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from kdgui.domain import msg_codes
from kdgui.domain.bills import TargetBill
from kdgui.domain.endings import Answer, Ending, EndingKind, ServerError
from kdgui.domain.verdicts import Reason, Row, Verdict
from kdgui.pushing.lookup.lookup_result import LinkedTarget
from kdgui.pushing.verify.evidence import Evidence

_READING = frozenset({"verified", "unverified", "link_unproven", "draft_left", "partial_lines"})
"""Notes of an earlier read-back: a later one says anew what it found."""


def refusals(answer: Answer) -> tuple[Reason, ...]:
    """Every error of an answer in the server's own words, none dropped; at least one reason."""
    return said(answer.errors, answer.msg_code) or (Reason.of("refused_silently", msg_code=answer.msg_code),)


def said(errors: Iterable[ServerError], msg_code: int | None) -> tuple[Reason, ...]:
    """These errors in the server's own words."""
    return tuple(
        Reason.of("server_said", error.message, msg_code, field=error.field_name) for error in errors
    )


def server_notes(answer: Answer) -> tuple[Reason, ...]:
    """Errors and messages that came along with a success, as notes."""
    words = (error.message for error in answer.errors)
    errors = tuple(Reason.of("server_note", text) for text in dict.fromkeys(words) if text)
    return _merged(errors, _messages(answer))


def _messages(answer: Answer) -> tuple[Reason, ...]:
    """What the server said beside its errors, which belong to the bills that came to nothing."""
    words = [message.message for block in answer.blocks for message in block.messages]
    return tuple(Reason.of("server_note", text) for text in dict.fromkeys(words) if text)


def is_no(ending: Ending) -> bool:
    """Whether the server plainly said no, in words or with a code that tells, and named nothing that it made.

    Real servers send refusals with MsgCode 0 or none (protocol 9): what was said decides, not the code. An
    exception or a database error may come after the work, and is no plain no.
    """
    answer = ending.answer
    return (
        ending.kind is EndingKind.ANSWERED
        and answer is not None
        and not answer.success
        and not answer.entities
        and _is_plain(answer)
    )


def _is_plain(answer: Answer) -> bool:
    if answer.msg_code in (None, 0):
        return any(error.message for error in answer.errors)
    return answer.msg_code not in msg_codes.UNSURE


def at_once(row: Row, ending: Ending, target_form: str, *, merged: bool = False) -> Row:
    """The verdict that the answer alone allows, before anything was read back.

    `merged`: it answers for several bills at once. What it names may be any one's: they are `sending` still.
    """
    answer = ending.answer
    if ending.kind is EndingKind.BLOCKED:
        reason = Reason.of("blocked", cause=ending.cause, status=ending.status or "")
        return replace(row, verdict=Verdict.UNSETTLED, reasons=(reason,))
    if ending.kind is EndingKind.SESSION_LOST:
        reason = Reason.of("session_refused", cause="session_lost")
        return replace(row, verdict=Verdict.UNSETTLED, reasons=(reason,))
    if ending.kind is not EndingKind.ANSWERED or answer is None:
        return replace(row, verdict=Verdict.UNSETTLED, reasons=(Reason.of("no_answer", cause=ending.cause),))
    if merged and answer.entities:
        return row
    named = tuple(TargetBill(target_form, entity.id, entity.number) for entity in answer.entities)
    if answer.success and answer.entities:
        notes = _merged(row.notes, server_notes(answer))
        return replace(row, verdict=Verdict.PUSHED, targets=named, reasons=(), notes=notes)
    if is_no(ending):
        return replace(row, verdict=Verdict.FAILED, reasons=refusals(answer))
    if answer.success:
        return replace(row, verdict=Verdict.UNSETTLED, reasons=(Reason.of("success_without_entity"),))
    return replace(row, verdict=Verdict.UNSETTLED, targets=named, reasons=refusals(answer))


def after_reading(row: Row, ending: Ending, evidence: Evidence) -> Row:
    """The verdict of an answered request once the server was asked what it holds.

    `row` carries the verdict of `at_once`. An answer that stays open comes back UNSETTLED: it must be
    settled with quiet time.
    """
    answer = ending.answer
    if answer is None:
        return in_doubt(row, evidence, quiet_over=False)
    linked = (*evidence.new, *evidence.foreign)
    named = [next((t for t in linked if entity.means(t.bill)), None) for entity in answer.entities]
    proven = [target for target in named if target is not None]
    missing = [entity.id for entity, target in zip(answer.entities, named, strict=True) if target is None]
    unproven = _by_id(missing, evidence)
    if evidence.names_others and not evidence.new:
        return _answers_another(row, answer, evidence)
    extra = [target for target in evidence.new if target not in proven]
    found = tuple(dict.fromkeys((*proven, *unproven, *extra)))
    if found:
        notes = [*server_notes(answer)] if proven or unproven else [*refusals(answer)]
        notes += [Reason.of("link_unproven")] if unproven else []
        notes += [Reason.of("extra_target", number=target.bill.label) for target in extra]
        saved = {entity.id for entity in answer.save.entities}
        known = {row.bill_id, *(target.bill.id for target in unproven)}
        lost = [target_id for target_id in missing if target_id in saved - known]
        notes += [Reason.of("named_not_found", id=", ".join(lost))] if lost else []
        booked = _booked(row, found, evidence, notes)
        return replace(booked, alarm=booked.alarm or bool(extra) or bool(lost))
    return _nothing_found(row, answer, evidence)


def after_merged(row: Row, ending: Ending, evidence: Evidence, *, quiet_over: bool = False) -> Row:
    """The verdict of one bill of a merged request that was answered, once the server was asked what it holds.

    The answer names targets and no sources (protocol 2.2): only link rows tell whose target is whose. A
    bill that they do not show was left out, if every target that the answer named is accounted for. After a
    refusal that may come before the end of the work it was so only once the quiet time is over.
    """
    answer = ending.answer
    if answer is None:
        return in_doubt(row, evidence, quiet_over=quiet_over)
    if evidence.new:
        notes = [*_messages(answer)]
        extra = [t for t in evidence.new if not any(entity.means(t.bill) for entity in answer.entities)]
        extra = extra if answer.entities else []
        notes += [Reason.of("extra_target", number=target.bill.label) for target in extra]
        booked = _booked(row, evidence.new, evidence, notes)
        return replace(booked, alarm=booked.alarm or bool(extra) or _twice(evidence.new))
    if not answer.entities:
        return _nothing_found(row, answer, evidence)
    row = replace(row, asked_at=evidence.asked_at, notes=_merged(row.notes, _foreign_notes(evidence)))
    may_follow = not answer.success and answer.msg_code in msg_codes.UNSURE and not quiet_over
    if evidence.loose or may_follow or not evidence.controlled:
        named_ids = ", ".join(entity.number or entity.id for entity in answer.entities)
        reason = Reason.of("merged_unread", id=named_ids)
        return replace(row, verdict=Verdict.UNSETTLED, reasons=(reason,))
    left_out = Reason.of("left_out", time=_clock(evidence.asked_at))
    reasons = (left_out, *(said(answer.errors, answer.msg_code) if answer.success else refusals(answer)))
    return replace(row, verdict=Verdict.FAILED, presumed=True, checked=True, reasons=reasons, targets=())


def in_doubt(row: Row, evidence: Evidence, *, quiet_over: bool) -> Row:
    """The verdict of a request whose answer never came, after one more question.

    Found → pushed or drafted. Quiet time over and a controlled silence → failed, presumed. Else it stays
    UNSETTLED with the time asked.
    """
    unproven = _by_id([target.id for target in row.targets], evidence)
    found = (*evidence.new, *unproven)
    if found:
        notes = [Reason.of("found_late"), *row.reasons]
        lost = [target for target in row.targets if target.id not in {each.bill.id for each in found}]
        if lost:  # the answer named another one
            named = ", ".join(target.label for target in lost)
            notes.append(Reason.of("named_not_found", id=named))
            notes += [Reason.of("extra_target", number=target.bill.label) for target in found]
            return replace(_booked(row, found, evidence, notes), alarm=True)
        notes += [Reason.of("link_unproven")] if unproven else []
        if not _twice(found):
            return _booked(row, found, evidence, notes)
        notes += [Reason.of("extra_target", number=target.bill.label) for target in found[1:]]
        return replace(_booked(row, found, evidence, notes), alarm=True)
    row = replace(row, notes=_merged(row.notes, _foreign_notes(evidence)), asked_at=evidence.asked_at)
    if evidence.foreign:  # it may be ours all the same: a rule may take the creator from the source
        number = ", ".join(target.bill.label for target in evidence.foreign)
        reason = Reason.of("foreign_unclear", number=number)
        return replace(row, verdict=Verdict.UNSETTLED, reasons=_merged(row.reasons, (reason,)))
    if quiet_over and evidence.controlled:
        silent = Reason.of("silent", time=_clock(evidence.asked_at))
        return replace(
            row,
            verdict=Verdict.FAILED,
            presumed=True,
            checked=True,
            reasons=_merged((silent,), row.reasons),
            targets=(),
            quiet_until=None,
        )
    return replace(row, verdict=Verdict.UNSETTLED)


def seen_again(row: Row, evidence: Evidence) -> Row:
    """A row that was told before, after one more look; the same row where nothing new is shown."""
    known = {target.id for target in row.targets}
    extra = [target for target in evidence.new if target.bill.id not in known]
    if evidence.void or not extra:
        return row
    if row.verdict is Verdict.FAILED:
        return in_doubt(row, evidence, quiet_over=False)
    notes = [Reason.of("extra_target", number=target.bill.label) for target in extra]
    targets = (*row.targets, *(target.bill for target in extra))
    return replace(row, targets=targets, notes=_merged(row.notes, notes), alarm=True)


def is_locked(answer: Answer) -> bool:
    """Whether somebody else has the bill open: MsgCode 13, or the words that come with 0 (protocol 9)."""
    return answer.msg_code == msg_codes.LOCKED or any(
        _LOCKED.search(error.message) for error in answer.errors
    )


_LOCKED = re.compile("业务操作.*冲突.*请稍候再使用", re.DOTALL)


def given_up(row: Row, reason: Reason) -> Row:
    """A doubt that cannot be settled by asking: it stays UNSETTLED and says what to look for."""
    return replace(row, verdict=Verdict.UNSETTLED, reasons=_merged(row.reasons, (reason,)), quiet_until=None)


def _nothing_found(row: Row, answer: Answer, evidence: Evidence) -> Row:
    before = tuple(note for note in row.notes if note.code not in _READING)
    asked = replace(row, asked_at=evidence.asked_at, notes=_merged(before, _foreign_notes(evidence)))
    if answer.success and answer.entities:
        named = ", ".join(entity.number or entity.id for entity in answer.entities)
        reason = Reason.of("named_not_found", id=named)
        return replace(asked, verdict=Verdict.UNSETTLED, reasons=(reason,))
    said_no = not answer.success and _is_plain(answer) and not evidence.void
    if said_no and not answer.entities:
        note = Reason.of("verified" if evidence.controlled else "unverified")
        return replace(
            asked,
            verdict=Verdict.FAILED,
            reasons=refusals(answer),
            notes=_merged(asked.notes, (note,)),
            checked=evidence.controlled,
            targets=(),
        )
    # A no that named what it made: queries may lag behind, so nothing but silence until the end may deny it.
    return replace(asked, verdict=Verdict.UNSETTLED)


def _answers_another(row: Row, answer: Answer, evidence: Evidence) -> Row:
    """The answer belongs to another request (a late one on a kept connection): ours has none."""
    named = ", ".join(entity.number or entity.id for entity in answer.entities)
    reason = Reason.of("answers_another", id=named)
    return replace(row, verdict=Verdict.UNSETTLED, reasons=(reason,), targets=(), asked_at=evidence.asked_at)


def _booked(row: Row, found: Sequence[LinkedTarget], evidence: Evidence, notes: Sequence[Reason]) -> Row:
    """A row whose targets the server shows."""
    drafts = [target for target in found if target.draft]
    only_drafts = len(drafts) == len(found)
    before = (note for note in row.notes if note.code not in _READING)
    more = [*before, *notes, *_foreign_notes(evidence)]
    if drafts:
        more.append(Reason.of("draft_left"))
    linked = frozenset(line for target in found for line in target.lines)
    partial = bool(linked) and linked < evidence.source_lines
    if partial:
        more.append(Reason.of("partial_lines", linked=len(linked), total=len(evidence.source_lines)))
    if not only_drafts:
        more.append(Reason.of("verified"))
    return replace(
        row,
        verdict=Verdict.DRAFTED if only_drafts else Verdict.PUSHED,
        targets=tuple(target.bill for target in found),
        reasons=(Reason.of("draft_left"),) if only_drafts else (),
        notes=tuple(dict.fromkeys(more)),
        checked=True,
        presumed=False,
        partial=partial,
        alarm=bool(drafts) and not only_drafts,
        asked_at=evidence.asked_at,
        quiet_until=None,
    )


def _by_id(target_ids: Iterable[str], evidence: Evidence) -> list[LinkedTarget]:
    """Targets that the server shows when asked by id, though no link row leads to them."""
    linked = {target.bill.id for target in (*evidence.new, *evidence.foreign)}
    shown = evidence.by_id or {}
    return [shown[target_id] for target_id in target_ids if target_id in shown and target_id not in linked]


def _twice(found: Sequence[LinkedTarget]) -> bool:
    """Whether these targets cannot all stem from one push: two of them took the same line of the source."""
    lines = [target.lines for target in found]
    if len(found) > 1 and all(lines):
        return sum(map(len, lines)) > len(frozenset[str]().union(*lines))
    return len(found) > 1


def _foreign_notes(evidence: Evidence) -> tuple[Reason, ...]:
    return tuple(Reason.of("foreign_target", number=target.bill.label) for target in evidence.foreign)


def _merged(first: Sequence[Reason], more: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys((*first, *more)))


def _clock(moment: datetime) -> str:
    return moment.astimezone().strftime("%H:%M")
