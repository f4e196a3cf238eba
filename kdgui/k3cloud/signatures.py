"""Signing: signature headers (protocol 1.5) and the sign of LoginBySign (1.1), from given inputs only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from urllib.parse import quote

from kdgui.domain.accounts import Credentials

# The vendor's clients XOR the second half of an app id with these bytes. It hides nothing: it is in
# every one of them (kingdee.cdp.webapi.sdk 8.2.0, util/encode_util.py, there spelt in ROT13).
_VENDOR_BYTES = b"0054f397c6234378b09ca7d3e5debce7"
_HIDDEN_LENGTH = 32


def client_secret(app_id: str) -> tuple[str, str]:
    """Client id and client secret that an app id "<client>_<hidden>" carries; ("", "") for any other."""
    client_id, separator, hidden = app_id.partition("_")
    if not separator or "_" in hidden:
        return "", ""
    return client_id, _reveal(hidden)


def _reveal(hidden: str) -> str:
    if len(hidden) != _HIDDEN_LENGTH:
        return ""
    try:
        packed = base64.b64decode(hidden, validate=True)
    except (binascii.Error, ValueError):
        return ""
    if "=" in hidden:  # the vendor's decoder refuses padding
        return ""
    return base64.b64encode(bytes(a ^ b for a, b in zip(packed, _VENDOR_BYTES, strict=False))).decode("ascii")


def signature_headers(credentials: Credentials, path: str, timestamp: int, nonce: str) -> dict[str, str]:
    """The headers that sign one request.

    Args:
        credentials: `secret` is the app secret; an organisation of "" is sent as "0".
        path: the path of the URL as it goes over the line.
        timestamp: seconds since 1970 (servers took up to 24 h of difference, protocol 1.4).
        nonce: any text that is not repeated.
    """
    client_id, secret = client_secret(credentials.app_id)
    signed_path = quote(path).replace("/", "%2F")
    text = f"POST\n{signed_path}\n\nx-api-nonce:{nonce}\nx-api-timestamp:{timestamp}\n"
    app_data = ",".join(
        (
            credentials.data_centre_id,
            credentials.user,
            str(credentials.lcid),
            credentials.organisation or "0",
        )
    )
    return {
        "X-Api-ClientID": client_id,
        "X-Api-Auth-Version": "2.0",
        "x-api-timestamp": str(timestamp),
        "x-api-nonce": nonce,
        "x-api-signheaders": "x-api-timestamp,x-api-nonce",
        "X-Api-Signature": _sign(text, secret),
        "X-Kd-Appkey": credentials.app_id,
        "X-Kd-Appdata": base64.b64encode(app_data.encode()).decode("ascii"),
        "X-Kd-Signature": _sign(credentials.app_id + app_data, credentials.secret),
    }


def login_signature(credentials: Credentials, timestamp: int, *, sha1: bool = False) -> str:
    """The sign of LoginBySign: SHA-256 over the sorted values, joined without separator.

    Servers before PT-146911 / 8.0.0.202205 want SHA-1 instead (protocol 9).
    """
    values = sorted(
        (
            credentials.data_centre_id,
            credentials.user,
            credentials.app_id,
            credentials.secret,
            str(timestamp),
        )
    )
    text = "".join(values).encode()
    if sha1:
        return hashlib.sha1(text, usedforsecurity=False).hexdigest()  # what an old server asks for
    return hashlib.sha256(text).hexdigest()


def _sign(text: str, key: str) -> str:
    """base64(hex(HMAC-SHA256)), as the vendor does."""
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
    return base64.b64encode(digest.encode("ascii")).decode("ascii")
