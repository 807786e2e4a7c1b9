"""A token during a check, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from kintrace.emblem.assets import Asset, address, host_name, is_address
from kintrace.emblem.keys import Kid, PublicKey, text_of
from kintrace.emblem.tokens import Token
from kintrace.emblem.verdict import TokenReport, moment
from kintrace.errors import NotReadable


@dataclass(eq=False)
class Held:
    """A token that was read, its key, and what becomes of it."""

    token: Token
    source: str
    kid: Kid
    """Of its key, as the profile computes it."""
    key: PublicKey | None
    kept: bool = True
    why: str = ""
    warnings: tuple[str, ...] = ()

    def drop(self, why: str) -> None:
        """It plays no part, and why."""
        self.kept, self.why = False, why

    def report(self) -> TokenReport:
        """For the verdict."""
        token = self.token
        return TokenReport(
            self.source, token.profile, token.kind, self.kept, self.why or "not needed", token.issuer, token.subject,
            text_of(token.kid), moment(token.valid_from), moment(token.valid_until), self.warnings,
        )  # fmt: skip


class Broken(Exception):
    """A rule is broken, in words."""


def protects(emblem: Token, name: str, addresses: Sequence[str]) -> bool | None:
    """Whether an emblem is for a name or an address; None where it is for addresses, and nobody said which the name has.

    Args:
        emblem: it.
        name: what is asked for.
        addresses: those that the name has in the DNS.
    """
    try:
        asked = address(name) if is_address(name) else Asset(host_name(name))
        here = [address(text) for text in addresses]
    except NotReadable:
        return False
    if any(place.covers(asked) for place in emblem.places):
        return True
    ranges = [place for place in emblem.places if place.network is not None]
    if not ranges or asked.network is not None:
        return False
    return all(any(place.covers(one) for place in ranges) for one in here) if here else None
