"""The schema of a form: which columns hold organisation, dates, lines, quantities and amounts.

Forms, versions and customisations differ (protocol 3.3), so columns are looked up in QueryBusinessInfo by
the names that standard forms use, asked for once, and remembered. What is not found stays "": nobody guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from kdgui.domain import msg_codes
from kdgui.domain.errors import QueryRefused
from kdgui.k3cloud.business_info import BusinessInfo, EntryInfo, name_in
from kdgui.pushing.connection.connection import Connection
from kdgui.pushing.schema.column_probe import ColumnProbe
from kdgui.pushing.schema.discoveries import Discoveries
from kdgui.pushing.schema.link_columns import COMMON_ENTRIES

ORGANISATIONS = (
    "FStockOrgId", "FSettleOrgId", "FPayOrgId", "FApplicationOrgId", "FPurchaseOrgId", "FSaleOrgId",
)  # fmt: skip
"""Head fields with the organisation that a bill belongs to; stock and ledger forms have others beside it."""
ORGANISATION_FORM = "org_organizations"
DATES = ("FDate", "FBusinessDate", "FBillDate")
YEARS, PERIODS = ("FAccountYear", "FYear"), ("FAccountPeriod", "FPeriod")
HEAD_AMOUNTS = (
    "FBillAllAmount",
    "FAllAmountFor",
    "FPayTotalAmountFor_H",
    "FRealRecAmountFor",
    "FRealPayAmountFor",
)
STATUS = "FDocumentStatus"
BUSINESS_CLOSE = "FBusinessClose"
PARTNER_FORMS = frozenset({"bd_supplier", "bd_customer"})

QUANTITIES = (
    "FQty", "FRealQty", "FActReceiveQty", "FRMRealQty", "FApproveQty", "FReqQty", "FPriceQty",
    "FPriceUnitQty",
)  # fmt: skip
"""What a line is about, in the unit that the bill shows; the first one that a form has."""
BASE_QUANTITIES = ("FBaseUnitQty", "FBaseQty", "FBasicUnitQty")
AMOUNTS = (
    *("FAllAmount", "FAllAmountFor_D", "FRealPayAmount", "FRealRecAmount", "FAllAmount_LC"),
    "FRecAdvanceAmount",
)
NET_AMOUNTS = ("FAmount", "FNoTaxAmountFor_D", "FEntryAmount")
UNITS = ("FUnitId", "FPriceUnitId", "FBaseUnitId")
MATERIALS = ("FMaterialId",)

_TAKEN_QUANTITY = re.compile(r"f.*(?:link|join).*qty", re.IGNORECASE)
"""关联数量: FLinkQty, FReturnLinkQty, FJoinQty, FBaseJoinQty, FOrderJoinQty …; other units are left out."""
_TAKEN_AMOUNT = re.compile(r"f\w*(?:relate|link|join)\w*amount\w*", re.IGNORECASE)
_OTHER_UNITS = re.compile(r"f(?:stockbase|salbase|purbase|pricebase|aux|sec|ext)", re.IGNORECASE)

_TAKEN_UNTOLD = ("FLinkQty", "FJoinQty", "FBaseJoinQty", "FBaseLinkQty", "FReturnLinkQty")
"""Asked for where the server does not describe the form."""
_ENTRIES: Mapping[str, str] = {
    "pur_purchaseorder": "FPOOrderEntry",
    "pur_receivebill": "FDetailEntity",
    "stk_instock": "FInStockEntry",
    "sal_saleorder": "FSaleOrderEntry",
    "ap_payable": "FEntityDetail",
    "ar_receivable": "FEntityDetail",
}
"""Line entries of standard forms, by form id without case, where the server does not describe the form."""


class EntryColumns(msgspec.Struct, frozen=True):
    """The columns of one entry of lines; "" for what it has not.

    Attributes:
        entry: its key, "" where it is not known which entry the columns belong to.
        line_key, sequence_key: entry id and place of a line.
        quantity, base_quantity: in the unit of the bill, and in the material's base unit.
        taken, base_taken: how much of those was pushed on, by whichever rules; several where rules differ.
        amount, net_amount: with tax and without.
        taken_amounts: how much of the amount was pushed on.
    """

    entry: str = ""
    name: str = ""
    line_key: str = ""
    sequence_key: str = ""
    material: str = ""
    unit: str = ""
    quantity: str = ""
    base_quantity: str = ""
    taken: tuple[str, ...] = ()
    base_taken: tuple[str, ...] = ()
    amount: str = ""
    net_amount: str = ""
    taken_amounts: tuple[str, ...] = ()

    def without(self, missing: frozenset[str]) -> EntryColumns:
        """The same without these columns."""

        def kept(key: str) -> str:
            return "" if key in missing else key

        def all_kept(keys: Iterable[str]) -> tuple[str, ...]:
            return tuple(key for key in keys if key not in missing)

        return EntryColumns(
            self.entry, self.name, kept(self.line_key), kept(self.sequence_key), kept(self.material),
            kept(self.unit), kept(self.quantity), kept(self.base_quantity), all_kept(self.taken),
            all_kept(self.base_taken), kept(self.amount), kept(self.net_amount), all_kept(self.taken_amounts),
        )  # fmt: skip

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column, as it can be asked for, each once."""
        keys = (
            self.line_key, self.sequence_key, self.material, self.unit, self.quantity, self.base_quantity,
            *self.taken, *self.base_taken, self.amount, self.net_amount, *self.taken_amounts,
        )  # fmt: skip
        return tuple(dict.fromkeys(filter(None, keys)))

    @property
    def tells_left(self) -> bool:
        """Whether it says how much was pushed on already."""
        by_quantity = self.quantity and (self.taken or (self.base_quantity and self.base_taken))
        return bool(by_quantity or (self.amount and self.taken_amounts))

    @property
    def measures(self) -> bool:
        """Whether it has a quantity or an amount at all."""
        return bool(self.quantity or self.base_quantity or self.amount or self.net_amount)


class FormSchema(msgspec.Struct, frozen=True):
    """What is known of a form; "" and () for what it has not.

    Attributes:
        organisation: head column of the organisation (a base-data field: it has a number and a name).
        partner, partner_label: head column of supplier or customer, and what the server calls it.
        entries: entries of lines in the server's order.
        described: the server told the form's fields; else they were only tried out.
    """

    status: str = ""
    business_close: str = ""
    organisation: str = ""
    date: str = ""
    year: str = ""
    period: str = ""
    amount: str = ""
    partner: str = ""
    partner_label: str = ""
    entries: tuple[EntryColumns, ...] = ()
    described: bool = False

    @property
    def main(self) -> EntryColumns | None:
        """The lines that a push consumes or makes."""
        return main_of(self.entries)

    @property
    def organisation_columns(self) -> tuple[str, ...]:
        """Number and name of the organisation."""
        return (f"{self.organisation}.FNumber", f"{self.organisation}.FName") if self.organisation else ()

    @property
    def partner_columns(self) -> tuple[str, ...]:
        """Name of the supplier or customer."""
        return (f"{self.partner}.FName",) if self.partner else ()


class SchemaReader:
    """Knows the forms of one data centre. Used from one thread at a time; blocks on the network."""

    def __init__(self, connection: Connection, memory: Discoveries, place: str) -> None:
        self._connection = connection
        self._memory = memory
        self._place = place

    def know(self, form_id: str, *, anew: bool = False) -> FormSchema:
        """The anatomy of a form: remembered, else found out by a few small questions.

        What the server refuses to tell stays unknown; `anew` asks although something is remembered.

        Raises:
            QueryRefused: for reasons that speak about us, not about columns; and what a read raises.
        """
        key = f"{self._place}|{form_id.casefold()}"
        if not anew:
            try:
                return msgspec.json.decode(self._memory.recall("anatomy", key) or "", type=FormSchema)
            except msgspec.DecodeError:
                pass
        prober = ColumnProbe(self._connection, form_id)
        info = self._connection.business_info(form_id)
        found = _described(info, prober) if info is not None else _tried_out(form_id, prober)
        if prober.sure:
            self._memory.remember("anatomy", key, msgspec.json.encode(found).decode())
        return found


def lines_described(info: BusinessInfo) -> tuple[EntryColumns, ...]:
    """The entries of lines that tell what they are about, of a dozen perhaps; all of them where none does."""
    listed = tuple(map(_lines_of, info.lines))
    return tuple(entry for entry in listed if entry.measures or entry.material) or listed


def main_of(entries: Sequence[EntryColumns]) -> EntryColumns | None:
    """The lines that a push consumes or makes: those that tell what is left, else what they measure."""
    for wanted in (lambda e: e.tells_left, lambda e: e.measures, lambda e: bool(e.line_key)):
        for entry in entries:
            if wanted(entry):
                return entry
    return None


def usual_entry(form_id: str) -> str:
    """The line entry of a standard form, where the server does not describe the form; "" for none known."""
    return _ENTRIES.get(form_id.casefold(), "")


def is_about_columns(refusal: QueryRefused) -> bool:
    """Whether a refusal is about columns, which may have gone since they were remembered."""
    return refusal.msg_code not in msg_codes.NO_RIGHT


# -- where the server describes the form ---------------------------------------------------------


def _described(info: BusinessInfo, prober: ColumnProbe) -> FormSchema:
    fields = info.head.fields if info.head else ()
    head = _Keys(field.key for field in fields)
    organisations = (f.key for f in fields if f.lookup_form.casefold() == ORGANISATION_FORM)
    partner = next((f for f in fields if f.lookup_form.casefold() in PARTNER_FORMS), None)
    wanted = FormSchema(
        status=head.first((STATUS,)),
        business_close=head.first((BUSINESS_CLOSE,)),
        organisation=head.first(ORGANISATIONS) or next(organisations, ""),
        date=head.first(DATES),
        year=head.first(YEARS),
        period=head.first(PERIODS),
        amount=head.first(HEAD_AMOUNTS),
        partner=partner.key if partner else "",
        partner_label=name_in(partner.names) if partner else "",
        described=True,
    )
    proven = (_proven(entry, prober) for entry in lines_described(info))
    return _head_proven(wanted, prober, tuple(entry for entry in proven if entry.columns))


def _lines_of(entry: EntryInfo) -> EntryColumns:
    keys = _Keys(field.key for field in entry.fields)
    return _line_columns(keys, tuple(keys), entry.key, name_in(entry.names))


def _line_columns(keys: _Keys, taken_from: Sequence[str], entry: str, name: str) -> EntryColumns:
    taken = [key for key in taken_from if _TAKEN_QUANTITY.fullmatch(key) and not _OTHER_UNITS.match(key)]
    base = tuple(key for key in taken if key.casefold().startswith("fbase"))
    return EntryColumns(
        entry=entry,
        name=name,
        line_key=f"{entry}_FEntryID" if entry else "",
        sequence_key=f"{entry}_FSeq" if entry else "",
        material=keys.first(MATERIALS),
        unit=keys.first(UNITS),
        quantity=keys.first(QUANTITIES),
        base_quantity=keys.first(BASE_QUANTITIES),
        taken=tuple(key for key in taken if key not in base),
        base_taken=base,
        amount=keys.first(AMOUNTS),
        net_amount=keys.first(NET_AMOUNTS),
        taken_amounts=tuple(key for key in taken_from if _TAKEN_AMOUNT.fullmatch(key)),
    )


# -- where it does not ---------------------------------------------------------------------------


def _tried_out(form_id: str, prober: ColumnProbe) -> FormSchema:
    """Known names, one question each at worst.

    The entry is taken for known only where one alone answers: columns of two entries would be multiplied.
    """
    head = _Keys(prober.known((STATUS, *DATES[:1], *ORGANISATIONS)))
    known = usual_entry(form_id)
    entries = [key for key in ((known,) if known else COMMON_ENTRIES) if prober.has((f"{key}_FEntryID",))]
    names = (*QUANTITIES, *BASE_QUANTITIES[:1], *MATERIALS, *AMOUNTS[:2], *_TAKEN_UNTOLD)
    keys = _Keys(prober.known(names))
    entry = entries[0] if len(entries) == 1 else ""
    lines = _line_columns(keys, tuple(keys), entry, "")
    wanted = FormSchema(
        status=head.first((STATUS,)), organisation=head.first(ORGANISATIONS), date=head.first(DATES)
    )
    lines = _proven(lines, prober)
    return _head_proven(wanted, prober, (lines,) if lines.columns else ())


# -- what they have in common --------------------------------------------------------------------


def _proven(entry: EntryColumns, prober: ColumnProbe) -> EntryColumns:
    wanted = entry.columns
    known = prober.known(wanted)
    return entry.without(frozenset(wanted) - frozenset(known))


def _head_proven(wanted: FormSchema, prober: ColumnProbe, entries: tuple[EntryColumns, ...]) -> FormSchema:
    keys = (
        wanted.status,
        wanted.business_close,
        *wanted.organisation_columns,
        *wanted.partner_columns,
        wanted.date,
        wanted.year,
        wanted.period,
        wanted.amount,
    )
    known = frozenset(prober.known(tuple(filter(None, keys))))

    def kept(key: str) -> str:
        return key if key in known else ""

    return msgspec.structs.replace(
        wanted,
        status=kept(wanted.status),
        business_close=kept(wanted.business_close),
        organisation=wanted.organisation if known.issuperset(wanted.organisation_columns) else "",
        date=kept(wanted.date),
        year=kept(wanted.year),
        period=kept(wanted.period),
        amount=kept(wanted.amount),
        partner=wanted.partner if known.issuperset(wanted.partner_columns) else "",
        entries=entries,
    )


class _Keys:
    """Field keys as the server spells them, found whatever their case."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = {key.casefold(): key for key in keys}

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys.values())

    def first(self, names: Iterable[str]) -> str:
        """The first of these names that is there, as the server spells it; "" for none."""
        return next((self._keys[name.casefold()] for name in names if name.casefold() in self._keys), "")
