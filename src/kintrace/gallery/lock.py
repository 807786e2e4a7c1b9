"""Many readers or one writer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ReadWriteLock:
    """Any number of readers together, or one writer alone.

    Who comes in passes the turnstile. A reader leaves it at once; a writer keeps it until it has finished, so
    that it waits only for the readers already inside, and no reader begins while it waits. It cannot be taken
    twice by one thread.
    """

    def __init__(self) -> None:
        """A free lock."""
        self._turnstile = threading.Lock()
        self._inside = threading.Condition()
        self._readers = 0

    @contextmanager
    def read(self) -> Iterator[None]:
        """Inside, nothing is changed by anybody."""
        with self._turnstile, self._inside:
            self._readers += 1
        try:
            yield
        finally:
            with self._inside:
                self._readers -= 1
                self._inside.notify_all()

    @contextmanager
    def write(self) -> Iterator[None]:
        """Inside, nobody reads."""
        with self._turnstile:
            with self._inside:
                self._inside.wait_for(lambda: self._readers == 0)
            yield
