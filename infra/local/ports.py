"""TCP ports for servers that are started, and started again, on one that they are told."""

import random
import socket


def free_port() -> int:
    """A port below those that the system gives to outgoing connections: one of these would take it
    before the server listens, or while it restarts."""
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(20_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
