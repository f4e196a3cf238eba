"""Answer bodies: ResponseStatus, ConvertResponseStatus, refusals (protocol 2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Json = object

SESSION_LOST = "会话信息已丢失，请重新登录"
NO_CONTEXT = "Context Is Null"


class MsgCode:
    """Codes of protocol 1.6 that this server uses."""

    CONTEXT_LOST = 1
    NO_PERMISSION = 2
    EXCEPTION = 4
    NO_FORM = 5
    BAD_PARAMETER = 8
    NO_FIELD = 9
    NO_DATA = 10
    VALIDATION = 11
    NOT_POSSIBLE = 12


@dataclass(frozen=True, slots=True)
class Trouble:
    """One entry of Errors (or of SuccessMessages)."""

    message: str
    field_name: str | None = None
    index: int = 0

    def as_json(self) -> dict[str, Json]:
        """As it travels."""
        return {"FieldName": self.field_name, "Message": self.message, "DIndex": self.index}


@dataclass(frozen=True, slots=True)
class Made:
    """One entry of SuccessEntitys; `number` None or "" for a draft. Entry ids by entity key."""

    id: int
    number: str | None
    index: int = 0
    entry_ids: Mapping[str, Sequence[int]] | None = None

    def as_json(self, *, ids_as_text: bool = False) -> dict[str, Json]:
        """As it travels."""
        row: dict[str, Json] = {
            "Id": str(self.id) if ids_as_text else self.id,
            "Number": self.number,
            "DIndex": self.index,
        }
        if self.entry_ids is not None:
            row["EntryIds"] = {key: list(ids) for key, ids in self.entry_ids.items()}
        return row


class Refused(Exception):
    """A business refusal: HTTP 200, IsSuccess false (protocol 2.7)."""

    def __init__(self, message: str | Sequence[Trouble], msg_code: int) -> None:
        super().__init__(message)
        self.troubles = (Trouble(message),) if isinstance(message, str) else tuple(message)
        self.msg_code = msg_code


def success_block(
    made: Iterable[Made] = (), messages: Iterable[Trouble] = (), *, ids_as_text: bool = False
) -> dict[str, Json]:
    """A block that says yes; without ErrorCode, as in the one verbatim sample."""
    return {
        "IsSuccess": True,
        "Errors": [],
        "SuccessEntitys": [item.as_json(ids_as_text=ids_as_text) for item in made],
        "SuccessMessages": [item.as_json() for item in messages],
        "MsgCode": 0,
    }


def refusal_block(
    troubles: Iterable[Trouble], msg_code: int | None, made: Iterable[Made] = (), *, ids_as_text: bool = False
) -> dict[str, Json]:
    """A block that says no; `msg_code` None leaves the key out."""
    block: dict[str, Json] = {
        "ErrorCode": 500,
        "IsSuccess": False,
        "Errors": [item.as_json() for item in troubles],
        "SuccessEntitys": [item.as_json(ids_as_text=ids_as_text) for item in made],
        "SuccessMessages": [],
    }
    if msg_code is not None:
        block["MsgCode"] = msg_code
    return block


def result(response: Json, convert: Json | None = None) -> dict[str, dict[str, Json]]:
    """The whole answer of a write."""
    blocks: dict[str, Json] = {"ResponseStatus": response}
    if convert is not None:
        blocks["ConvertResponseStatus"] = convert
    return {"Result": blocks}


def refusal(message: str, msg_code: int) -> Json:
    """A whole answer that says no with one sentence."""
    return result(refusal_block([Trouble(message)], msg_code))
