"""How names are compared in this deployment: by how common they are among its own records, and with the weights it learned.

The names themselves are sealed, each person's under a key of their own. How many people bear one is counted in the vault's blind
index, which holds keyed fingerprints of look-up keys and loses a person's when the person is erased. Only what :data:`FEW
<kintrace.evidence.names.commonness.FEW>` people or more bear is told, and only coarsely; nothing of it is written anywhere.
"""

import threading
import time
from collections.abc import Sequence
from uuid import UUID

from kintrace.casework.people import Deployment
from kintrace.casework.records import Person
from kintrace.evidence import RecordNames
from kintrace.evidence.names import KeyedCommonness, coarse
from kintrace.folder import learned_weights
from kintrace.vault import common

RENEWED = 60.0
"""Seconds after which names are counted anew."""


class _Counts:
    """How many people bear what many people bear; of the rest nothing is kept."""

    def __init__(self) -> None:
        self.people = Person._all.count()
        self.until = time.monotonic() + RENEWED
        self._held: dict[str, int] = {}

    def __call__(self, keys: Sequence[str]) -> int | None:
        told = [self._held[key] for key in keys if key in self._held]
        if len(told) < len(keys):
            counted = common({"sound": keys})
            fresh = {key: count for (_, key), each in counted.items() if (count := coarse(each)) is not None}
            self._held |= fresh
            told = list(fresh.values())
        return max(told, default=None)


_now: dict[UUID, _Counts] = {}
_lock = threading.Lock()


def record_names() -> RecordNames:
    """What compares names from now on: ask for it once for each search, so that all of it is by the same counts.

    Raises:
        CalibrationError: the file of learned weights is damaged.
    """
    deployment = Deployment._all.values_list("id", flat=True).get()
    with _lock:
        counts = _now.get(deployment)
        if counts is None or counts.until < time.monotonic():
            _now.clear()
            counts = _now[deployment] = _Counts()
    return RecordNames(KeyedCommonness(people=counts.people, counted=counts), learned_weights())
