"""Work that makes very many small objects, without the pauses in which Python looks for dead ones."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_gate = threading.Lock()
_at_work = 0


def steadily(call: Callable[[], T]) -> Callable[[], T]:
    """`call`, to be run on another thread without stopping the window's.

    The collector holds every thread while it looks at all objects there are: a quarter of a second and more
    for the cells of 20,000 rows, again and again while they are read. It rests meanwhile, and what was made
    is out of its sight afterwards: rows and numbers form no circles, they go when nobody holds them any more.
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
        else:
            gc.freeze()
            gc.enable()
