"""Names and addresses as people type them, for ``kintrace emblem``: put into the form of tokens, or refused with a hint."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kintrace.errors import EmblemError, NotReadable

if TYPE_CHECKING:
    from kintrace.emblem.items import Profile

EVERYTHING = "No authority allows the emblem for every name or address there is."


def organisation_of(text: str) -> str:
    """An organisation identifier from it, or from the name alone.

    Raises:
        NotReadable: it is none.
    """
    from kintrace.emblem.assets import organisation

    scheme, mark, rest = text.strip().rpartition("://")
    try:
        return organisation(
            (scheme.lower() + mark or "https://") + in_ascii(rest).removesuffix("/").rstrip(".").lower()
        )
    except NotReadable as problem:
        raise NotReadable(
            problem.what,
            "Nothing was made.",
            "Write your organisation's name on the web as redcross.example or https://redcross.example, nothing after it.",
        ) from problem


def protected_of(names: Sequence[str], profile: "Profile") -> list[str]:
    """What an emblem is to protect, as tokens of the profile write it.

    Raises:
        NotReadable: one cannot stand in a token of the profile.
    """
    from kintrace.emblem.assets import asset, is_address

    found = []
    for text in names:
        if profile == "B" and (is_address(text) or text.startswith("*")):
            what = "an address" if is_address(text) else "a wildcard"
            raise NotReadable(
                f"{text} is {what}, and profile B protects names only.",
                "Nothing was issued.",
                "Give each name in full, or use --profile A.",
            )
        found.append(_place(text))
        try:
            asset(found[-1], profile)
        except NotReadable as problem:
            raise NotReadable(
                problem.what, "Nothing was issued.", "Give full names, such as records.redcross.example."
            ) from problem
    return found


def scope_of(names: Sequence[str]) -> tuple[str, ...]:
    """What an authorisation covers.

    Raises:
        EmblemError: one covers everything, or cannot be read.
    """
    from kintrace.emblem.assets import asset

    found = tuple(_place(text) for text in names)
    for text in found:
        try:
            place = asset(text, "A")
        except NotReadable as problem:
            raise EmblemError(
                problem.what,
                "Nothing was recorded.",
                "Write it as records.example.org, *.example.org or [2001:db8::/32].",
            ) from problem
        if (place.wildcard and not place.name) or (place.network is not None and place.network.prefixlen == 0):
            raise EmblemError(EVERYTHING, "Nothing was recorded.", "Give the names that stand in its decision.")
    return found


def in_ascii(text: str) -> str:
    """A name with letters of any script as the DNS has it: rødekors.example is xn--rdekors-q1a.example there.

    Raises:
        NotReadable: there is no such form.
    """
    if text.isascii():
        return text
    try:
        return text.encode("idna").decode("ascii")
    except UnicodeError as problem:
        raise NotReadable(
            f"{text} cannot be a name in the DNS.", "Nothing was made.", "Write it as your name server has it: xn--…"
        ) from problem


def _place(text: str) -> str:
    """A name in ASCII; an address, or a range of them, in brackets."""
    from kintrace.emblem.assets import is_address

    text = text.strip()
    return f"[{text.strip('[]')}]" if is_address(text) else in_ascii(text)
