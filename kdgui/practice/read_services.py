"""The services that only read, and SwitchOrg: queries, View, QueryBusinessInfo (protocol 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kdgui.practice.answers import Json, MsgCode, Refused, refusal_block, result, success_block
from kdgui.practice.data_centre import DataCentre
from kdgui.practice.queries import Query, RowsLost
from kdgui.practice.sessions import Session
from kdgui.practice.wire import Call

QUERIES = frozenset({"executebillquery", "billquery"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A call with the session and the books it is about."""

    call: Call
    session: Session
    centre: DataCentre
    lost: RowsLost | None = None


def execute_bill_query(asked: Asked) -> Json:
    """Rows as lists, in the order of FieldKeys."""
    return _rows(asked, Query.read(asked.call.data(0)))


def bill_query(asked: Asked) -> Json:
    """The same rows as objects."""
    query = Query.read(asked.call.data(0))
    return [dict(zip(query.keys, row, strict=True)) for row in _rows(asked, query)]


def _rows(asked: Asked, query: Query) -> list[list[object]]:
    lost = asked.lost if asked.lost and asked.lost.form_id in ("", query.form_id) else None
    return asked.centre.reader.rows(query, asked.session.organisation_id, asked.session.user_id, lost)


def view(asked: Asked) -> Json:
    """One whole bill."""
    return asked.centre.metadata.view(asked.call.text(0, "formid"), asked.call.data(1))


def business_info(asked: Asked) -> Json:
    """What a form is made of."""
    return asked.centre.metadata.business_info(asked.call.data(0))


def switch_organisation(asked: Asked) -> Json:
    """Let the session work in another organisation."""
    given = {str(key).lower(): value for key, value in asked.call.data(0).items()}
    number = str(given.get("orgnumber") or "").strip()
    found = asked.centre.books.find_base("ORG_Organizations", number)
    if found is None:
        raise Refused(f"编码为“{number}”的组织不存在或您没有该组织的权限！", MsgCode.NO_DATA)
    asked.session.organisation_id = found.id
    return result(success_block())


def refuse_save(asked: Asked) -> Json:
    """Only Save of one existing bill is part of what follows a push."""
    raise Refused(f"练习账套不支持{asked.call.service}。", MsgCode.NOT_POSSIBLE)


READS: Mapping[str, Callable[[Asked], Json]] = {
    "executebillquery": execute_bill_query,
    "billquery": bill_query,
    "view": view,
    "querybusinessinfo": business_info,
    "switchorg": switch_organisation,
    "batchsave": refuse_save,
    "draft": refuse_save,
}
"""Services by method, in lower case."""


def read(method: str, asked: Asked) -> Json:
    """The answer of one of READS; a refusal is wrapped as this service wraps it. Takes the books' lock."""
    try:
        with asked.centre.books.vault.lock:
            return READS[method](asked)
    except Refused as refused:
        return wrapped(method, result(refusal_block(refused.troubles, refused.msg_code)))


def wrapped(method: str, answer: Json) -> Json:
    """Queries wrap their refusals in two lists (sample session_lost_billquery_nested)."""
    return [[answer]] if method in QUERIES else answer
