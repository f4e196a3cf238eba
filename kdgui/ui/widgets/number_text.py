"""Quantities and amounts as people write them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


def plain_number(value: Decimal) -> str:
    """A quantity or an amount as people write it: 1,234.5."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
