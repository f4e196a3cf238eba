"""Field keys that every part of the engine asks for: status, and what closes a bill (protocol 3.3)."""

from __future__ import annotations

STATUS_KEY = "FDocumentStatus"


CLOSED_FIELDS = {
    "FCloseStatus": "closed",
    "FCancelStatus": "cancelled",
    "FFreezeStatus": "frozen",
    "FTerminateStatus": "terminated",
}
"""Head fields whose value B keeps a bill from being pushed (protocol 2.6, 3.3), with the reason's code."""
