"""From tokens and keys as they came to a verdict, level by level, as the drafts say.

Profiles are checked each by itself, for their tokens never speak of one another's keys; the stronger result is given. Steps are
those of draft-linker-diem-adem-core-02 §7 and §8; the ``-TRUSTED`` levels those of core-01 §6.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from kintrace.emblem.commitment import check
from kintrace.emblem.held import Broken, Held, protects
from kintrace.emblem.items import Item, Profile
from kintrace.emblem.keyring import Keyring
from kintrace.emblem.keys import PublicKey
from kintrace.emblem.logs import Logs
from kintrace.emblem.profiles import read_token, signed_by
from kintrace.emblem.revocation import Revocations
from kintrace.emblem.roots import Roots
from kintrace.emblem.tokens import beyond
from kintrace.emblem.verdict import Level, TokenReport, Verdict, earliest, moment
from kintrace.errors import EmblemError, NotReadable

MOST_ITEMS = 512
"""More than any set of tokens has: beyond it nothing is read."""
MOST_ENDORSERS = 16
MOST_SECONDS = 90.0
"""For asking logs, in all."""


def verify(
    items: Iterable[Item],
    *,
    at: datetime,
    name: str | None = None,
    trusted_keys: Sequence[PublicKey] = (),
    logs: Logs | None = None,
    crl: Revocations | None = None,
    roots: Roots | None = None,
    offline: bool = False,
    addresses: Sequence[str] = (),
) -> Verdict:
    """Check an emblem.

    Args:
        items: tokens and keys, in any order, of both profiles.
        at: the time to check for, aware; no skew of clocks is allowed for.
        name: what is asked for: the emblem must protect it.
        trusted_keys: keys that the operator knows beforehand; they also serve to check signatures.
        logs: the operator's list of logs. Without it no commitment is checked.
        crl: the operator's revocation lists. Without them no commitment is proved.
        roots: authorities whose certificates count. Without them that is left to the logs, and told.
        offline: no log is asked by network, whatever the list says.
        addresses: those that ``name`` has in the DNS, for emblems of profile A that protect addresses.

    Raises:
        EmblemError: ``at`` has no time zone.
    """
    if at.tzinfo is None:
        raise EmblemError("The time to check for has no time zone.", "Nothing was checked.", "Add Z for UTC.")
    items = list(dict.fromkeys(items))
    if len(items) > MOST_ITEMS:
        return Verdict(Level.INVALID, f"There are more than {MOST_ITEMS} tokens and keys: none was read.")
    if logs is not None:
        logs = logs.offline() if offline else logs.within(MOST_SECONDS)
    ring = Keyring(items, trusted_keys)
    checks = [
        _Check(profile, items, ring, at.astimezone(UTC), name, logs, crl, roots, tuple(addresses)).verdict()
        for profile in ("A", "B")
        if any(item.profile == profile and item.kind == "token" for item in items)
    ]
    if not checks:
        return Verdict(Level.INVALID, "There is no token at all.", remarks=ring.remarks)
    best = max(checks, key=lambda one: (one.level.rank, one.trusted is not None, one.profile == "B"))
    others = [one for one in checks if one is not best]
    remarks = (
        *ring.remarks,
        *best.remarks,
        *(f"By profile {one.profile} alone: {one.level}. {one.why}" for one in others),
    )
    return replace(best, tokens=tuple(token for one in checks for token in one.tokens), remarks=remarks)


@dataclass(eq=False)
class _Check:
    profile: Profile
    items: Sequence[Item]
    ring: Keyring
    at: datetime
    name: str | None
    logs: Logs | None
    crl: Revocations | None
    roots: Roots | None
    addresses: tuple[str, ...]
    held: list[Held] = field(default_factory=list)
    unread: list[TokenReport] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def verdict(self) -> Verdict:
        for item in self.items:
            if item.profile == self.profile and item.kind == "token":
                self._take(item)
        emblem: Held | None = None
        try:
            emblem = self._emblem()
            chain = self._chain(emblem)
            result = self._levels(emblem, chain)
        except Broken as broken:
            result = Verdict(Level.INVALID, str(broken))
        # What an invalid emblem says is in the tokens' own reports only: nobody shall take it for established.
        shown = emblem.token if emblem and result.level is not Level.INVALID else None
        return replace(
            result,
            profile=self.profile,
            issuer=shown.issuer if shown else None,
            assets=shown.assets if shown else (),
            purposes=shown.purposes if shown else 0,
            valid_from=moment(shown.valid_from) if shown else None,
            valid_until=result.valid_until or (moment(shown.valid_until) if shown else None),
            tokens=(*(one.report() for one in self.held), *self.unread),
            not_checked=tuple(dict.fromkeys(self.not_checked)),
            remarks=tuple(dict.fromkeys(self.remarks)),
        )

    def _take(self, item: Item) -> None:
        """Step 1: signature, nbf and exp."""
        try:
            token = read_token(item)
        except NotReadable as problem:
            self.unread.append(TokenReport(item.source, item.profile, "unreadable", False, problem.what))
            return
        kid = self.ring.canonical(self.profile, token.kid, token.jwk)
        key = self.ring.key(self.profile, kid, token.jwk)
        one = Held(token, item.source, kid, key)
        if kid != token.kid:
            one.warnings = ("It names its key as a prototype computes it, without leading zero bytes.",)
        now = self.at.timestamp()
        if any(token.content == other.token.content for other in self.held if other.kept):
            one.drop("it is there twice")
        elif key is None:
            one.drop("the key that signed it is not there")
        elif not signed_by(token, key):
            one.drop("its signature is wrong")
        elif now < token.valid_from:
            one.drop("it is not valid yet")
        elif now >= token.valid_until:
            one.drop("it has expired")
        self.held.append(one)

    def _emblem(self) -> Held:
        """Step 2."""
        emblems = [one for one in self.held if one.kept and one.token.kind == "emblem"]
        if len(emblems) > 1:
            for one in emblems:
                one.why = "there is more than one emblem"
            raise Broken("There is more than one emblem: which one holds cannot be said.")
        if not emblems:
            raise Broken("No emblem is left after signatures and times were checked.")
        emblems[0].why = "the emblem"
        return emblems[0]

    def _endorsements(self) -> list[Held]:
        return [one for one in self.held if one.kept and one.token.kind == "endorsement"]

    def _endorses(self, endorsement: Held, other: Held) -> bool:
        token = endorsement.token
        return self.ring.canonical(self.profile, token.key) == other.kid and token.subject == other.token.issuer

    def _chain(self, emblem: Held) -> list[Held]:
        """Step 3: the endorsements of the emblem's own organisation, from the emblem upwards."""
        left = [one for one in self._endorsements() if one.token.issuer == emblem.token.issuer]
        chain: list[Held] = []
        here, seen = emblem, {emblem.kid}
        while left:
            above = [one for one in left if self._endorses(one, here)]
            if len(above) > 1:
                raise Broken("The endorsements branch: one key is endorsed twice by its own organisation.")
            if not above:
                raise Broken("The endorsements form no chain: one of them endorses nothing that leads to the emblem.")
            here = above[0]
            left.remove(here)
            chain.append(here)
            here.why = "endorses the key of the emblem" if len(chain) == 1 else "endorses the key below it"
            if not here.token.end and len(chain) > 1:
                here.why = "its key may not endorse further (end), but did"
                raise Broken("A key in the chain was not allowed to endorse further (end), but did.")
            if here.kid in seen:
                raise Broken("The endorsements go round in a circle.")
            seen.add(here.kid)
            if why := beyond(emblem.token, here.token):
                here.why = why
                raise Broken(f"The emblem goes beyond what its organisation's endorsement allows: {why}.")
        return chain

    def _levels(self, emblem: Held, chain: list[Held]) -> Verdict:
        """Steps 4 to 7."""
        named = self._named(emblem)
        trusted = Level.SIGNED if any(self._known(one) for one in (emblem, *chain)) else None
        times = [one.token.valid_until for one in (emblem, *chain)]
        level, endorsers, why = Level.SIGNED, [], "Its signature holds."
        if emblem.token.issuer is None:
            self.not_checked.append("Who issued it cannot be checked: the emblem names no organisation.")
        else:
            if not chain or chain[-1].token.log is None:
                raise Broken(
                    "It names an organisation, but no endorsement says where its commitment to the key is logged."
                )
            root = chain[-1]
            if self._committed(root):
                level, why = Level.ORGANIZATIONAL, f"{emblem.token.issuer} committed publicly to the key."
                trusted = Level.ORGANIZATIONAL if self._known(root) else trusted
                root.why += "; its issuer's commitment to the key was verified"
            for one, proved in self._foreign(emblem, root):
                if proved and level.rank >= Level.ORGANIZATIONAL.rank:
                    level = Level.ENDORSED
                    endorsers.append(str(one.token.issuer))
                    times.append(one.token.valid_until)
                    if self._known(one):
                        trusted = Level.ENDORSED
                elif self._known(one) and trusted is None:
                    # The chain leads to a key that the operator knows: whose it is needs no log.
                    trusted = Level.SIGNED
            if endorsers:
                why = f"{', '.join(dict.fromkeys(endorsers))} endorse{'s' if len(set(endorsers)) == 1 else ''} it."
        if not named and level.rank > Level.SIGNED.rank:
            level, endorsers, why = Level.SIGNED, [], "That it protects this name was not checked."
            trusted = Level.SIGNED if trusted else None
        strongest = trusted.trusted if trusted else None
        return Verdict(
            strongest if strongest and strongest.rank == level.rank else level, why, strongest,
            endorsers=tuple(dict.fromkeys(endorsers)), valid_until=earliest(times),
        )  # fmt: skip

    def _foreign(self, emblem: Held, root: Held) -> list[tuple[Held, bool]]:
        """Step 6: endorsements by other organisations that hold, and whether their commitment is proved. Others
        drop one by one."""
        found: list[tuple[Held, bool]] = []
        for one in self._endorsements():
            if one.token.issuer == emblem.token.issuer:
                continue
            if one.token.issuer is None:
                one.drop("it names no issuer")
            elif not self._endorses(one, root):
                one.drop("it does not endorse the root key of the emblem's organisation")
            elif len(found) == MOST_ENDORSERS:
                one.drop(f"more than {MOST_ENDORSERS} organisations endorse: it was not looked at")
            elif not one.token.end:
                one.drop("it does not allow the root key to endorse further (end)")
            elif why := beyond(emblem.token, one.token):
                one.drop(why)
            else:
                one.why = "endorses the emblem's organisation"
                try:
                    proved = self._committed(one)
                except Broken as broken:
                    one.drop(str(broken))
                    continue
                one.why += "; its issuer's commitment to the key was " + ("verified" if proved else "not checked")
                found.append((one, proved))
        return found

    def _committed(self, one: Held) -> bool:
        """Whether the issuer's commitment to the key is proved; False where nobody looked.

        Raises:
            Broken: it is disproved.
        """
        assert one.key is not None  # only tokens with a key are kept
        found = check(one.token, one.key, at=self.at, logs=self.logs, crl=self.crl, roots=self.roots)
        if found.answer == "disproved":
            one.why = f"the commitment of its issuer to the key does not hold: {'; '.join(found.why)}"
            raise Broken(f"The commitment of {one.token.issuer} to its key does not hold: {'; '.join(found.why)}.")
        if found.answer == "proved":
            self.remarks += found.why
        else:
            self.not_checked += found.why
        return found.answer == "proved"

    def _known(self, one: Held) -> bool:
        return one.key is not None and one.key in self.ring.trusted

    def _named(self, emblem: Held) -> bool:
        """Step 7: whether the name asked for is protected; False where that could not be checked.

        Raises:
            Broken: it is not.
        """
        if self.name is None:
            self.not_checked.append("Whether the emblem is for what you look at was not checked: no name was given.")
            return True
        protected = protects(emblem.token, self.name, self.addresses)
        if protected is None:
            self.not_checked.append(f"Whether {self.name} has the protected addresses was not checked.")
        elif not protected:
            emblem.why = f"it does not protect {self.name}"
            raise Broken(f"The emblem does not protect {self.name}.")
        return protected is not None
