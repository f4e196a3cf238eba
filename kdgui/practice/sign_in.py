"""Signing in: passwords, app secrets, signatures, and the ways to be refused (protocol 1.1, 1.3, 1.5)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from kdgui.practice import company
from kdgui.practice.company import CENTRES, Centre
from kdgui.practice.sessions import Session
from kdgui.practice.switches import Switches
from kdgui.practice.wire import Request

USER = "demo"
PASSWORD = "lianxi-2026"  # noqa: S105 - printed for everybody, it opens practice books only
APP_ID = "230815_a2RndWktcHJhY3RpY2UtYWNjb3VudC0x"
APP_SECRET = "5f1e7c3a9b2d4860a1c3e5f708192a3b"  # noqa: S105 - as above
SUCCESS, WRONG_PASSWORD, FAILURE = 1, 0, -1
APP_SECRET_WRONG = "002005000003016"  # noqa: S105 - a MessageCode
TRIES, LOCKED_SECONDS = 5, 1800.0
DAY = 86_400
_XOR_WITH = b"0054f397c6234378b09ca7d3e5debce7"
"""What the vendor's clients mix into the second half of an app id (protocol 1.5)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a sign-in with the right password ends for one practice user."""

    kind: int
    message: str = ""
    message_code: str = ""
    session: bool = False


ORDINARY = Outcome(SUCCESS, "", "CheckPasswordPolicy", session=True)
SPECIAL_USERS: Mapping[str, Outcome] = {
    "failed": Outcome(FAILURE, "登录失败"),
    "pw_optional": Outcome(-2, "密码验证不通过，建议修改密码"),
    "pw_change": Outcome(-3, "密码已过期，必须修改密码后才能登录"),
    "warning": Outcome(-4, "登录警告：许可即将到期"),
    "form": Outcome(-5, "需要先处理密码策略表单"),
    "form_session": Outcome(-5, "需要先处理密码策略表单", session=True),
    "unbound": Outcome(-6, "用户未绑定云通行证"),
    "activation": Outcome(-7, "用户需要激活"),
    "locked": Outcome(FAILURE, "登录失败次数超限，用户已被锁定，请30分钟后再试"),
}
"""Users who exist to be refused; all have the usual password."""
COLLEAGUES = {"demo": company.DEMO_USER_ID, "buyer": company.BUYER_ID, "seller": company.SELLER_ID,
              "accountant": company.ACCOUNTANT_ID}  # fmt: skip
APP_USERS = frozenset({"demo", "buyer"})
"""Users whom the practice app may sign in."""
_NAMES = {"demo": "练习用户", "buyer": "采购员", "seller": "销售员", "accountant": "会计"}


class WrongCentre(Exception):
    """Signed headers for a data centre that does not exist: HTTP 500 in plain text (protocol 2.7)."""


def centre_of(centre_id: str) -> Centre | None:
    """The data centre with this id, whatever its case."""
    return next((item for item in CENTRES if item.id == centre_id.strip().lower()), None)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What came of a sign-in: the answer body, and the session where there is one."""

    body: dict[str, object]
    session: Session | None = None


class Authenticator:
    """Checks who may come in. Safe to use from any thread."""

    def __init__(self, switches: Switches | None = None) -> None:
        self._switches = switches or Switches()
        self._lock = threading.Lock()
        self._failures: dict[str, list[float]] = {}

    def by_password(self, centre_id: str, user: str, password: str, lcid: int) -> SignIn:
        """ValidateUser."""
        centre, name = centre_of(centre_id), user.strip().lower()
        if centre is None:
            return _refused(FAILURE, f"数据中心“{centre_id}”不存在或未启用")
        if self._locked(name):
            return _refused(FAILURE, "密码错误次数超限，用户已被锁定，请30分钟后再试")
        if name not in COLLEAGUES and name not in SPECIAL_USERS:
            return _refused(WRONG_PASSWORD, "用户名或密码错误")
        if not hmac.compare_digest(password.encode(), PASSWORD.encode()):
            self._count_failure(name)
            return _refused(WRONG_PASSWORD, "用户名或密码错误")
        self.forgive(name)
        return self._welcome(centre, name, SPECIAL_USERS.get(name, ORDINARY), lcid)

    def by_app_secret(self, centre_id: str, user: str, app_id: str, secret: str, lcid: int) -> SignIn:
        """LoginByAppSecret."""
        good = hmac.compare_digest(secret.encode(), APP_SECRET.encode())
        return self._by_app(centre_id, user, app_id, good, lcid)

    def by_sign(self, centre_id: str, user: str, app_id: str, stamp: str, sign: str, lcid: int) -> SignIn:
        """LoginBySign: SHA-256 of the sorted values, time stamps within a day."""
        joined = "".join(sorted((centre_id, user, app_id, APP_SECRET, stamp)))
        wanted = hashlib.sha256(joined.encode()).hexdigest()
        good = _recent(stamp) and hmac.compare_digest(sign.lower().encode(), wanted.encode())
        return self._by_app(centre_id, user, app_id, good, lcid)

    def _by_app(self, centre_id: str, user: str, app_id: str, good: bool, lcid: int) -> SignIn:
        centre, name = centre_of(centre_id), user.strip().lower()
        if centre is None:
            return _refused(FAILURE, f"数据中心“{centre_id}”不存在或未启用")
        if app_id != APP_ID or not good:
            return _refused(WRONG_PASSWORD, "应用密钥或签名不正确", APP_SECRET_WRONG)
        if name not in APP_USERS:
            return _refused(
                WRONG_PASSWORD, f"第三方应用：kdgui 不允许用户{user} 登录，请联系系统管理员添加！"
            )
        return self._welcome(centre, name, ORDINARY, lcid)

    def by_headers(self, request: Request) -> Session | None:
        """A new session for a request with valid signed headers; None for an invalid or missing signature.

        WrongCentre where the signature names a data centre that does not exist.
        """
        headers = request.headers
        appdata = _appdata(headers.get("x-kd-appdata", ""))
        if appdata is None or headers.get("x-kd-appkey") != APP_ID:
            return None
        centre_id, user, lcid, organisation = appdata
        name, centre = user.strip().lower(), centre_of(centre_id)
        if centre is None:
            raise WrongCentre
        if name not in APP_USERS or not lcid.isdigit() or not _signature_holds(request, ",".join(appdata)):
            return None
        organisation_id = company.ORGANISATIONS.get(organisation, company.HEAD_OFFICE)
        return Session(centre.id, name, COLLEAGUES[name], organisation_id, int(lcid))

    def _welcome(self, centre: Centre, user: str, outcome: Outcome, lcid: int) -> SignIn:
        user_id = COLLEAGUES.get(user, company.DEMO_USER_ID)
        session = Session(centre.id, user, user_id, company.HEAD_OFFICE, lcid) if outcome.session else None
        body = _body(outcome)
        if session is not None:
            context = _context(centre, user, session)
            context["DisplayVersion"] = self._switches.version
            if self._switches.organisation_untold:
                context["CurrentOrganizationInfo"] = None
            body["Context"] = context
            body["KDSVCSessionId"] = session.id
        return SignIn(body, session)

    def forgive(self, user: str = "") -> None:
        """Forget failed tries, of one user or of all."""
        with self._lock:
            if user:
                self._failures.pop(user, None)
            else:
                self._failures.clear()

    def _locked(self, user: str) -> bool:
        now = time.monotonic()
        with self._lock:
            recent = [at for at in self._failures.get(user, []) if now - at < LOCKED_SECONDS]
            return len(recent) >= TRIES

    def _count_failure(self, user: str) -> None:
        with self._lock:
            self._failures.setdefault(user, []).append(time.monotonic())


def hmac_text(content: str, key: str) -> str:
    """base64 of the hex of an HMAC-SHA256, as the vendor's clients make it."""
    return base64.b64encode(
        hmac.new(key.encode(), content.encode(), hashlib.sha256).hexdigest().encode()
    ).decode()


def client_secret(app_id: str) -> str:
    """The key of X-Api-Signature, hidden in the second half of the app id."""
    raw = base64.b64decode(app_id.partition("_")[2])
    return base64.b64encode(bytes(a ^ b for a, b in zip(raw, _XOR_WITH, strict=False))).decode()


def _signature_holds(request: Request, appdata: str) -> bool:
    headers = request.headers
    stamp, nonce = headers.get("x-api-timestamp", ""), headers.get("x-api-nonce", "")
    path = request.path.replace("/", "%2F")
    text = f"{request.method}\n{path}\n\nx-api-nonce:{nonce}\nx-api-timestamp:{stamp}\n"
    pairs = (
        (headers.get("x-api-signature", ""), hmac_text(text, client_secret(APP_ID))),
        (headers.get("x-kd-signature", ""), hmac_text(APP_ID + appdata, APP_SECRET)),
    )
    matches = all(hmac.compare_digest(given.encode(), wanted.encode()) for given, wanted in pairs)
    return matches and bool(nonce) and _recent(stamp)


def _appdata(header: str) -> tuple[str, str, str, str] | None:
    try:
        parts = base64.b64decode(header, validate=True).decode().split(",")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (parts[0], parts[1], parts[2], parts[3]) if len(parts) == 4 else None


def _recent(stamp: str) -> bool:
    return stamp.isdigit() and len(stamp) < 13 and abs(time.time() - int(stamp)) <= DAY


def _refused(kind: int, message: str, message_code: str = "") -> SignIn:
    return SignIn(_body(Outcome(kind, message, message_code)))


def _body(outcome: Outcome) -> dict[str, object]:
    """The keys of sample login_success_validateuser."""
    return {
        "Message": outcome.message or None,
        "MessageCode": outcome.message_code,
        "LoginResultType": outcome.kind,
        "Context": None,
        "KDSVCSessionId": None,
        "FormId": None,
        "RedirectFormParam": None,
        "FormInputObject": None,
        "ErrorStackTrace": None,
        "Lcid": 0,
        "AccessToken": None,
        "CustomParam": {},
        "KdAccessResult": None,
        "IsSuccessByAPI": outcome.kind == SUCCESS,
    }


def _context(centre: Centre, user: str, session: Session) -> dict[str, object]:
    zone = {"OffsetTicks": 288_000_000_000, "StandardName": "(UTC+08:00)北京，重庆，香港特别行政区，乌鲁木齐",
            "Id": 230, "Number": "1078_SYS", "CanBeUsed": True}  # fmt: skip
    return {
        "UserLocale": "zh-CN",
        "LogLocale": "zh-CN",
        "DBid": centre.id,
        "DatabaseType": 3,
        "SessionId": session.asp_id,
        "UseLanguages": [
            {"LocaleId": 2052, "LocaleName": "中文(简体)", "Alias": "CN", "LicenseType": 0},
            {"LocaleId": 1033, "LocaleName": "英语(美国)", "Alias": "EN", "LicenseType": 0},
        ],
        "UserId": session.user_id,
        "UserName": _NAMES.get(user, user),
        "CustomName": "小河贸易",
        "DataCenterName": centre.name,
        "UserToken": session.id,
        "CurrentOrganizationInfo": {
            "ID": company.HEAD_OFFICE,
            "AcctOrgType": "1",
            "Name": "总部",
            "FunctionIds": [101, 102, 103, 104, 107, 108, 109, 110, 111, 112, 113, 114],
        },
        "IsCH_ZH_AutoTrans": False,
        "ClientType": 32,
        "UTimeZone": zone,
        "STimeZone": zone,
        "GDCID": "",
        "Gsid": None,
        "TRLevel": 1,
        "ProductEdition": 0,
        "DataCenterNumber": centre.number,
        "ContextResultType": 0,
        "TenantId": "",
        "IsDeployAsPublicCloud": False,
    }


def data_centre_list() -> list[dict[str, object]]:
    """The items of GetDataCenterList, in the shape of sample data_center_list."""
    return [
        {
            "Id": item.id,
            "Number": item.number,
            "Name": item.name,
            "LocaleValueName": [{"Key": 2052, "Value": item.name}],
            "DBType": 3,
            "AcctType": "10",
            "IsNeedValicationCode": False,
            "AuthenticationMethods": [{"AuthenticationMethodType": 1, "Name": "命名用户身份"}],
            "DefaultMethods": 1,
            "RunTask": True,
            "Version": None,
            "TenantId": "",
            "GUID": "",
            "Sites": [{"Id": "K3Cloud", "DisplayName": "K3Cloud"}],
            "IsNotDefaultAdmin": False,
            "Publickey": "",
            "EncryptionType": "",
            "SecondMethods": 23,
        }
        for item in CENTRES
    ]
