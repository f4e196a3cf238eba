"""The parameters of Save (protocol 4b.1), read as real servers read them, and how values are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kdgui.practice.answers import Json, MsgCode, Refused
from kdgui.practice.forms import Field, FormSpec
from kdgui.practice.push import is_true, read_list
from kdgui.practice.queries import whole_number

LINE_KEY = "fentryid"


@dataclass(frozen=True, slots=True)
class SaveCall:
    """One Save. A misspelt parameter is ignored, as by a real server; letter case does not matter.

    Attributes:
        bill_id: FID of the bill to be changed; 0 for none named.
        fields: NeedUpDateFields; () lets everything in `model` count.
        model: as it was sent, keys and their order kept.
        delete_lines: IsDeleteEntry, true where it is not sent.
        text: the whole data as JSON, to know a repeated one.
    """

    bill_id: int
    fields: tuple[str, ...] = ()
    model: Mapping[str, Json] = field(default_factory=dict)
    delete_lines: bool = True
    validate: bool = True
    verify_base: bool = False
    control_precision: bool = False
    adjust_order: bool = False
    refuse_repeat: bool = False
    text: str = ""

    @classmethod
    def read(cls, form: FormSpec | None, data: Mapping[str, Json]) -> SaveCall:
        """From the data object; `form` None where there is no such form."""
        given = {str(key).lower(): value for key, value in data.items()}
        model = given.get("model")
        model = model if isinstance(model, dict) else {}
        own = {str(key).lower(): value for key, value in model.items()}
        key = form.key.lower() if form is not None else "fid"
        return cls(
            whole_number(own.get(key) or own.get("fid")),
            read_list(given.get("needupdatefields")),
            model,
            is_true(given.get("isdeleteentry", True)),
            is_true(given.get("validateflag", True)),
            is_true(given.get("isverifybasedatafield")),
            is_true(given.get("iscontrolprecision")),
            is_true(given.get("isautoadjustfield")),
            is_true(given.get("validaterepeatjson")),
            json.dumps(data, ensure_ascii=False, sort_keys=True),
        )

    def names(self, key: str) -> bool:
        """Whether NeedUpDateFields lets this key count."""
        return not self.fields or key.casefold() in {name.casefold() for name in self.fields}

    @property
    def dotted(self) -> tuple[tuple[str, str], ...]:
        """Entity and field of names with a point in them, which no documentation knows."""
        parts = (name.partition(".") for name in self.fields)
        return tuple((entity, key) for entity, point, key in parts if point)


def code_of(value: Json) -> str | None:
    """The code of base data or a lot: in a sub-key FNumber; None for anything else, which is ignored."""
    if not isinstance(value, dict):
        return None
    own = {str(key).lower(): item for key, item in value.items()}
    code = own.get("fnumber")
    return None if code is None else str(code)


def number_in(value: Json, item: Field) -> float:
    """A number or its text; refused as an exception of the server where it is none."""
    try:
        return float(str(value).strip() or 0)
    except ValueError:
        raise Refused(f"字段“{item.name}”的值“{value}”不是有效的数值！", MsgCode.EXCEPTION) from None


def date_in(value: Json, item: Field) -> str:
    """A day, with or without a time, as queries show it."""
    try:
        return datetime.fromisoformat(str(value).strip()).strftime("%Y-%m-%dT%H:%M:%S")
    except ValueError:
        raise Refused(f"字段“{item.name}”的值“{value}”不是有效的日期！", MsgCode.EXCEPTION) from None
