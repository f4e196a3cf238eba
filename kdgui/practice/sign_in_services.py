"""The sign-in services: arguments in every encoding, cookies in the answer (protocol 1.1, 1.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kdgui.practice.sessions import Sessions
from kdgui.practice.sign_in import Authenticator, SignIn, data_centre_list
from kdgui.practice.wire import Call, Reply, json_reply, text_reply

CHINESE = 2052


class SignInServices:
    """Answers AuthService and the lists of data centres. Safe to call from any thread."""

    def __init__(self, door: Authenticator, sessions: Sessions) -> None:
        self._door = door
        self._sessions = sessions
        self._ways: Mapping[str, Callable[[Call], Reply]] = {
            "authservice.validateuser": self._validate_user,
            "authservice.loginbyappsecret": self._login_by_app_secret,
            "authservice.loginbysign": self._login_by_sign,
            "authservice.validateuserendecode": _not_offered,
            "authservice.loginbysimplepassport": _not_offered,
            "authservice.loginbymobilecard": _not_offered,
        }

    def offers(self, service: str) -> bool:
        """Whether this is a way to sign in; `service` in lower case."""
        return service in self._ways

    def sign_in(self, service: str, call: Call) -> Reply:
        """The answer to a sign-in, with cookies where it succeeded."""
        return self._ways[service](call)

    def data_centres(self, service: str) -> Reply | None:
        """The list of data centres in the shape of this service, None where it is not one of the two."""
        if service == "accountservice.getdatacenterlist":
            return json_reply(data_centre_list())
        if service == "mcservice.getdatacenterlist":
            return json_reply({"Code": 0, "Message": "", "Data": data_centre_list()})
        return None

    def _validate_user(self, call: Call) -> Reply:
        account, user, lcid = call.text(0, "acctid"), call.text(1, "username"), call.text(3, "lcid")
        return self._reply(self._door.by_password(account, user, call.text(2, "password"), _lcid(lcid)))

    def _login_by_app_secret(self, call: Call) -> Reply:
        account, user, app_id = call.text(0, "acctid"), call.text(1, "username"), call.text(2, "appid")
        secret, lcid = call.text(3, "appsecret"), call.text(4, "lcid")
        return self._reply(self._door.by_app_secret(account, user, app_id, secret, _lcid(lcid)))

    def _login_by_sign(self, call: Call) -> Reply:
        account, user, app_id = call.text(0, "acctid"), call.text(1, "username"), call.text(2, "appid")
        stamp, sign = call.text(3, "timestamp"), call.text(4, "sign", "signature")
        lcid = call.text(5, "lcid")
        return self._reply(self._door.by_sign(account, user, app_id, stamp, sign, _lcid(lcid)))

    def _reply(self, sign_in: SignIn) -> Reply:
        reply = json_reply(sign_in.body)
        if sign_in.session is not None:
            reply.headers += self._sessions.add(sign_in.session).cookies()
        return reply


def _not_offered(call: Call) -> Reply:
    return text_reply(f"response_error: 错误信息：练习账套不支持登录方式{call.service}。")


def _lcid(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else CHINESE
