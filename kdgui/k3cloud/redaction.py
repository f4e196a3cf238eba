"""Redaction: takes secrets out of everything that may be shown, stored or logged."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASKED = "•••"
_SHORT = 6


class Redactor:
    """Hides a set of secrets, in the spellings in which a server or a proxy might echo them.

    A secret of less than six characters is hidden only where it stands alone: hiding every "1" would
    garble the server's words and tell the secret besides.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        spellings = {spelling for secret in secrets if secret for spelling in _spellings(secret)}
        patterns = [_pattern(spelling) for spelling in sorted(spellings, key=len, reverse=True)]
        self._pattern = re.compile("|".join(patterns)) if patterns else None
        self.reach = max(map(len, spellings), default=0)
        """Characters of the longest spelling: who cuts a text masks that much more of it first."""

    def __call__(self, text: str) -> str:
        return self._pattern.sub(MASKED, text) if self._pattern else text


def _spellings(secret: str) -> set[str]:
    packed = secret.encode("utf-8", errors="replace")
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(packed, safe=""),
        quote_plus(packed),
        html.escape(secret),
        base64.b64encode(packed).decode("ascii"),
    }


def _pattern(spelling: str) -> str:
    escaped = re.escape(spelling)
    return rf"(?<!\w){escaped}(?!\w)" if len(spelling) < _SHORT else escaped
