"""Submit, Audit, UnAudit, Delete, CancelAssign (protocol 4): states, texts and what an audit sets off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kdgui.practice.answers import Made, MsgCode, Refused, Trouble
from kdgui.practice.books import Bill, Books
from kdgui.practice.forms import FormSpec
from kdgui.practice.push import PushCall, Pusher, read_list, use_quota
from kdgui.practice.queries import whole_number
from kdgui.practice.rules import RuleBook
from kdgui.practice.saver import OVER, open_quantity
from kdgui.practice.saving import now_text, saving_troubles
from kdgui.practice.switches import Switches

AUDIT_MAKES = {"SAL_OUTSTOCK": "AR_OutStockToReceivableMap", "STK_InStock": "AP_InStockToPayableMap"}
"""Rules that an audit follows by itself while the switch audit_creates is on."""


@dataclass(slots=True)
class Worked:
    """What an operation did: the bills, messages beside them, bills made on the way."""

    bills: list[Bill] = field(default_factory=list)
    refused: list[Trouble] = field(default_factory=list)
    messages: list[Trouble] = field(default_factory=list)
    made: list[Bill] = field(default_factory=list)

    def entities(self) -> list[Made]:
        """SuccessEntitys, in the server's own order (sample unaudit_response_order_swapped)."""
        ordered = sorted(self.bills, key=lambda bill: bill.id)
        return [Made(bill.id, bill.number, index) for index, bill in enumerate(ordered)]


class Documents:
    """Moves bills through their states. Wants the vault's lock held."""

    def __init__(self, books: Books, rules: RuleBook, pusher: Pusher, switches: Switches) -> None:
        self._books = books
        self._rules = rules
        self._pusher = pusher
        self._switches = switches
        self._steps: Mapping[str, Callable[[Bill, int, Worked], str]] = {
            "submit": self._submit,
            "audit": self._audit,
            "unaudit": self._unaudit,
            "delete": self._delete,
            "cancelassign": self._cancel_assign,
        }

    def work(self, operation: str, form: FormSpec, data: Mapping[str, object], user_id: int) -> Worked:
        """Carry out one operation on every bill named; a step that refuses names its reason."""
        worked = Worked()
        for index, bill in enumerate(self.bills(form, data)):
            reason = self._steps[operation](bill, user_id, worked)
            if reason:
                worked.refused.append(
                    Trouble(f"单据编号为“{bill.number}”的{form.name}，{reason}", None, index)
                )
            else:
                worked.bills.append(bill)
        return worked

    def bills(self, form: FormSpec, data: Mapping[str, object]) -> list[Bill]:
        """The bills named; unknown ones are dropped while a known one is there (protocol 0.3)."""
        given = {str(key).lower(): value for key, value in data.items()}
        numbers, texts = read_list(given.get("numbers")), read_list(given.get("ids"))
        if not numbers and not texts:
            raise Refused("编码值或内码值必传其一", MsgCode.BAD_PARAMETER)
        found = [bill_id for number in numbers for bill_id in self._pusher.ids_of(form, number)]
        bills = self._books.bills(form, [*found, *(whole_number(text) for text in texts)])
        if not bills:
            names = "、".join([*numbers, *texts][:20])
            raise Refused(f"编码或内码为“{names}”的{form.name}不存在！", MsgCode.NO_DATA)
        return bills

    def reject(self, form: FormSpec, data: Mapping[str, object], user_id: int) -> None:
        """Somebody with the right to do so sends submitted bills back (protocol 9)."""
        for bill in self.bills(form, data):
            if bill.status == "B":
                self._books.set_head(bill, FDocumentStatus="D", FModifierId=user_id, FModifyDate=now_text())

    def _submit(self, bill: Bill, user_id: int, _worked: Worked) -> str:
        if bill.status == "B":
            return "单据已提交，不能重复提交"
        if bill.status not in ("Z", "A", "D"):
            return "只有暂存、创建和重新审核的数据才允许提交！"
        if bill.status == "Z":
            troubles = saving_troubles(bill, self._books)
            if troubles:
                return "；".join(trouble.message for trouble in troubles)
            if bill.pushed:
                use_quota(self._books, self._rules, bill)
        elif self._switches.save_over == "at_submit" and self._is_over(bill):
            return OVER
        number = bill.number or self._books.next_number(bill.form)
        status = "D" if self._switches.workflow_rejects else "B"
        self._books.set_head(bill, FDocumentStatus=status, FBillNo=number, FModifierId=user_id)
        return ""

    def _is_over(self, bill: Bill) -> bool:
        """Whether a line takes more than its source had left."""
        for line in bill.all_lines():
            rule = self._rules.find(line.links[0].rule_id) if line.links else None
            if rule is not None and bill.pushed:
                own = sum(link.quantity for link in line.links)
                if line.number(rule.target_measure) > open_quantity(self._books, rule, line) + own + 1e-9:
                    return True
        return False

    def _audit(self, bill: Bill, user_id: int, worked: Worked) -> str:
        if bill.status == "C":
            return "单据已经审核！"
        if bill.status != "B":
            return "请先提交审核!"
        self._books.set_head(bill, FDocumentStatus="C", FApproverId=user_id, FApproveDate=now_text())
        self._write_back(bill, 1)
        if self._switches.notice_closes and bill.form.form_id == "SAL_DELIVERYNOTICE":
            self._books.set_head(bill, FCloseStatus="B")
        if self._switches.audit_creates and bill.form.form_id in AUDIT_MAKES:
            self._create_downstream(bill, user_id, worked)
        return ""

    def _create_downstream(self, bill: Bill, user_id: int, worked: Worked) -> None:
        """The audit pushes on by itself; its words speak of the bill it made (sample audit_success)."""
        call = PushCall(bill.form.form_id, ids=(str(bill.id),), rule_id=AUDIT_MAKES[bill.form.form_id])
        try:
            made = self._pusher.carry_out(self._pusher.plan(call, user_id))
        except Refused as refused:
            worked.messages += refused.troubles
            return
        worked.made += made
        for target in made:
            self._books.set_head(target, FDocumentStatus="C", FApproverId=user_id)
            message = f"单据编号为“{target.number}”的{target.form.name}，审核成功！"
            worked.messages.append(Trouble(message))

    def _unaudit(self, bill: Bill, _user_id: int, _worked: Worked) -> str:
        if bill.status != "C":
            return "只有已审核的数据才允许反审核！"
        if bill.values.get("FCloseStatus") == "B":
            return "单据已关闭，不允许反审核！"
        if self._books.targets_of(bill):
            return "单据存在下游单据，不允许反审核！"
        self._books.set_head(
            bill, FDocumentStatus=self._switches.unaudit_to, FApproverId=None, FApproveDate=None
        )
        self._write_back(bill, -1)
        return ""

    def _delete(self, bill: Bill, _user_id: int, _worked: Worked) -> str:
        if bill.status not in ("Z", "A", "D"):
            return "只能删除创建/暂存/重新审核状态的数据"
        if bill.status != "Z" and bill.pushed:
            use_quota(self._books, self._rules, bill, -1)
        self._books.delete(bill)
        return ""

    def _cancel_assign(self, bill: Bill, _user_id: int, _worked: Worked) -> str:
        if bill.status != "B":
            return "只有审核中的数据才允许撤销！"
        self._books.set_head(bill, FDocumentStatus="D")
        return ""

    def _write_back(self, bill: Bill, sign: int) -> None:
        """Approved quantities are written back to the order."""
        for line in bill.all_lines():
            for link in line.links:
                rule, source = self._rules.find(link.rule_id), self._books.entry_of_table(link.table)
                if rule is not None and source is not None and rule.written_back:
                    self._books.add_to_line(*source, link.entry_id, rule.written_back, sign * link.quantity)
