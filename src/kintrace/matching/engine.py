"""What a process searches with, made once: the active packs' gallery, filled at the first search, and their calibration."""

import threading
from dataclasses import replace

from django.conf import settings

from kintrace.casework.live import LiveGallery
from kintrace.faces import active_packs, set_name
from kintrace.folder import calibration_for
from kintrace.matching.standing import Engine

_held: dict[str, Engine] = {}
_lock = threading.Lock()


def engine() -> Engine:
    """The engine of this process; a new one where the active packs changed meanwhile, with the calibration of now.

    A gallery keeps itself true to the database, and may be searched by several threads.
    """
    packs = active_packs()
    name, calibration = set_name(packs), calibration_for(packs)
    with _lock:
        if name not in _held:
            _held.clear()  # the templates of packs that are not active any more need no memory
            gallery = LiveGallery(name, sum(pack.dimensions for pack in packs))
            _held[name] = Engine(gallery, calibration, settings.LOOK_ALIKES)
        elif _held[name].calibration is not calibration:
            _held[name] = replace(_held[name], calibration=calibration)
        return _held[name]


def with_weights_of_now(before: Engine) -> Engine:
    """An engine with the calibration of now, and the packs it began with: those of another need templates that they made."""
    now = engine()
    return now if now.gallery is before.gallery else before
