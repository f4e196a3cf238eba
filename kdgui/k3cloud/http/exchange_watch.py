"""The watch on one exchange: whether a byte of the request left, when the last one did, and the deadline."""

from __future__ import annotations

import time


class ExchangeWatch:
    """What the connection notes down about the exchange that it carries.

    The mark (`sent`), not the class of an exception, says whether anything left: SSLError and
    ConnectionError also come after the whole body was sent (design section 4). Times are monotonic.

    Attributes:
        connects: how many connections were made so far.
    """

    def __init__(self) -> None:
        self.sent = False
        self.connects = 0
        self._connect_seconds = 0.0
        self._read_seconds = 0.0
        self._deadline = 0.0
        self._last_byte_at = 0.0

    def start(self, connect_seconds: float, read_seconds: float) -> None:
        """A new exchange begins: nothing sent yet."""
        self.sent = False
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._deadline = time.monotonic() + connect_seconds

    def connecting(self) -> None:
        """A connection is being made; a proxy's answer to CONNECT and the handshake count in here."""
        self.connects += 1
        self._deadline = time.monotonic() + self._connect_seconds

    def sending(self) -> None:
        """Called right before bytes of the request are handed to the socket; the first time sets the mark."""
        now = time.monotonic()
        if not self.sent:
            self.sent = True
            self._deadline = now + self._read_seconds
        self._last_byte_at = now

    def handed_over(self) -> None:
        """Called after bytes of the request were handed to the socket."""
        self._last_byte_at = time.monotonic()

    def seconds_left(self) -> float:
        """Seconds until the deadline.

        Raises:
            TimeoutError: it is over.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left

    def since_sent(self) -> float:
        """Seconds since the last byte of the request was handed over; 0.0 where none was."""
        return time.monotonic() - self._last_byte_at if self.sent else 0.0
