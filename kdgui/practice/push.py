"""Push (protocol 2): which sources qualify, how they are grouped, what is made, what uses up quota."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from kdgui.practice.answers import MsgCode, Refused, Trouble
from kdgui.practice.books import Bill, Books, Line
from kdgui.practice.convert import Target, build_target
from kdgui.practice.forms import Entry, FormSpec
from kdgui.practice.queries import whole_number
from kdgui.practice.rules import Grouping, RuleBook, RuleSpec
from kdgui.practice.saving import saving_troubles
from kdgui.practice.switches import Switches

NOTHING_TO_PUSH = "没有符合条件的数据可以下推。"
RULE_NEEDED = "未启用默认转换规则，转换规则内码（RuleId）必填"
STOCK_TROUBLE = "更新库存时出现可以忽略的异常数据，是否继续？"
NOT_RUNNABLE = "运行时不允许加载"
_STATES = (
    ("FCloseStatus", "已关闭"),
    ("FCancelStatus", "已作废"),
    ("FFreezeStatus", "已冻结"),
    ("FTerminateStatus", "已终止"),
    ("FBusinessClose", "已业务关闭"),
)


@dataclass(frozen=True, slots=True)
class PushCall:
    """The parameters of Push (protocol 2.1), read with goodwill: text or list, text or boolean."""

    form_id: str
    ids: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    entry_ids: tuple[str, ...] = ()
    rule_id: str = ""
    target_form: str = ""
    target_org: int = 0
    bill_type: str = ""
    default_rule: bool = False
    draft: bool = False

    @classmethod
    def read(cls, form_id: str, data: Mapping[str, object]) -> PushCall:
        """From the data object, keys in any case."""
        given = {str(key).lower(): value for key, value in data.items()}
        return cls(
            form_id,
            read_list(given.get("ids")),
            read_list(given.get("numbers")),
            read_list(given.get("entryids")),
            str(given.get("ruleid") or "").strip(),
            str(given.get("targetformid") or "").strip(),
            whole_number(given.get("targetorgid")),
            str(given.get("targetbilltypeid") or "").strip(),
            is_true(given.get("isenabledefaultrule")),
            is_true(given.get("isdraftwhensavefail")),
        )


def read_list(value: object) -> tuple[str, ...]:
    """Ids, Numbers and EntryIds travel as comma text, as a list, or as a bare number.

    What stands in a list is taken as it is, blanks and all.
    """
    if isinstance(value, list):
        return tuple(str(item) for item in value if str(item).strip())
    items = str("" if value is None else value).split(",")
    return tuple(text for text in (item.strip() for item in items) if text)


def is_true(value: object) -> bool:
    """true, "true", 1, "1"."""
    return str(value).strip().lower() in ("true", "1")


@dataclass(frozen=True, slots=True)
class Twist:
    """What a fault does to the work itself (faults.py says when).

    Attributes:
        draft: "" or how the target is left behind as a draft: "no_number", "number".
        ignore_quota: as if two requests raced past each other.
        leave_out_last: the last source of the request is dropped in silence.
    """

    draft: str = ""
    ignore_quota: bool = False
    leave_out_last: bool = False


STRAIGHT = Twist()


@dataclass(slots=True)
class Plan:
    """What a push will do; nothing is written yet.

    Attributes:
        refused: why some sources, or some targets that cannot be saved, are left out.
    """

    rule: RuleSpec
    targets: list[Target]
    refused: list[Trouble] = field(default_factory=list)

    @property
    def draft_troubles(self) -> list[Trouble]:
        """Why some targets are only kept as drafts."""
        return [trouble for target in self.targets if target.draft for trouble in target.troubles]


class PushRefused(Refused):
    """A push that makes nothing. `converted` tells whether it failed at saving, after the conversion."""

    def __init__(self, troubles: list[Trouble], msg_code: int, *, converted: bool) -> None:
        super().__init__(troubles, msg_code)
        self.converted = converted


@dataclass(frozen=True, slots=True)
class _Source:
    """One source bill of a request, and the lines of it that are to be pushed."""

    bill: Bill
    lines: tuple[Line, ...]
    index: int


class Pusher:
    """Plans and carries out pushes on one data centre's books. Wants the vault's lock held."""

    def __init__(self, books: Books, rules: RuleBook, switches: Switches) -> None:
        self._books = books
        self._rules = rules
        self._switches = switches

    # planning

    def plan(self, call: PushCall, user_id: int, twist: Twist = STRAIGHT) -> Plan:
        """Everything the server decides before it writes; Refused where nothing can be made."""
        form = self._books.forms.find(call.form_id)
        if form is None:
            raise Refused(f"标识为“{call.form_id}”的业务对象不存在，或者被删除。", MsgCode.EXCEPTION)
        rule = self.rule(call, form)
        sources = self._sources(call, form, rule)
        if twist.leave_out_last:
            sources = sources[:-1]
        good, refused = self._qualify(sources, rule, twist)
        if refused and (not good or self._switches.mixed == "rollback"):
            raise PushRefused(refused, MsgCode.VALIDATION, converted=False)
        targets = self._group(good, rule)
        built = [self._build(call, rule, group, user_id, index) for index, group in enumerate(targets)]
        return self._check_saving(Plan(rule, built, refused), call, twist)

    def rule(self, call: PushCall, form: FormSpec) -> RuleSpec:
        """The rule that this call uses (protocol 2.1)."""
        if not call.rule_id and not call.default_rule:
            raise Refused(RULE_NEEDED, MsgCode.BAD_PARAMETER)
        if call.rule_id:
            rule = self._rules.find(call.rule_id)
        else:
            if not call.target_form:
                raise Refused("启用默认转换规则时，目标单据标识（TargetFormId）必填", MsgCode.BAD_PARAMETER)
            rule = self._rules.default(form.form_id, call.target_form)
        if rule is None:
            raise Refused(f"标识为“{call.rule_id or call.target_form}”的转换规则不存在！", MsgCode.EXCEPTION)
        if not rule.runnable:
            raise Refused(NOT_RUNNABLE, MsgCode.EXCEPTION)
        if rule.source_form.casefold() != form.form_id.casefold():
            raise Refused(f"转换规则“{rule.name}”的源单不是{form.name}！", MsgCode.EXCEPTION)
        return rule

    def _sources(self, call: PushCall, form: FormSpec, rule: RuleSpec) -> list[_Source]:
        """The bills asked for; unknown ones are dropped while a known one is there (protocol 2.3)."""
        if call.ids or call.numbers:
            bills, missing = self._whole_bills(call, form)
        elif call.entry_ids:
            bills, missing = self._bills_of_lines(call, form, form.source_entry(rule.source_entry))
        else:
            raise Refused("编码值或内码值必传其一", MsgCode.BAD_PARAMETER)
        if missing and (not bills or not self._switches.missing_dropped):
            names = "、".join(missing[:20])
            raise Refused(f"编码或内码为“{names}”的{form.name}不存在！", MsgCode.NO_DATA)
        wanted = frozenset(() if call.ids or call.numbers else call.entry_ids)

        def lines(bill: Bill) -> tuple[Line, ...]:
            consumed = bill.source_lines(rule.source_entry)
            return tuple(line for line in consumed if not wanted or str(line.id) in wanted)

        return [_Source(bill, lines(bill), index) for index, bill in enumerate(bills)]

    def _whole_bills(self, call: PushCall, form: FormSpec) -> tuple[list[Bill], list[str]]:
        found, missing = list[int](), list[str]()
        for number in call.numbers:
            ids = self.ids_of(form, number)
            found += ids
            missing += [] if ids else [number]
        for text in call.ids:
            known = self._books.bills(form, [whole_number(text)])
            found += [bill.id for bill in known]
            missing += [] if known else [text]
        return self._books.bills(form, found), missing

    def ids_of(self, form: FormSpec, number: str) -> list[int]:
        """Ids of the bills that this number means."""
        return self._books.ids_by_number(
            form,
            number,
            blind=self._switches.case_blind,
            twins=self._switches.two_orgs or self._switches.case_twins,
            lowered=self._switches.case_twins,
        )

    def _bills_of_lines(self, call: PushCall, form: FormSpec, entry: Entry) -> tuple[list[Bill], list[str]]:
        found = {text: self._books.bill_of_line(form, entry, whole_number(text)) for text in call.entry_ids}
        missing = [text for text, bill_id in found.items() if bill_id is None]
        return self._books.bills(form, (bill_id for bill_id in found.values() if bill_id)), missing

    def _qualify(
        self, sources: list[_Source], rule: RuleSpec, twist: Twist
    ) -> tuple[list[_Source], list[Trouble]]:
        good, refused = list[_Source](), list[Trouble]()
        alone = len(sources) == 1
        for source in sources:
            left = source.lines if twist.ignore_quota else _open_lines(source, rule)
            reason = _state_trouble(source.bill) or ("" if left else NOTHING_TO_PUSH)
            if not reason:
                good.append(_Source(source.bill, left, source.index))
            elif alone and reason == NOTHING_TO_PUSH:
                refused.append(Trouble(reason, None, source.index))
            else:
                named = f"单据编号为“{source.bill.number}”的{source.bill.form.name}，{reason}"
                refused.append(Trouble(named, None, source.index))
        if not sources:
            refused.append(Trouble(NOTHING_TO_PUSH))
        return good, refused

    def _group(self, sources: list[_Source], rule: RuleSpec) -> list[list[_Source]]:
        """By the rule's policy, then cut to what one target may hold (protocol 2.3)."""
        groups: dict[Hashable, list[_Source]] = {}
        for source in sources:
            groups.setdefault(_group_key(source.bill, rule.grouping), []).append(source)
        size = max(self._switches.split_size, 1)
        return [group[at : at + size] for group in groups.values() for at in range(0, len(group), size)]

    def _build(
        self, call: PushCall, rule: RuleSpec, group: list[_Source], user_id: int, index: int
    ) -> Target:
        organisation = self._organisation(call)
        pairs = [(source.bill, source.lines) for source in group]
        target = build_target(self._books, rule, pairs, user_id, organisation, call.bill_type)
        target.index = index
        if self._switches.creator_copied:
            target.bill.values["FCreatorId"] = group[0].bill.values["FCreatorId"]
        return target

    def _organisation(self, call: PushCall) -> int:
        if not call.target_org:
            return 0
        if self._books.bill(self._books.forms.get("ORG_Organizations"), call.target_org) is None:
            raise Refused(f"目标组织内码“{call.target_org}”不存在！", MsgCode.NO_DATA)
        return call.target_org

    def _check_saving(self, plan: Plan, call: PushCall, twist: Twist) -> Plan:
        """Targets that cannot be saved become drafts, or fall away, or take everything with them."""
        for target in plan.targets:
            target.troubles = saving_troubles(target.bill, self._books, target.index)
            if twist.draft and not target.troubles:
                target.troubles = [Trouble(STOCK_TROUBLE, "AbstractInteractionResult", target.index)]
            target.draft = bool(target.troubles) and (call.draft or bool(twist.draft))
            target.draft_number = twist.draft == "number"
        lost = [target for target in plan.targets if target.troubles and not target.draft]
        troubles = [trouble for target in lost for trouble in target.troubles]
        if lost and (len(lost) == len(plan.targets) or self._switches.mixed == "rollback"):
            raise PushRefused(troubles, MsgCode.VALIDATION, converted=True)
        plan.targets = [target for target in plan.targets if target not in lost]
        plan.refused += troubles
        return plan

    # carrying out

    def carry_out(self, plan: Plan) -> list[Bill]:
        """Write the targets of a plan; drafts carry no number and use up no quota (protocol 2.4)."""
        return [self._save(target) for target in plan.targets]

    def _save(self, target: Target) -> Bill:
        bill = target.bill
        if not target.draft or target.draft_number:
            bill.values["FBillNo"] = self._books.next_number(bill.form)
        bill.values["FDocumentStatus"] = "Z" if target.draft else "A"
        self._books.add(bill)
        if not target.draft:
            use_quota(self._books, self._rules, bill)
        return bill


def use_quota(books: Books, rules: RuleBook, target: Bill, sign: int = 1) -> None:
    """Let the source lines know how much of them this target takes (`sign` -1: gives back)."""
    for line in target.all_lines():
        for link in line.links:
            source, rule = books.entry_of_table(link.table), rules.find(link.rule_id)
            if source is not None and rule is not None:
                books.add_to_line(*source, link.entry_id, rule.quota, sign * link.quantity)


def _open_lines(source: _Source, rule: RuleSpec) -> tuple[Line, ...]:
    return tuple(line for line in source.lines if line.number(rule.measure) > line.number(rule.quota))


def _state_trouble(bill: Bill) -> str:
    if bill.status != "C":
        return "未审核，不允许下推！"
    for key, name in _STATES:
        if bill.values.get(key) == "B":
            return f"{name}，不允许下推！"
    return ""


def _group_key(bill: Bill, grouping: Grouping) -> Hashable:
    if grouping is Grouping.ONE_TO_ONE:
        return bill.id
    if grouping is Grouping.BY_PARTNER:
        return bill.partner_id, bill.organisation_id
    return ()
