"""Business info: entries, fields and operations of a form, as QueryBusinessInfo tells (protocol 3.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kdgui.domain.accounts import CHINESE_LCID
from kdgui.domain.errors import AnswerUnreadable
from kdgui.k3cloud.answers import lax, text_of, unwrap

Names = tuple[tuple[int, str], ...]
"""Language id (lcid) and name."""

HEAD = "FBillHead"


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field: its key, names, types as the server numbers or names them, and the form it looks up."""

    key: str
    names: Names = ()
    field_type: str = ""
    element_type: str = ""
    lookup_form: str = ""
    must_input: bool = False


@dataclass(frozen=True, slots=True)
class EntryInfo:
    """An entry: head, lines, or sub-lines. `parent_key` "" for the head and for lines."""

    key: str
    parent_key: str = ""
    names: Names = ()
    fields: tuple[FieldInfo, ...] = ()

    @property
    def is_head(self) -> bool:
        """Whether it is the head of the bill."""
        return self.key == HEAD and not self.parent_key

    @property
    def is_lines(self) -> bool:
        """Whether it is an entry of lines right below the head."""
        return not self.is_head and self.parent_key in ("", HEAD)


@dataclass(frozen=True, slots=True)
class OperationInfo:
    """An operation of the form: its number ("Push") and name."""

    number: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class BusinessInfo:
    """What a form consists of, in the server's order."""

    form_id: str
    names: Names = ()
    entries: tuple[EntryInfo, ...] = ()
    operations: tuple[OperationInfo, ...] = ()

    @property
    def head(self) -> EntryInfo | None:
        """The head, or None where the server did not list it."""
        return next((entry for entry in self.entries if entry.is_head), None)

    @property
    def lines(self) -> tuple[EntryInfo, ...]:
        """Entries of lines right below the head; a form may have several, or none."""
        return tuple(entry for entry in self.entries if entry.is_lines)

    def entry(self, key: str) -> EntryInfo | None:
        """The entry of this key, letter case apart, or None."""
        return next((entry for entry in self.entries if entry.key.casefold() == key.casefold()), None)


def name_in(names: Names, lcid: int = CHINESE_LCID) -> str:
    """The name in a language, else the first there is, else ""."""
    return dict(names).get(lcid) or next((name for _, name in names if name), "")


def read_business_info(value: object, form_id: str) -> BusinessInfo:
    """Read `Result.NeedReturnData`; what is missing inside is left empty.

    Raises:
        AnswerUnreadable: odd_json, where NeedReturnData is not there.
    """
    result = unwrap((unwrap(value) or {}).get("Result")) or {}
    data = unwrap(result.get("NeedReturnData"))
    if not data:
        raise AnswerUnreadable("odd_json")
    return BusinessInfo(
        form_id=text_of(data.get("Id")) or form_id,
        names=read_names(data.get("Name")),
        entries=tuple(map(_entry, _objects(data.get("Entrys")))),
        operations=tuple(map(_operation, _objects(data.get("Operations")))),
    )


def read_names(value: object) -> Names:
    """Names given as `[{Key: lcid, Value}]`, or as one text for every language."""
    if isinstance(value, str):
        return ((CHINESE_LCID, value),) if value else ()
    return tuple((lax(item.get("Key"), int) or 0, text_of(item.get("Value"))) for item in _objects(value))


def _entry(item: dict[str, object]) -> EntryInfo:
    return EntryInfo(
        key=text_of(item.get("Key")),
        parent_key=text_of(item.get("ParentKey")),
        names=read_names(item.get("Name")),
        fields=tuple(map(_field, _objects(item.get("Fields")))),
    )


def _field(item: dict[str, object]) -> FieldInfo:
    return FieldInfo(
        key=text_of(item.get("Key")),
        names=read_names(item.get("Name")),
        field_type=text_of(item.get("FieldType")),
        element_type=text_of(item.get("ElementType")),
        lookup_form=text_of(item.get("LookUpObjectFormId")),
        must_input=lax(item.get("MustInput"), bool) or False,
    )


def _operation(item: dict[str, object]) -> OperationInfo:
    name = item.get("OperationName")
    return OperationInfo(
        text_of(item.get("OperationNumber")), name_in(read_names(name)) if name is not None else ""
    )


def _objects(value: object) -> Iterator[dict[str, object]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())
