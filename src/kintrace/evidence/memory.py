"""How all that comparisons remember of what records say is forgotten.

In this room a bounded cache (``lru_cache``) holds what records say, so as not to read it twice; an unbounded one (``cache``)
holds tables that come with the program. Call :func:`forget` when people were erased (DESIGN.md §5 rule 11).
"""

import sys
from collections.abc import Callable
from types import ModuleType

ROOM = __package__
_found: dict[str, tuple[int, list[Callable[[], None]]]] = {}
"""Of each module of the room, how many names it had when it was looked through, and what empties its caches."""


def forget() -> None:
    """Forget everything that was read of any record, in this process."""
    for name, module in list(sys.modules.items()):
        if name == ROOM or name.startswith(f"{ROOM}."):
            for clear in _of(name, module):
                clear()


def _of(name: str, module: ModuleType) -> list[Callable[[], None]]:
    """What empties the caches of a module; it is looked through again where names were added, as while it loads."""
    names, found = _found.get(name, (-1, []))
    if names != len(vars(module)):
        told = list(vars(module).values())
        bounded = [
            each for each in told if hasattr(each, "cache_clear") and each.cache_parameters()["maxsize"] is not None
        ]
        names, found = _found[name] = len(told), [each.cache_clear for each in bounded]
    return found
