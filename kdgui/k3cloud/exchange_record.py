"""Exchange record: what one session sends and gets, as text without secrets, for reports to IT."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kdgui.k3cloud.calls import Call
from kdgui.k3cloud.http.bodies import LARGEST_RAW, as_text, cut
from kdgui.k3cloud.http.transport import Exchange
from kdgui.k3cloud.redaction import Redactor

_SIGNING_IN = ".AuthService."
"""Sign-ins are not overheard: their answers hold more that opens doors than a mask can know of."""


@dataclass(frozen=True, slots=True)
class ExchangeRecord:
    """One exchange.

    Attributes:
        service: as it is called, "Kingdee.BOS….ExecuteBillQuery".
        asked, answered: the bodies, masked and cut to 64 KiB; "" for sign-ins.
        status: of HTTP; None where no answer came.
        cause: a line code where the answer did not arrive whole, else "".
        date: the Date header as the server (or a proxy) sent it, or "".
        seconds: from the last byte sent to the end of the answer.
    """

    service: str
    asked: str = field(repr=False)
    answered: str = field(repr=False)
    status: int | None
    cause: str
    date: str
    seconds: float


Listener = Callable[[ExchangeRecord], None]


def record_exchange(call: Call, exchange: Exchange, mask: Redactor) -> ExchangeRecord:
    """What is told of one exchange."""
    silent = _SIGNING_IN in call.service
    kind = exchange.headers.get("content-type", "")
    return ExchangeRecord(
        service=call.service,
        asked="" if silent else cut(mask(as_text(call.body))),
        answered="" if silent else cut(mask(as_text(exchange.body[: 2 * LARGEST_RAW], kind))),
        status=exchange.status,
        cause=exchange.cause,
        date=exchange.headers.get("date", ""),
        seconds=exchange.seconds,
    )
