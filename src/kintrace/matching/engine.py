"""What a process searches with, made once: the active packs' gallery, filled at the first search, and their calibration."""

import threading
from dataclasses import replace

from django.conf import settings

from kintrace.casework.live import LiveGallery
from kintrace.faces import Pack, active_packs, set_name
from kintrace.folder import calibration_for, calibration_place
from kintrace.matching.standing import Engine

_held: dict[str, tuple[Engine, object]] = {}
_lock = threading.Lock()


def engine() -> Engine:
    """The engine of this process; a new one where the active packs changed meanwhile, with the calibration of now.

    A gallery keeps itself true to the database, and may be searched by several threads.
    """
    packs = active_packs()
    name, state = set_name(packs), _state(packs)
    with _lock:
        held = _held.get(name)
        if held is None:
            _held.clear()  # the templates of packs that are not active any more need no memory
            gallery = LiveGallery(name, sum(pack.dimensions for pack in packs))
            held = _held[name] = Engine(gallery, calibration_for(packs), settings.LOOK_ALIKES), state
        elif held[1] != state:
            held = _held[name] = replace(held[0], calibration=calibration_for(packs)), state
        return held[0]


def with_weights_of_now(before: Engine) -> Engine:
    """An engine with the calibration of now, and the packs it began with: those of another need templates that they made."""
    now = engine()
    return now if now.gallery is before.gallery else before


def _state(packs: list[Pack]) -> object:
    """By what it is known whether the calibration is another: its file."""
    place = calibration_place(packs)
    if place is None:
        return None
    state = place.stat()
    return place, state.st_mtime_ns, state.st_size
