"""Work on very many small objects that leaves the window its turns: no collector, and short turns."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_TURN, _SHORT_TURN = sys.getswitchinterval(), 0.0005
"""Seconds."""
_gate = threading.Lock()
_at_work = 0


def without_gc_pauses(call: Callable[[], T]) -> Callable[[], T]:
    """`call`, to be run on another thread without stopping the window's.

    The collector holds every thread while it looks at all objects there are: a quarter of a second and more
    for the cells of 20,000 rows, again and again while they are read. It rests meanwhile, and what was made
    is out of its sight afterwards: rows and numbers form no circles, they go when nobody holds them any more.

    And Python gives its threads turns of five milliseconds: a window that paints by twenty calls into Python
    would wait for its turn twenty times. Meanwhile the turns are shorter.
    """

    def work() -> T:
        _rest(+1)
        try:
            return call()
        finally:
            _rest(-1)

    return work


def _rest(more: int) -> None:
    global _at_work  # noqa: PLW0603 - there is one collector for all threads
    with _gate:
        _at_work += more
        if _at_work:
            gc.disable()
            sys.setswitchinterval(_SHORT_TURN)
        else:
            sys.setswitchinterval(_TURN)
            gc.collect(1)  # else what is garbage already would be kept for good
            gc.freeze()
            gc.enable()
