"""Connection settings: how long to wait for the server, by which way to reach it, and whom to trust."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """How to reach the server.

    Attributes:
        connect_seconds: until the connection stands (each address of the host, TLS included).
        read_seconds: from the first byte sent to the last byte received: a deadline, so that a server
            that trickles bytes cannot stretch it.
        proxy: None takes the system's proxies, "" none, else the URL of an http or https proxy. A server
            on this PC is always asked directly.
        ca_file: a PEM file of further certificate authorities to trust, or "".
    """

    connect_seconds: float = 10
    read_seconds: float = 120
    proxy: str | None = field(default=None, repr=False)  # it may carry a password
    ca_file: str = ""

    def within(self, seconds: float) -> ConnectionSettings:
        """The same with time-outs that are no longer than this."""
        return replace(
            self,
            connect_seconds=min(self.connect_seconds, seconds),
            read_seconds=min(self.read_seconds, seconds),
        )


DEFAULT_CONNECTION = ConnectionSettings()
"""The system's proxies, the default time-outs."""
