"""The practice account: an embedded server that speaks the Web API's wire protocol."""

from __future__ import annotations

from kdgui.practice.ledger import BillRef, LedgerEntry, Post
from kdgui.practice.server import Invitation, PracticeServer

__all__ = ["BillRef", "Invitation", "LedgerEntry", "Post", "PracticeServer"]
