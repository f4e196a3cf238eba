"""The one error family: every foreseen trouble, as a code and values; the sentences live in resources/words.

KdguiError
├── LineTrouble          the server was not reached, or its answer did not arrive
├── AnswerUnreadable     something answered, but not a K/3 Cloud Web API
├── SignInRefused        the server answered: no
├── SessionLost          MsgCode 1: the server does not know us any more
├── QueryRefused         the server refused a question (a field it has not, a right we lack)
├── JournalTrouble       the journal cannot be written, read or locked
│   └── RecordMissing    what the program knows of is not in the journal (a KeyError too)
├── LedgerTrouble        the team's database cannot be reached, read or written
├── SecretsUnavailable   the system's key store is missing, locked or forgetful
├── BadInput             what was typed, pasted or opened cannot be used
└── Stopped              the clerk stopped it; say nothing
"""

from __future__ import annotations


class KdguiError(Exception):
    """A foreseen trouble.

    Attributes:
        code: key of `error.<code>` in resources/words.<lang>.json.
        values: what the sentence is filled with; never a password, token or session id.
        detail: the server's or the system's own words, shown underneath, or "".
    """

    def __init__(self, code: str, /, detail: str = "", **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.values = {key: str(value) for key, value in values.items()}

    def __str__(self) -> str:
        filled = ", ".join(f"{key}={value}" for key, value in self.values.items())
        return " ".join(part for part in (self.code, filled, self.detail) if part)


class ConnectionTrouble(KdguiError):
    """The server was not reached, or its answer did not arrive whole."""


class AnswerUnreadable(KdguiError):
    """Something answered, but not with what a K/3 Cloud Web API says."""


class SignInRefused(KdguiError):
    """The server answered the sign-in with no.

    The code tells the LoginResultType apart (protocol 1.3); `detail` is the server's Message.
    """


class SessionLost(KdguiError):
    """MsgCode 1 (protocol 1.4): the server does not know this session any more."""


class QueryRefused(KdguiError):
    """The server refused a question.

    Attributes:
        msg_code: the MsgCode of protocol 1.6, or None where the answer had none.
    """

    def __init__(
        self, code: str, /, detail: str = "", *, msg_code: int | None = None, **values: object
    ) -> None:
        super().__init__(code, detail, **values)
        self.msg_code = msg_code


class JournalTrouble(KdguiError):
    """The journal cannot be opened, written or locked: nothing may be sent."""


class RecordMissing(JournalTrouble, KeyError):
    """A run or row that the program knows of is not found in the journal: nothing is ever deleted there."""

    def __init__(self, what: str, path: object) -> None:
        super().__init__("journal_corrupt", what, path=path)


class SecretsUnavailable(KdguiError):
    """The system's key store is missing, locked, or drops what it is given."""


class BadInput(KdguiError):
    """What was typed, pasted or opened cannot be used as it is."""


class Stopped(KdguiError):
    """The clerk stopped it: nothing to explain."""

    def __init__(self) -> None:
        super().__init__("stopped")


class LedgerTrouble(KdguiError):
    """The team's ledger cannot be reached, read or written: nothing may be sent.

    Never with a password in its values or detail.
    """
