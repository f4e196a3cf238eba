"""Signing in: the login calls, and what the server's answer to them means (protocol 1.1, 1.3)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from kdgui.domain.accounts import Credentials, SignedIn, SignInMode
from kdgui.domain.errors import AnswerUnreadable, SignInRefused
from kdgui.k3cloud.answers import find_answer, lax, text_of, unwrap
from kdgui.k3cloud.calls import LOGIN_BY_APP_SECRET, LOGIN_BY_SIGN, VALIDATE_USER, Call, call
from kdgui.k3cloud.http.bodies import as_text
from kdgui.k3cloud.redaction import Redactor
from kdgui.k3cloud.signatures import login_signature
from kdgui.k3cloud.write_endings import session_lost

SUCCESS = 1
DEAL_WITH_FORM = -5
_REFUSALS = {
    0: "sign_in_password",
    -1: "sign_in_failed",
    -2: "sign_in_password_optional",
    -3: "sign_in_password_change",
    -4: "sign_in_warning",
    DEAL_WITH_FORM: "sign_in_form",
    -6: "sign_in_unbound",
    -7: "sign_in_activation",
}
_WRONG_APP_SECRET = "002005000003016"  # noqa: S105 - a MessageCode
# Words of the server choose among refusals only; that it is a refusal is decided by LoginResultType.
_LOCKED_WORDS = "次数超限"
_APP_USER_WORDS = ("第三方应用", "不允许用户")
_DATA_CENTRE_WORDS = "thirty passport"
_NO_DATA_CENTRE_WORDS = ("数据中心", "无法获取")
_OK = 200


@dataclass(frozen=True, slots=True)
class LoginAnswer:
    """A sign-in that the server did not refuse.

    Attributes:
        session_id: KDSVCSessionId, or "".
        pending: LoginResultType -5: good only if a session came along and a first query works.
    """

    signed_in: SignedIn
    session_id: str = field(repr=False)
    pending: bool
    message: str


def login_call(credentials: Credentials, *, sha1: bool = False) -> Call:
    """The call that signs in; not for `SignInMode.SIGNED_HEADERS`, which needs none.

    `sha1` signs LoginBySign as servers before 8.0.0.202205 want it.
    """
    who = credentials
    if who.mode is SignInMode.PASSWORD:
        return call(VALIDATE_USER, who.data_centre_id, who.user, who.secret, who.lcid)
    if who.mode is SignInMode.APP_SECRET:
        return call(LOGIN_BY_APP_SECRET, who.data_centre_id, who.user, who.app_id, who.secret, who.lcid)
    if who.mode is SignInMode.LOGIN_SIGN:
        now = int(time.time())
        sign = login_signature(who, now, sha1=sha1)
        return call(LOGIN_BY_SIGN, who.data_centre_id, who.user, who.app_id, now, sign, who.lcid)
    raise ValueError(f"{who.mode} needs no login")


def refuse_data_centre(status: int | None, body: bytes) -> None:
    """Raise SignInRefused sign_in_data_centre for the non-200 text that a wrong id gets (protocol 1.4)."""
    text = as_text(body[:1000])
    if status not in (None, _OK) and _DATA_CENTRE_WORDS in text.lower():
        raise SignInRefused("sign_in_data_centre", text.strip())


def read_login(value: object, credentials: Credentials, mask: Redactor) -> LoginAnswer:
    """Read the answer of a login call.

    Raises:
        SignInRefused: the server said no; `detail` is its Message verbatim.
        AnswerUnreadable: odd_json, where it is no answer to a login.
    """
    answer = unwrap(value)
    if answer is None:
        raise AnswerUnreadable("odd_json")
    message = mask(text_of(answer.get("Message")))
    result = lax(answer.get("LoginResultType"), int)
    if result is None:
        raise _no_result(value, message, mask)
    if result not in (SUCCESS, DEAL_WITH_FORM):
        code = text_of(answer.get("MessageCode")).strip()
        raise SignInRefused(refusal_code(result, code, message), message)
    return LoginAnswer(
        signed_in=_read_context(answer.get("Context"), credentials, message),
        session_id=text_of(answer.get("KDSVCSessionId")),
        pending=result == DEAL_WITH_FORM,
        message=message,
    )


def refusal_code(result: int, message_code: str, message: str) -> str:
    """The code of words for a refused sign-in."""
    if _LOCKED_WORDS in message:
        return "sign_in_locked"
    if message_code == _WRONG_APP_SECRET:
        return "sign_in_app_secret"
    if all(word in message for word in _APP_USER_WORDS):
        return "sign_in_app_user"
    if all(word in message for word in _NO_DATA_CENTRE_WORDS):  # protocol 9
        return "sign_in_data_centre"
    return _REFUSALS.get(result, "sign_in_unknown")


def _no_result(value: object, message: str, mask: Redactor) -> SignInRefused | AnswerUnreadable:
    answer = find_answer(value)
    if answer is None:
        return AnswerUnreadable("odd_json", message)
    said = mask("\n".join(error.message for error in answer.errors)) or message
    # A session that is lost while it is being made: the server was restarted, or a gateway mixes two.
    return SignInRefused("sign_in_session" if session_lost(answer) else "sign_in_unknown", said)


def _read_context(value: object, credentials: Credentials, message: str) -> SignedIn:
    context = unwrap(value) or {}
    organisation = unwrap(context.get("CurrentOrganizationInfo")) or {}
    return SignedIn(
        data_centre_id=text_of(context.get("DBid")) or credentials.data_centre_id,
        data_centre_name=text_of(context.get("DataCenterName")),
        user=text_of(context.get("UserName")) or credentials.user,
        user_id=text_of(context.get("UserId")),
        organisation_id=text_of(organisation.get("ID")),
        organisation_name=text_of(organisation.get("Name")),
        version=text_of(context.get("DisplayVersion")),
        warning=message,
    )
