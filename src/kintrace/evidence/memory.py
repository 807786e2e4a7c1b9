"""What comparisons remember of what records say, so as not to read it twice; and how all of it is forgotten.

It stays in this process's memory. Call :func:`forget` when people were erased (DESIGN.md §5 rule 11).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

Read = TypeVar("Read", bound=Callable[..., Any])
_caches: list[Any] = []


def remembered(most: int) -> Callable[[Read], Read]:
    """Remember what a function gave for the last so many arguments."""

    def around(read: Read) -> Read:
        cache = lru_cache(maxsize=most)(read)
        _caches.append(cache)
        return cache  # type: ignore[return-value]

    return around


def forget() -> None:
    """Forget everything that was read of any record."""
    for cache in _caches:
        cache.cache_clear()
