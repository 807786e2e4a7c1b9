"""How often a network may ask over UDP, whose sender may be forged: so often that the answers can flood nobody.

Response-rate limiting as name servers do it: by the prefix of the client, since a forger names any address of the network he
means to flood; some of what is over the limit is answered "ask over TCP", whose sender cannot be forged.
"""

import ipaddress
import os
import time
from array import array
from collections.abc import Callable
from hashlib import blake2b
from typing import Literal

RATE = 20.0
"""Answers a second for each network."""
BURST = 2.0
"""Seconds' worth of answers that may come at once."""
SLIP = 2
"""Of the queries over the limit, every so manieth is told to ask over TCP; the others get nothing."""
CELLS = 1 << 16


class Limiter:
    """A token bucket for each /24 of IPv4 and each /56 of IPv6.

    No address is kept: a bucket is found by a keyed hash whose key lives as long as the process. Their number is fixed, so
    nobody fills the memory; networks that share one by chance are slowed together, and TCP stays open to them.

    Args:
        rate: answers a second for each network; 0 for no limit.
        now: seconds of a clock that never goes back.
    """

    def __init__(self, rate: float = RATE, now: Callable[[], float] = time.monotonic) -> None:
        self.rate, self._most = rate, max(rate * BURST, 1.0)
        self._now = now
        self._key = os.urandom(16)
        self._left = array("d", [self._most]) * CELLS
        self._seen = array("d", [now()]) * CELLS
        self._over = array("B", [0]) * CELLS

    def ask(self, address: str) -> Literal["answer", "slip", "drop"]:
        """What a query from an address gets."""
        if not self.rate:
            return "answer"
        cell, now = self.cell(address), self._now()
        left = min(self._most, self._left[cell] + (now - self._seen[cell]) * self.rate)
        self._seen[cell] = now
        if left >= 1:
            self._left[cell] = left - 1
            return "answer"
        self._left[cell] = left
        self._over[cell] = (self._over[cell] + 1) % SLIP
        return "drop" if self._over[cell] else "slip"

    def cell(self, address: str) -> int:
        """The bucket of an address's network."""
        digest = blake2b(network(address), digest_size=4, key=self._key).digest()
        return int.from_bytes(digest, "big") % CELLS


def network(address: str) -> bytes:
    """The network of an address: three bytes of IPv4, seven of IPv6; the interface of a link-local one does not count."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return b""
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return found.packed[: 3 if found.version == 4 else 7]
