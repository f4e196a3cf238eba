"""Switches: how this server behaves where servers differ or nobody knows (protocol 7, 8), both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

MIXED = ("rollback", "keep_success", "keep_failure")
CONVERT_NAMES = ("nothing", "sources", "provisional")
REFUSAL_CODES = ("usual", "zero", "none")
DRAFT_SHAPES = ("convert", "save", "success")


@dataclass(slots=True)
class Switches:
    """All switches with their usual positions.

    Attributes:
        blind_reader: bills made by a push are invisible to queries and View (no right to see them).
        blind_forms: these forms (ids, comma between) answer every query with nothing.
        refused_forms: these forms (ids, comma between) refuse every query with MsgCode 2 (no right).
        hidden_fields: no form has fields with these keys (comma between).
        by_organisation: queries show only bills of the session's organisation.
        rule_id_rewritten: link rows carry another rule's id (an extended rule carries the original's).
        links_at_head: link rows hang at FBillHead; those of the entries stay empty.
        no_links: link columns answer MsgCode 9.
        link_not_filterable: link columns can be shown, in a filter they answer GetRealExpress.
        links_listed: QueryBusinessInfo lists the link entities too.
        short_pages: at most so many rows in an answer of a query, whatever Limit says; 0 is off.
        query_limit: the largest Limit that is honoured, 10 000 or 2000 by version (protocol 8).
        ignore_start_row: StartRow is taken for 0.
        ignore_limit: Limit is taken for query_limit.
        case_blind: texts are equal without case, width and trailing blanks.
        two_orgs: some numbers live in two organisations.
        rule_columns: BOS_ConvertRule shows source and target form, status and default.
        rule_keys_odd: those of the two forms have keys that nobody would guess; QueryBusinessInfo lists them.
        no_rule_form: BOS_ConvertRule does not exist.
        no_business_info: QueryBusinessInfo is refused.
        no_quantities: lines have neither quantities nor amounts, nor how much of them was pushed on.
        ids_as_text: ids travel as text in answers.
        missing_dropped: unknown numbers among known ones are dropped in silence; off: they refuse the call.
        mixed: what becomes of good bills beside refused ones: rollback, keep_success (IsSuccess true,
            errors beside), keep_failure (IsSuccess false, entities beside).
        draft_shape: where the answer names a draft: convert (ConvertResponseStatus, not success), save
            (ResponseStatus, not success), success (ResponseStatus without error).
        old_answers: answers without ConvertResponseStatus and EntryIds, as in 2019.
        split_size: bills in one target at most; more make a further target.
        audit_creates: auditing a delivery or a receipt makes its AR or AP bill at once.
        notice_closes: auditing a delivery notice closes it; then nothing undoes it.
        unaudit_to: status after UnAudit, D or B (protocol 8).
        view_entry_names: View names entities by EntryName (InStockEntry); off: by key (FInStockEntry).
        masked_fields: fields with these keys (comma between) are shown as ***.
        save_entity_key: NeedUpDateFields without the entity key lets line fields count (optional) or not
            (required).
        save_dotted: what a name with a point in NeedUpDateFields does: ignored, or empties the field.
        save_missing_lines: lines that IsDeleteEntry true leaves out are deleted, or the Save is refused.
        save_absent_entity: an entity in NeedUpDateFields that the Model lacks, with IsDeleteEntry true:
            kept, emptied.
        save_new_row: a row without id is appended, or refused.
        save_foreign_line: a line id of another bill is refused, a new_row, or ignored.
        save_base_quantity: the quantity in the unit of the price follows, or stays.
        save_price: after another quantity the price stays, is retaken, or is zero.
        save_write_back: after another quantity what the source has handed on falls with it, or stays.
        save_over: more than the source has left is refused, accepted, or refused at_submit.
        save_tolerance: per cent by which a quantity may go beyond the source's.
        save_zero: a quantity of 0 is refused, or accepted.
        save_submitted, save_approved: a bill in B, in C: accepted, refused.
        save_draft: a draft becomes saved and numbered, or stays.
        save_unknown_field: a key that is unknown, or spelt in another case: ignored, refused.
        save_unknown_base: an unknown code without IsVerifyBaseDataField: emptied, kept, refused.
        save_verify: with it, the field itself is blamed, or an unrelated one.
        save_lot: an unknown lot is created, or refused.
        save_decimals: too many decimals are rounded, or refused with IsControlPrecision.
        save_repeat: the same body again with ValidateRepeatJson: refused, accepted.
        save_return: NeedReturnData is empty, filled, missing.
        save_refusal_code: MsgCode of a refusal: 11, 0, none.
        save_success: a success names its entity, has the id_only, or is bare.
        save_key_order: order of the keys is free, or matters.
        save_other_field: the warehouse of a changed line is unchanged, or reset by a rule.
        save_mandatory: key of a head field that must be filled; "" for none.
        save_links: link rows of a changed line are kept, or gone.
        save_starts_rule: a Save submits the bill at once.
        version: DisplayVersion of the sign-in; "" tells none.
        organisation_untold: the sign-in does not tell the organisation.
        clock_offset: seconds by which the Date of every answer is ahead.
        passport_always: signed headers are verified even where a session is alive.
        idle_seconds: a session unused for so long is lost.
        keep_alive_seconds: an unused connection is closed after so long.
        closes_quietly: every connection is closed after one answer, and no header says so.
        rights_after_cut: of these forms (ids, comma between) every second bill that somebody else made is
            taken out of a page after the page was cut.
        read_delay: queries show a new bill only so many seconds after it was made (a read replica).
        link_table_other: link rows name another table of the source form.
        link_rule_padded: link rows carry the rule id with blanks around it.
        creator_copied: a target's creator is that of its source.
        case_twins: the second of two equal numbers differs from the first in letter case only.
        convert_names: what ConvertResponseStatus of a good push names: nothing, sources, provisional ids.
        refusal_code: MsgCode of business refusals: usual (11, 10 …), zero, none.
        workflow_rejects: a workflow rejects at once what is submitted: D, no approver.
    """

    blind_reader: bool = False
    blind_forms: str = ""
    refused_forms: str = ""
    hidden_fields: str = ""
    by_organisation: bool = False
    rule_id_rewritten: bool = False
    links_at_head: bool = False
    no_links: bool = False
    link_not_filterable: bool = False
    links_listed: bool = False
    short_pages: int = 0
    query_limit: int = 10_000
    ignore_start_row: bool = False
    ignore_limit: bool = False
    case_blind: bool = False
    two_orgs: bool = False
    rule_columns: bool = True
    rule_keys_odd: bool = False
    no_rule_form: bool = False
    no_business_info: bool = False
    no_quantities: bool = False
    ids_as_text: bool = False
    missing_dropped: bool = True
    mixed: str = "rollback"
    draft_shape: str = "convert"
    old_answers: bool = False
    split_size: int = 10_000
    audit_creates: bool = False
    notice_closes: bool = False
    unaudit_to: str = "D"
    view_entry_names: bool = True
    masked_fields: str = ""
    save_entity_key: str = "optional"
    save_dotted: str = "ignored"
    save_missing_lines: str = "deleted"
    save_absent_entity: str = "kept"
    save_new_row: str = "appended"
    save_foreign_line: str = "refused"
    save_base_quantity: str = "follows"
    save_price: str = "stays"
    save_write_back: str = "falls"
    save_over: str = "refused"
    save_tolerance: float = 0.0
    save_zero: str = "refused"
    save_submitted: str = "accepted"
    save_approved: str = "refused"
    save_draft: str = "numbered"
    save_unknown_field: str = "ignored"
    save_unknown_base: str = "emptied"
    save_verify: str = "field"
    save_lot: str = "created"
    save_decimals: str = "rounded"
    save_repeat: str = "refused"
    save_return: str = "empty"
    save_refusal_code: str = "11"
    save_success: str = "entity"
    save_key_order: str = "free"
    save_other_field: str = "unchanged"
    save_mandatory: str = ""
    save_links: str = "kept"
    save_starts_rule: bool = False
    version: str = "9.0.553.10"
    organisation_untold: bool = False
    clock_offset: float = 0.0
    passport_always: bool = False
    idle_seconds: float = 1200.0
    keep_alive_seconds: float = 120.0
    closes_quietly: bool = False
    rights_after_cut: str = ""
    read_delay: float = 0.0
    link_table_other: bool = False
    link_rule_padded: bool = False
    creator_copied: bool = False
    case_twins: bool = False
    convert_names: str = "nothing"
    refusal_code: str = "usual"
    workflow_rejects: bool = False

    def turn(self, name: str, value: object) -> None:
        """Set a switch. ValueError where there is none of this name, or the value does not fit."""
        if name not in SWITCH_NAMES:
            raise ValueError(f"no switch named {name}")
        setattr(self, name, _fitting(name, getattr(Switches(), name), value))

    def is_blind_to(self, form_id: str) -> bool:
        """Whether the reader has no right to see this form, and is told nothing of it."""
        return _names(form_id, self.blind_forms)

    def refuses(self, form_id: str) -> bool:
        """Whether the reader has no right to see this form, and is told so."""
        return _names(form_id, self.refused_forms)

    def hides(self, key: str) -> bool:
        """Whether no form has a field with this key."""
        return _names(key, self.hidden_fields)

    def masks(self, key: str) -> bool:
        """Whether the values of a field are shown as asterisks."""
        return _names(key, self.masked_fields)

    def takes_from_page(self, form_id: str) -> bool:
        """Whether rows of this form are taken out of a page after it was cut."""
        return _names(form_id, self.rights_after_cut)

    def coded(self, msg_code: int) -> int | None:
        """The MsgCode of a business refusal, None to leave it out."""
        return {"zero": 0, "none": None}.get(self.refusal_code, msg_code)

    def as_dict(self) -> dict[str, object]:
        """Every switch with its position."""
        return {name: getattr(self, name) for name in SWITCH_NAMES}


SWITCH_NAMES = tuple(item.name for item in fields(Switches))
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "mixed": MIXED,
    "draft_shape": DRAFT_SHAPES,
    "unaudit_to": ("D", "B"),
    "save_entity_key": ("optional", "required"),
    "save_dotted": ("ignored", "empties"),
    "save_missing_lines": ("deleted", "refused"),
    "save_absent_entity": ("kept", "emptied"),
    "save_new_row": ("appended", "refused"),
    "save_foreign_line": ("refused", "new_row", "ignored"),
    "save_base_quantity": ("follows", "stays"),
    "save_price": ("stays", "retaken", "zero"),
    "save_write_back": ("falls", "stays"),
    "save_over": ("refused", "at_submit", "accepted"),
    "save_zero": ("refused", "accepted"),
    "save_submitted": ("accepted", "refused"),
    "save_approved": ("refused", "accepted"),
    "save_draft": ("numbered", "stays"),
    "save_unknown_field": ("ignored", "refused"),
    "save_unknown_base": ("emptied", "kept", "refused"),
    "save_verify": ("field", "unrelated"),
    "save_lot": ("created", "refused"),
    "save_decimals": ("rounded", "refused"),
    "save_repeat": ("refused", "accepted"),
    "save_return": ("empty", "filled", "missing"),
    "save_refusal_code": ("11", "0", "none"),
    "save_success": ("entity", "id_only", "bare"),
    "save_key_order": ("free", "matters"),
    "save_other_field": ("unchanged", "reset"),
    "save_links": ("kept", "gone"),
    "convert_names": CONVERT_NAMES,
    "refusal_code": REFUSAL_CODES,
}
DEFAULT_SHORT_PAGE = 50


def _names(form_id: str, listed: str) -> bool:
    return form_id.casefold() in {name.strip().casefold() for name in listed.split(",")}


def _fitting(name: str, usual: object, value: object) -> object:
    if isinstance(usual, bool):
        if isinstance(value, bool | int | float):
            return bool(value)
        raise ValueError(f"{name} is on or off")
    if isinstance(usual, str):
        text = "" if value is None else str(value)
        if name in _CHOICES and text not in _CHOICES[name]:
            raise ValueError(f"{name} is one of {', '.join(_CHOICES[name])}")
        return text
    if name == "short_pages" and isinstance(value, bool):
        return DEFAULT_SHORT_PAGE if value else 0
    if name == "clock_offset" and isinstance(value, int | float):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f"{name} is a number, not below zero")
    return int(value) if isinstance(usual, int) else float(value)
