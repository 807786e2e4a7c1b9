"""How all that comparisons remember of what records say is forgotten.

In this room a bounded cache (``lru_cache``) holds what records say, so as not to read it twice; an unbounded one (``cache``)
holds tables that come with the program. Call :func:`forget` when people were erased (DESIGN.md §5 rule 11).
"""

import sys

ROOM = __package__


def forget() -> None:
    """Forget everything that was read of any record, in this process."""
    for name, module in list(sys.modules.items()):
        if name == ROOM or name.startswith(f"{ROOM}."):
            for each in vars(module).values():
                if hasattr(each, "cache_clear") and each.cache_parameters()["maxsize"] is not None:
                    each.cache_clear()
