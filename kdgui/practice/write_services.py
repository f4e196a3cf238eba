"""Writes on their way to the books: each POST is noted, faults twist the work, the ledger tells the truth."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kdgui.practice.answers import Json, Made, MsgCode, Refused, Trouble, refusal_block, result, success_block
from kdgui.practice.books import Bill
from kdgui.practice.company import ACCOUNTANT_ID, BUYER_ID
from kdgui.practice.data_centre import DataCentre
from kdgui.practice.faults import Hit, names_of
from kdgui.practice.forms import FormSpec
from kdgui.practice.ledger import BillRef, Ledger
from kdgui.practice.push import Plan, PushCall, PushRefused, Twist
from kdgui.practice.queries import whole_number
from kdgui.practice.save_call import SaveCall
from kdgui.practice.saver import CHANGED_BY_OTHER
from kdgui.practice.sessions import Session
from kdgui.practice.switches import Switches
from kdgui.practice.wire import Call

WRITES = frozenset({"push", "submit", "audit", "unaudit", "delete", "cancelassign", "save"})
Work = Callable[[], Json]
PROVISIONAL_ID = 900_000_001
"""First of the ids that no bill ever has."""


@dataclass(frozen=True, slots=True)
class Order:
    """One write that was received: who asks for what, under which faults, noted as which POST."""

    method: str
    form_id: str
    data: Mapping[str, Json]
    session: Session
    centre: DataCentre
    hits: tuple[Hit, ...]
    post: int

    @property
    def who(self) -> tuple[str, str]:
        """Data centre and user, for the ledger."""
        return self.session.centre_id, self.session.user

    def hit(self, *names: str) -> Hit | None:
        """The first fault of these names that strikes this request."""
        return next((hit for hit in self.hits if hit.name in names), None)


class Writes:
    """Carries out pushes and document operations; all books work happens in one transaction each."""

    def __init__(self, ledger: Ledger, switches: Switches, ending: threading.Event) -> None:
        self._ledger = ledger
        self._switches = switches
        self._ending = ending
        self._late: list[threading.Thread] = []
        self._last_answer: Json | None = None

    def receive(
        self,
        method: str,
        call: Call,
        session: Session | None,
        centre: DataCentre | None,
        hits: tuple[Hit, ...],
    ) -> Work | None:
        """Note the POST in the ledger; returns the work to do, or None without a session."""
        form_id = call.text(0, "formid")
        try:
            data = call.data(1)
        except Refused as refused:
            self._note(method, form_id, {}, session, centre, hits)
            unreadable = result(refusal_block(refused.troubles, refused.msg_code))
            return None if session is None else lambda: unreadable
        post = self._note(method, form_id, data, session, centre, hits)
        if session is None or centre is None:
            return None
        order = Order(method, form_id, data, session, centre, hits, post)
        return lambda: self._work(order)

    def _note(
        self,
        method: str,
        form_id: str,
        data: Mapping[str, Json],
        session: Session | None,
        centre: DataCentre | None,
        hits: Sequence[Hit],
    ) -> int:
        asked = PushCall.read(form_id, data)
        bill_ids: Iterable[str] = ()
        who = ("", "")
        if session is not None and centre is not None:
            who = (session.centre_id, session.user)
            with centre.books.vault.lock:
                bill_ids = _bill_ids(centre, asked)
        saved = str(SaveCall.read(None, data).bill_id or "") if method == "save" else ""
        if saved:
            bill_ids = (saved,)
        named = {
            "ids": (saved,) if saved else asked.ids,
            "numbers": asked.numbers,
            "entry_ids": asked.entry_ids,
            "bill_ids": bill_ids,
        }
        where = session.organisation_id if session is not None else 0
        return self._ledger.record_post(method, who, (form_id, asked.rule_id), named, names_of(hits), where)

    def _work(self, order: Order) -> Json:
        try:
            if order.method == "push":
                self._last_answer = self._push_call(order)
                return self._last_answer
            if order.method == "save":
                return self._save_call(order)
            if order.method != "submit":
                self._let_manager_reject(order)
            answer = self._late_or_now(order, lambda: self._documents(order))
            if order.method == "submit":
                self._let_manager_reject(order)
            return answer
        except PushRefused as refused:
            return self._push_refused(refused)
        except Refused as refused:
            if order.method == "save":
                return save_refusal(refused, self._switches)
            return result(refusal_block(refused.troubles, self._switches.coded(refused.msg_code)))

    def _let_manager_reject(self, order: Order) -> None:
        """Where the fault says so, whatever of these bills is submitted goes back to D, by another hand."""
        if order.hit("manager_rejects") is None:
            return
        with order.centre.books.vault.transaction():
            form = order.centre.reader.form(order.form_id)
            order.centre.documents.reject(form, order.data, ACCOUNTANT_ID)

    # save

    def _save_call(self, order: Order) -> Json:
        colleague = order.hit("colleague_saves")
        if colleague is not None:
            self._let_colleague_save(order)
            if colleague.settings.get("refuse"):
                raise Refused(CHANGED_BY_OTHER, MsgCode.VALIDATION)
        return self._late_or_now(order, lambda: self._save(order))

    def _let_colleague_save(self, order: Order) -> None:
        form = order.centre.reader.form(order.form_id)
        call = SaveCall.read(form, order.data)
        theirs = replace(
            call, fields=(), model={"FID": call.bill_id, "FNote": "采购员改过"}, delete_lines=False
        )
        with order.centre.books.vault.transaction():
            order.centre.saver.save(form, theirs, BUYER_ID)

    def _save(self, order: Order) -> Json:
        centre = order.centre
        with centre.books.vault.transaction():
            form = centre.reader.form(order.form_id)
            call = SaveCall.read(form, order.data)
            head_only = order.hit("head_only") is not None
            saved = centre.saver.save(form, call, order.session.user_id, head_only=head_only)
            self._ledger.record_done(
                "save",
                order.who,
                (form.form_id, ""),
                [bill_ref(saved.bill)],
                (),
                names_of(order.hits),
                order.post,
                saved.changes,
            )
        return save_success(saved.bill, self._switches)

    # push

    def _push_call(self, order: Order) -> Json:
        """Plan and carry out in one transaction; a late commit carries out what was planned before."""
        if order.hit("colleague_first"):
            self._let_colleague_push(order)
        with order.centre.books.vault.transaction():
            plan = self._plan(order, _twist(order))
            answer = self._late_or_now(order, lambda: self._push(order, plan))
            repeat = order.hit("repeated_after")
            if repeat is not None:
                again = self._plan(order, Twist(ignore_quota=True))
                self._later(order, repeat.number("seconds", 0.5), lambda: self._push(order, again))
            if order.hit("forwarded_twice"):
                answer = self._push(order, self._plan(order, Twist(ignore_quota=True)))
            return answer

    def _let_colleague_push(self, order: Order) -> None:
        theirs = replace(order, session=replace(order.session, user="buyer", user_id=BUYER_ID))
        hit = order.hit("colleague_first")
        if hit is not None and hit.text("rule", ""):
            theirs = replace(theirs, data={**theirs.data, "RuleId": hit.text("rule", "")})
        with order.centre.books.vault.transaction():
            self._push(theirs, self._plan(theirs, Twist()))

    def _plan(self, order: Order, twist: Twist) -> Plan:
        call = PushCall.read(order.form_id, order.data)
        return order.centre.pusher.plan(call, order.session.user_id, twist)

    def _push(self, order: Order, plan: Plan) -> Json:
        centre = order.centre
        with centre.books.vault.transaction():
            bills = centre.pusher.carry_out(plan)
            sources = {bill.id: bill for target in plan.targets for bill in target.sources}
            self._ledger.record_done(
                "push",
                order.who,
                (order.form_id, plan.rule.rule_id),
                map(bill_ref, sources.values()),
                [
                    replace(bill_ref(bill), sources=tuple(str(source.id) for source in target.sources))
                    for bill, target in zip(bills, plan.targets, strict=True)
                ],
                names_of(order.hits),
                order.post,
            )
        return self._push_answer(order, plan, bills)

    def _push_answer(self, order: Order, plan: Plan, bills: Sequence[Bill]) -> Json:
        """Both blocks (protocol 2.2); where a draft is named nobody knows, so a switch decides."""
        hit = order.hit("draft_left", "draft_left_with_number")
        shape = hit.text("entity", "convert") if hit else self._switches.draft_shape
        made = [self._made(bill, index, shape) for index, bill in enumerate(bills)]
        drafts = [item for item, bill in zip(made, bills, strict=True) if bill.status == "Z"]
        if not drafts or shape == "success":
            made += self._old_bill(order, plan, bills)
            converted_to = success_block(self._converted(plan), ids_as_text=self._switches.ids_as_text)
            return self._answer(self._mixed_block(made, plan.refused), converted_to)
        as_text = self._switches.ids_as_text
        named = [item for item in made if item not in drafts or shape == "save"]
        troubles = plan.draft_troubles + plan.refused
        code = self._switches.coded(MsgCode.VALIDATION)
        response = refusal_block(troubles, code, named, ids_as_text=as_text)
        converted = drafts if shape == "convert" else []
        return self._answer(response, success_block(converted, ids_as_text=as_text))

    def _converted(self, plan: Plan) -> list[Made]:
        """What ConvertResponseStatus names of a good push: nobody has published one that is filled."""
        if self._switches.convert_names == "sources":
            sources = {bill.id: bill for target in plan.targets for bill in target.sources}
            return [Made(bill.id, bill.number, index) for index, bill in enumerate(sources.values())]
        if self._switches.convert_names == "provisional":
            return [Made(PROVISIONAL_ID + index, "", index) for index in range(len(plan.targets))]
        return []

    def _old_bill(self, order: Order, plan: Plan, bills: Sequence[Bill]) -> list[Made]:
        """Where the fault says so, the oldest bill of the target form: ids are per form."""
        if order.hit("names_old_bill") is None:
            return []
        books, new = order.centre.books, {bill.id for bill in bills}
        table = books.head_table(books.forms.get(plan.rule.target_form))
        rows = books.connection.execute(f'SELECT id FROM "{table}" ORDER BY id LIMIT 1')
        return [Made(row[0], f"YFD{row[0]}", len(bills)) for row in rows if row[0] not in new]

    def _mixed_block(self, made: Sequence[Made], refused: Sequence[Trouble]) -> Json:
        as_text = self._switches.ids_as_text
        if refused and self._switches.mixed == "keep_failure":
            code = self._switches.coded(MsgCode.VALIDATION)
            return refusal_block(refused, code, made, ids_as_text=as_text)
        block = success_block(made, ids_as_text=as_text)
        return {**block, "Errors": [item.as_json() for item in refused]}

    def _made(self, bill: Bill, index: int, shape: str) -> Made:
        """An entity of the answer; a draft's number is null or empty (samples push_response_draft…)."""
        entries = {bill.form.main_entry.key: [line.id for line in bill.lines[bill.form.main_entry.key]]}
        number = bill.number or (None if shape == "success" else "")
        return Made(bill.id, number, index, None if self._switches.old_answers else entries)

    def _answer(self, response: Json, convert: Json) -> Json:
        return result(response, None if self._switches.old_answers else convert)

    def _push_refused(self, refused: PushRefused) -> Json:
        block = refusal_block(refused.troubles, self._switches.coded(refused.msg_code))
        return self._answer(block, success_block() if refused.converted else block)

    # submit, audit, …

    def _documents(self, order: Order) -> Json:
        centre = order.centre
        with centre.books.vault.transaction():
            form = centre.reader.form(order.form_id)
            worked = centre.documents.work(order.method, form, order.data, order.session.user_id)
            if worked.bills:
                what = (form.form_id, "")
                done, made = map(bill_ref, worked.bills), map(bill_ref, worked.made)
                self._ledger.record_done(
                    order.method, order.who, what, done, made, names_of(order.hits), order.post
                )
        as_text = self._switches.ids_as_text
        if worked.refused:
            code = self._switches.coded(MsgCode.VALIDATION)
            return result(refusal_block(worked.refused, code, worked.entities(), ids_as_text=as_text))
        return result(success_block(worked.entities(), worked.messages, ids_as_text=as_text))

    # late commits

    def _late_or_now(self, order: Order, work: Work) -> Json:
        """Now; or, where the fault says so, seconds after the line broke."""
        late = order.hit("late_commit")
        if late is None:
            return work()
        self._later(order, late.number("seconds", 2), work)
        return result(success_block())

    def _later(self, order: Order, seconds: float, work: Work) -> None:
        """Do it in a thread of its own, unless the server stops before."""

        def commit() -> None:
            if not self._ending.wait(seconds):
                with contextlib.suppress(Refused):
                    work()

        thread = threading.Thread(target=commit, name=f"late-commit-{order.post}", daemon=True)
        self._late.append(thread)
        thread.start()

    def last_answer(self) -> Json | None:
        """What the last push that was carried out or refused was answered; None before the first."""
        return self._last_answer

    def join(self, seconds: float) -> None:
        """Wait for late commits after `ending` was set; they do not happen any more then."""
        for thread in self._late:
            thread.join(seconds)


def save_success(bill: Bill, switches: Switches) -> Json:
    """The answer of a Save (samples save_update_success, save_success_with_needreturndata)."""
    made = Made(bill.id, bill.number)
    named = [made] if switches.save_success == "entity" else []
    answer = result(success_block(named, ids_as_text=switches.ids_as_text))
    if switches.save_success != "bare":
        answer["Result"].update(Id=bill.id, Number=bill.number)
    shown: dict[str, Json] = {"FBillNo": bill.number, "FDocumentStatus": bill.status}
    if switches.save_return != "missing":
        answer["Result"]["NeedReturnData"] = [shown if switches.save_return == "filled" else {}]
    return answer


def save_refusal(refused: Refused, switches: Switches) -> Json:
    """A refused Save (samples save_update_refused_msgcode11, save_refused_mandatory_msgcode0)."""
    codes = {"0": 0, "none": None}
    usual = refused.msg_code == MsgCode.VALIDATION
    code = codes.get(switches.save_refusal_code, refused.msg_code) if usual else refused.msg_code
    answer = result(refusal_block(refused.troubles, code))
    answer["Result"].update(Id="", Number="", NeedReturnData=[{}])
    return answer


def bill_ref(bill: Bill) -> BillRef:
    """How the ledger names a bill."""
    return BillRef(bill.form.form_id, str(bill.id), bill.number, bill.status)


def _twist(order: Order) -> Twist:
    draft = order.hit("draft_left", "draft_left_with_number")
    kind = "" if draft is None else "number" if draft.name == "draft_left_with_number" else "no_number"
    colleague = order.hit("colleague_first")
    beside = colleague is not None and bool(colleague.settings.get("beside"))
    return Twist(kind, ignore_quota=beside, leave_out_last=order.hit("source_dropped") is not None)


def _bill_ids(centre: DataCentre, asked: PushCall) -> list[str]:
    """The FIDs that a request means, for the ledger."""
    form: FormSpec | None = centre.books.forms.find(asked.form_id)
    if form is None:
        return []
    found = [bill_id for number in asked.numbers for bill_id in centre.pusher.ids_of(form, number)]
    found += [whole_number(text) for text in asked.ids if whole_number(text)]
    if not found and form.entries:
        rule = centre.rules.find(asked.rule_id)
        entry = form.source_entry(rule.source_entry if rule else "")
        lines = (centre.books.bill_of_line(form, entry, whole_number(text)) for text in asked.entry_ids)
        found = [bill_id for bill_id in lines if bill_id is not None]
    return [str(bill_id) for bill_id in dict.fromkeys(found)]
