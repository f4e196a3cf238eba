"""Lanes: up to three pushes on their way at a time; whatever follows from them is decided elsewhere."""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import Generic, TypeVar

from kdgui.domain.endings import Ending, EndingKind
from kdgui.domain.orders import PushRequest
from kdgui.k3cloud.session import Session

K = TypeVar("K")

WITHHELD = "stopped"
"""Cause of the ending of a request that was not sent because the clerk stopped the run."""


class Lanes(Generic[K]):
    """Sends requests, each once, and hands the endings back in the order in which they come.

    Used from one thread, the run's. With one lane that thread sends by itself; with more each lane has a
    thread and a connection of its own, and shares the sign-in.
    """

    def __init__(self, session: Session, count: int) -> None:
        self._session = session
        self._count = count
        self._ended: deque[tuple[K, Ending]] = deque()
        self._on_their_way: dict[Future[Ending], K] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._siblings: SimpleQueue[Session] = SimpleQueue()

    @property
    def busy(self) -> int:
        """How many requests have no ending that was handed back."""
        return len(self._ended) + len(self._on_their_way)

    @property
    def free(self) -> bool:
        """Whether one more may be sent."""
        return self.busy < self._count

    def send(self, key: K, request: PushRequest, timeout: float | None) -> None:
        """Send one request; with one lane this blocks until it has ended."""
        if self._count == 1:
            self._ended.append((key, self._session.push(request, timeout=timeout)))
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._count, thread_name_prefix="kdgui-push")
            for _ in range(self._count):
                self._siblings.put(self._session.sibling())
        self._on_their_way[self._pool.submit(self._push, request, timeout)] = key

    def withhold(self, key: K) -> None:
        """Do not send it after all: it ends as one of which no byte left."""
        self._ended.append((key, Ending(EndingKind.NOTHING_SENT, WITHHELD)))

    def next(self) -> tuple[K, Ending]:
        """Wait for the first ending that was not handed back yet."""
        if not self._ended:
            done, _ = wait(self._on_their_way, return_when=FIRST_COMPLETED)
            for future in [future for future in self._on_their_way if future in done]:
                self._ended.append((self._on_their_way.pop(future), future.result()))
        return self._ended.popleft()

    def close(self) -> None:
        """Wait for what is on its way, and close the connections."""
        if self._pool is not None:
            self._pool.shutdown()
            while not self._siblings.empty():
                self._siblings.get().close()

    def _push(self, request: PushRequest, timeout: float | None) -> Ending:
        session = self._siblings.get()
        try:
            return session.push(request, timeout=timeout)
        finally:
            self._siblings.put(session)
