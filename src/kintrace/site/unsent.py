"""What somebody typed and sent, and what was not taken: since they had been signed out meanwhile, or something was wrong with it.

It is kept for them alone, in memory, until they send it again. Nothing of it is written anywhere. It is gone after an hour, with
the server's end, and once it was sent.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest

HOUR = 3600
MOST = 200_000
"""Characters: more than any form of ours takes."""
LONG = 40
"""Characters from which on one word, too, was typed; a shorter one is a choice or a name of something."""
LEFT = "left"


@dataclass(frozen=True)
class Unsent:
    """A form as it was sent."""

    path: str
    fields: tuple[tuple[str, str], ...]
    office: str | None = None
    bureau: str | None = None

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """What was typed."""
        return tuple(each for each in self.fields if _typed(each[1]))

    @property
    def others(self) -> tuple[tuple[str, str], ...]:
        """What was chosen, and what the page itself sent along."""
        return tuple(each for each in self.fields if not _typed(each[1]))


def leaving(request: HttpRequest) -> dict[str, Any]:
    """Who is signed out, and where they worked: to be put into the session that follows, under :data:`LEFT`."""
    office, bureau = request.session.get("office"), request.session.get("bureau")
    return {"user": str(request.user.pk), "office": office, "bureau": bureau}


def keep(request: HttpRequest) -> bool:
    """Keep a form for who sent it, if they typed anything into it: who is signed in, or was until nothing was done for a while.

    Files and passwords are not kept.
    """
    left = leaving(request) if request.user.is_authenticated else request.session.get(LEFT, {})
    fields = tuple(
        (name, value)
        for name, many in request.POST.lists()
        for value in many
        if name not in ("csrfmiddlewaretoken", "turn", "before")
    )
    if (
        request.method != "POST"
        or not left
        or request.FILES
        or not any(_typed(value) for _name, value in fields)
        or any("password" in name for name, _value in fields)
        or sum(len(name) + len(value) for name, value in fields) > MOST
    ):
        return False
    cache.set(_key(left["user"]), Unsent(request.get_full_path(), fields, left["office"], left["bureau"]), HOUR)
    return True


def kept(user: Any) -> Unsent | None:
    """What is kept for somebody."""
    found: Unsent | None = cache.get(_key(user.pk))
    return found


def waits(user: Any) -> bool:
    """Whether anything is."""
    return _key(user.pk) in cache


def take(request: HttpRequest) -> Unsent | None:
    """What is kept of just the form that is being sent: it is kept no more."""
    found = kept(request.user) if request.method == "POST" and waits(request.user) else None
    if found is None or found.path != request.get_full_path():
        return None
    throw_away(request.user)
    return found


def put_back(user: Any, found: Unsent | None) -> None:
    """Keep it again: it was refused."""
    if found is not None:
        cache.set(_key(user.pk), found, HOUR)


def throw_away(user: Any) -> None:
    """Keep it no more."""
    cache.delete(_key(user.pk))


def _typed(value: str) -> bool:
    """Whether people wrote it: it has several words, or many letters; an id is none."""
    try:
        UUID(value)
    except ValueError:
        return len(value) > LONG or " " in value.strip()
    return False


def _key(user: Any) -> str:
    return f"unsent-{user}"
