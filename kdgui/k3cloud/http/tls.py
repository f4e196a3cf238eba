"""TLS: whose certificates are believed, what is in a CA file, and why a certificate was not believed."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import truststore

from kdgui.domain.errors import BadInput, ConnectionTrouble

_DER = b"\x30"
_MOST_BYTES = 4_000_000
# OpenSSL, Windows and macOS each number in their own way what is wrong with a certificate.
_EXPIRED = {10, 0x800B0101, -67818}
_NOT_YET = {9, -67819}
_OTHER_NAME = {62, 64, 0x800B010F, -67602}
_UNKNOWN_CA = {2, 18, 19, 20, 21, 0x800B0109, 0x800B010A, -67843}


@dataclass(frozen=True, slots=True)
class CaFile:
    """What a CA file holds: the names of its authorities, and the day that the first of them ends on."""

    names: tuple[str, ...]
    ends: str


def tls_context(ca_file: str) -> ssl.SSLContext:
    """The operating system's trust, and that of a further PEM file. It verifies, and cannot be told not to.

    Raises:
        BadInput: ca_file_unreadable.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise BadInput("ca_file_unreadable", str(error), file=ca_file) from error
    return context


def read_ca_file(path: str) -> CaFile:
    """Look into a CA file before it is used. Blocks for the disk.

    Raises:
        BadInput: ca_file_missing, ca_file_der (binary: another format of the same), ca_file_unreadable,
            ca_file_key (it holds a private key, which belongs to the server and nowhere else).
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MOST_BYTES)
    except OSError as error:
        raise BadInput("ca_file_missing", str(error), file=path) from error
    if content[:1] == _DER:
        raise BadInput("ca_file_der", file=path)
    if b"PRIVATE KEY-----" in content:
        raise BadInput("ca_file_key", file=path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except (OSError, ValueError) as error:
        raise BadInput("ca_file_unreadable", str(error), file=path) from error
    found = context.get_ca_certs()
    ends = min((_moment(str(each.get("notAfter", ""))) for each in found), default=None)
    day = ends.strftime("%Y-%m-%d") if ends is not None and ends < datetime.max.replace(tzinfo=UTC) else ""
    return CaFile(tuple(name for each in found if (name := name_in(each, "subject"))), day)


def name_in(certificate: object, whose: str) -> str:
    """The common name, else the organisation, of `subject` or `issuer` of a certificate; "" for none."""
    fields = certificate.get(whose, ()) if isinstance(certificate, dict) else ()
    named = {key: value for part in fields for key, value in part}
    return str(named.get("commonName") or named.get("organizationName") or "")


def certificate_trouble(error: ssl.SSLCertVerificationError) -> ConnectionTrouble:
    """Why a certificate was not believed: tls_expired, tls_not_yet, tls_name, tls_unknown_ca, else tls."""
    code = error.verify_code
    for name, codes in (
        ("tls_expired", _EXPIRED),
        ("tls_not_yet", _NOT_YET),
        ("tls_name", _OTHER_NAME),
        ("tls_unknown_ca", _UNKNOWN_CA),
    ):
        if code in codes:
            return ConnectionTrouble(name, error.verify_message)
    return ConnectionTrouble("tls", error.verify_message)


def _moment(ends: str) -> datetime:
    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC)
