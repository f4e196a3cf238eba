"""Endings: how one HTTP call of a write ended, as the HTTP core saw it; `pushing` makes verdicts of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kdgui.domain.bills import TargetBill


class EndingKind(StrEnum):
    """The rows of the table in design section 4."""

    NOTHING_SENT = "nothing_sent"
    """The connection's mark was never set: no byte of the request left."""
    SESSION_LOST = "session_lost"
    """MsgCode 1, not success, no entity in either block, within 5 s of the last byte sent."""
    BLOCKED = "blocked"
    """30x, 401, 403, 404, 405, 411, 413-415, 429: nearly certain that nothing happened, but not quite."""
    ANSWERED = "answered"
    """HTTP 200 with a readable answer: see `Ending.answer`."""
    UNKNOWN = "unknown"
    """Anything else: it may or may not have happened."""


@dataclass(frozen=True, slots=True)
class ServerError:
    """One entry of Errors or SuccessMessages (protocol 2.2), unchanged."""

    message: str
    field_name: str = ""
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """One entry of SuccessEntitys: id ("" if none), number ("" for a draft), entry ids by entity key."""

    id: str
    number: str = ""
    entry_ids: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def means(self, bill: TargetBill) -> bool:
        """Whether this entity names `bill`: by its id, or by its number where it has no id."""
        if self.id:
            return self.id == bill.id
        return bool(self.number) and self.number == bill.number


@dataclass(frozen=True, slots=True)
class Block:
    """ResponseStatus or ConvertResponseStatus (protocol 2.2). `msg_code` None where the answer had none."""

    success: bool
    msg_code: int | None = None
    error_code: str = ""
    errors: tuple[ServerError, ...] = ()
    entities: tuple[Entity, ...] = ()
    messages: tuple[ServerError, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A readable answer of a write: the saving block, and the conversion block where there was one."""

    save: Block
    convert: Block | None = None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Both blocks, the saving one first."""
        return (self.save,) if self.convert is None else (self.save, self.convert)

    @property
    def success(self) -> bool:
        """Whether no block says no."""
        return all(block.success for block in self.blocks)

    @property
    def entities(self) -> tuple[Entity, ...]:
        """What the answer names as made, each id once, in the order given.

        A conversion block may name sources or provisional ids beside what was saved (protocol 2.2, 2.4): it
        counts only where the saving block said no, or named nothing.
        """
        seen: dict[tuple[str, str], Entity] = {}
        for block in (self.save,) if self.save.success and self.save.entities else self.blocks:
            for entity in block.entities:
                seen.setdefault((entity.id, entity.number), entity)
        return tuple(seen.values())

    @property
    def errors(self) -> tuple[ServerError, ...]:
        """Every error of both blocks, none dropped, the same words kept once."""
        return tuple(dict.fromkeys(error for block in self.blocks for error in block.errors))

    @property
    def msg_code(self) -> int | None:
        """The MsgCode of the first block that says no, else of the saving block."""
        for block in self.blocks:
            if not block.success:
                return block.msg_code
        return self.save.msg_code


@dataclass(frozen=True, slots=True)
class Ending:
    """How one call ended.

    Attributes:
        cause: code of `error.<cause>` in words (dns, refused, tls, proxy_auth, timeout, reset, html,
            truncated, http_status …), "" for a plain answer.
        status: HTTP status, or None where none arrived.
        raw: the body as text, at most its first 64 KiB, secrets masked.
        seconds: from the last byte sent to the ending; 0.0 where nothing was sent.
        retry_after: seconds asked for by Retry-After, or None.
        detail: the system's own words about a broken line, or "".
    """

    kind: EndingKind
    cause: str = ""
    answer: Answer | None = None
    status: int | None = None
    raw: str = ""
    seconds: float = 0.0
    retry_after: float | None = None
    detail: str = ""
