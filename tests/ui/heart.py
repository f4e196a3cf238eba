"""A heart that beats in the event loop and tells how long the window's thread worked between two beats."""

from __future__ import annotations

import gc
import time
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer

# A clerk feels a window that rests longer than this (design, section 5).
FELT = 0.05


class Heart(QObject):
    """`with Heart() as heart:` collects; `assert_calm` judges.

    What is measured is the processor time of this thread, in seconds: work that was put into the window's own
    thread shows at any load of the machine, and the work of others does not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.spans: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self, interval=5, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def __enter__(self) -> Heart:
        # The things of all earlier tests are no part of the program: a collection must not look through them.
        gc.collect()
        gc.freeze()
        self._last = time.thread_time()
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.stop()
        self._beat()

    def _beat(self) -> None:
        now = time.thread_time()
        self.spans.append(now - self._last)
        self._last = now

    def assert_calm(self) -> None:
        """One beat in fifty may be late: a processor shared with others is slower at times."""
        late = sorted(span for span in self.spans if span > FELT)
        assert len(late) <= 2 + len(self.spans) // 50, (late[-5:], len(self.spans))
        assert not late or late[-1] < 5 * FELT, late[-5:]
