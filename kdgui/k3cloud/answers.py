"""Answers: make domain answers of what the server says, however loosely it keeps to its own shapes."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from kdgui.domain.endings import Answer, Block, Entity, ServerError
from kdgui.k3cloud.http.bodies import as_text, without_bom

T = TypeVar("T")

RESPONSE_ERROR = "response_error:"
"""Prefix of the text of an unhandled server exception (protocol 2.7)."""

_NESTING = 4  # ExecuteBillQuery wraps an error in two lists (protocol 2.7)


class Unreadable(Exception):
    """A whole answer that is none: `cause` is a code of words, `detail` the server's text, or ""."""

    def __init__(self, cause: str, detail: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.detail = detail


def read_json(body: bytes, content_type: str = "") -> object:
    """The JSON value of a body, a byte order mark forgiven.

    Raises:
        Unreadable: empty, html, response_error, not_json.
    """
    text = without_bom(body)
    if not text.strip():
        raise Unreadable("empty")
    try:
        value = _decode(text)
    except ValueError:
        raise _not_json(as_text(text, content_type), content_type) from None
    if not isinstance(value, str):
        return value
    try:  # an answer packed twice, or the text of an exception packed as JSON
        return _decode(value)
    except ValueError:
        raise _not_json(value, "") from None


def _decode(text: bytes | str) -> object:
    """The JSON value; ValueError for anything that is none, nested too deep included."""
    try:
        value: object = msgspec.json.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def _not_json(text: str, content_type: str) -> Unreadable:
    if text.startswith(RESPONSE_ERROR):
        return Unreadable("response_error", text.removeprefix(RESPONSE_ERROR).strip())
    if text.startswith("<") or "html" in content_type.lower():
        return Unreadable("html")
    return Unreadable("not_json")


def unwrap(value: object) -> dict[str, object] | None:
    """The object inside `{…}`, `[{…}]` or `[[{…}]]`; None for anything else, rows of a query included."""
    for _ in range(_NESTING):
        if isinstance(value, dict):
            return value
        if not isinstance(value, list) or len(value) != 1:
            return None
        value = value[0]
    return None


def find_answer(value: object) -> Answer | None:
    """The answer in a JSON value: `Result.ResponseStatus` and `Result.ConvertResponseStatus`.

    None where the value carries neither. Where only the conversion block is there, the saving block
    says no and nothing else: that the conversion went well does not mean that anything was saved.
    """
    whole = unwrap(value) or {}
    result = unwrap(whole.get("Result")) or whole
    save = _blocks(result.get("ResponseStatus"))
    convert = _blocks(result.get("ConvertResponseStatus"))
    if save is None and convert is None:
        return None
    return Answer(save or Block(success=False), convert)


def _blocks(value: object) -> Block | None:
    """A block, also given as a list of blocks (protocol 8): then all must say yes, and nothing is lost."""
    blocks = [_block(item) for item in _items(value) if isinstance(item, dict)]
    if not blocks:
        return None
    refusing = [block for block in blocks if not block.success]
    first = (refusing or blocks)[0]
    return Block(
        success=not refusing,
        msg_code=first.msg_code,
        error_code=first.error_code,
        errors=tuple(error for block in blocks for error in block.errors),
        entities=tuple(entity for block in blocks for entity in block.entities),
        messages=tuple(message for block in blocks for message in block.messages),
    )


def _block(status: dict[str, object]) -> Block:
    return Block(
        success=lax(status.get("IsSuccess"), bool) or False,
        msg_code=lax(status.get("MsgCode"), int),
        error_code=text_of(status.get("ErrorCode")),
        errors=tuple(map(_message, _items(status.get("Errors")))),
        entities=tuple(filter(None, map(_entity, _items(status.get("SuccessEntitys"))))),
        messages=tuple(map(_message, _items(status.get("SuccessMessages")))),
    )


def _message(item: object) -> ServerError:
    if not isinstance(item, dict):
        return ServerError(text_of(item))
    return ServerError(
        message=text_of(item.get("Message")),
        field_name=text_of(item.get("FieldName")),
        index=lax(item.get("DIndex"), int),
    )


def _entity(item: object) -> Entity | None:
    """An entity; None for one without id and number (the documented template prints such a one)."""
    if not isinstance(item, dict):
        return None
    entity_id, number = text_of(item.get("Id")).strip(), text_of(item.get("Number"))
    if entity_id == "0":
        entity_id = ""
    if not entity_id and not number:
        return None
    return Entity(entity_id, number, _entry_ids(item.get("EntryIds")))


def _entry_ids(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        return ()
    return tuple((str(key), tuple(filter(None, map(text_of, _items(ids))))) for key, ids in value.items())


def _items(value: object) -> list[object]:
    """A list as it is, nothing as no item, anything else as the only item."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def text_of(value: object) -> str:
    """A value as text: "" for null, digits for whole numbers, however they were written."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (int, float)):
        return str(value)
    return msgspec.json.encode(value).decode()


def lax(value: object, kind: type[T]) -> T | None:
    """`value` as `kind`, "true" and "11" forgiven; None where it is nothing of the sort."""
    if isinstance(value, str):
        value = value.strip()
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        return None
