"""Emblems and endorsements issued, within what was authorised, and issued anew before they end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec

from kintrace.emblem.assets import host_of, written
from kintrace.emblem.authorisation import covering
from kintrace.emblem.cbor import leading_tags
from kintrace.emblem.items import Profile
from kintrace.emblem.keys import Kid
from kintrace.emblem.profiles import Life, write_emblem, write_endorsement
from kintrace.emblem.state import Issued, Records, State
from kintrace.emblem.tokens import LogEntry
from kintrace.errors import EmblemError, KintraceError

LIFETIME, LONGEST = timedelta(days=7), timedelta(days=370)
EARLIER = timedelta(minutes=5)
"""A token holds from a little before it was made, so that a checker whose clock is slow does not take it for invalid."""

OpenKey = Callable[[str], ec.EllipticCurvePrivateKey]
"""From a key's name to its private half."""


@dataclass(frozen=True)
class Terms:
    """How a token is issued, whatever it says."""

    at: datetime
    """Now, aware."""
    profile: Profile = "B"
    lifetime: timedelta = LIFETIME
    cwt_tag: bool = True
    """Profile B: with tag 61, as the draft has it; without, as the first prototypes have it."""
    test: bool = False
    """Only to try things out: without authorisation, for names under ``.test``."""

    @property
    def life(self) -> Life:
        """From when until when.

        Raises:
            EmblemError: too long.
        """
        if self.lifetime > LONGEST:
            raise EmblemError(f"A token may not live longer than {LONGEST.days} days.", "Nothing was issued.")
        start = int((self.at - EARLIER).timestamp())
        return Life(start, start + int(self.lifetime.total_seconds()))

    def covered(
        self, records: Records, names: Sequence[str], purposes: int, *, in_test: Sequence[str | None] = ()
    ) -> str:
        """The number of the authorisation that covers a token, or ``TEST``.

        Args:
            records: ours.
            names: that it must cover.
            purposes: bitmap.
            in_test: organisation identifiers that must be under ``.test``, too, in test mode.

        Raises:
            NotAuthorised: none does.
        """
        hosts = [host_of(one) for one in in_test if one is not None] if self.test else []
        life = Life(int(self.at.timestamp()), self.life.until)
        return covering(records.authorisations, [*names, *hosts], purposes, life, test=self.test)


@dataclass(frozen=True)
class Due:
    """A token that ends soon, and what became of it."""

    old: Issued
    new: Issued | None = None
    problem: str = ""


def issue(
    state: State,
    open_key: OpenKey,
    terms: Terms,
    *,
    key: str,
    assets: Sequence[str],
    issuer: str | None,
    purposes: int,
) -> Issued:
    """Issue an emblem. An older one for the same assets is replaced.

    Args:
        state: ours.
        open_key: gives private keys.
        terms: how.
        key: name of the key to sign with.
        assets: as the profile writes them.
        issuer: our organisation identifier, or None.
        purposes: bitmap.

    Raises:
        NotAuthorised: no authorisation covers it.
        EmblemError: an input cannot be used, or some of the assets have another emblem.
    """
    assets = [written(one) for one in assets]
    with state.changing() as records:
        older = _same_place(records, assets, terms)
        allowed = terms.covered(records, assets, purposes, in_test=[issuer])
        data = write_emblem(
            terms.profile, open_key(key), issuer=issuer, purposes=purposes, assets=assets, life=terms.life,
            cwt_tag=terms.cwt_tag,
        )  # fmt: skip
        new = Issued(records.next_id("T"), terms.profile, data, key, allowed)
        records.put(new, instead_of=older)
    return new


def endorse(
    state: State,
    open_key: OpenKey,
    terms: Terms,
    *,
    key: str,
    endorsed: str,
    issuer: str | None,
    purposes: int,
    end: bool,
    log: tuple[LogEntry, ...] | None,
) -> Issued:
    """Endorse one of our own keys with another. An older endorsement of that key is replaced.

    Args:
        state: ours.
        open_key: gives private keys.
        terms: how.
        key: name of the key to sign with.
        endorsed: name of the key that is endorsed.
        issuer: our organisation identifier, or None.
        purposes: bitmap of those that emblems under it may have.
        end: whether the endorsed key may endorse further.
        log: where the commitment to ``key`` is logged; without it nothing above SIGNED is reached.

    Raises:
        NotAuthorised: no authorisation covers it.
        EmblemError: an input cannot be used.
    """
    if key == endorsed:
        raise EmblemError(
            "A key cannot endorse itself: such a chain has no end.",
            "Nothing was issued.",
            "Sign emblems with another key than the root key, and endorse that.",
        )
    with state.changing() as records:
        allowed = terms.covered(records, [], purposes, in_test=[issuer])
        data = write_endorsement(
            terms.profile, open_key(key), issuer=issuer, subject=issuer, key=state.keys.public(endorsed).kid(terms.profile),
            end=end, purposes=purposes, log=log, life=terms.life, cwt_tag=terms.cwt_tag,
        )  # fmt: skip
        new = Issued(records.next_id("T"), terms.profile, data, key, allowed, endorsed=endorsed)
        # Two that endorse one key would be a branch, which makes the emblem invalid.
        older = [one for one in records.issued if one.endorsed == endorsed and _stands(one, terms)]
        records.put(new, instead_of=older)
    return new


def endorse_other(
    state: State,
    open_key: OpenKey,
    terms: Terms,
    *,
    key: str,
    kid: Kid,
    subject: str,
    issuer: str,
    purposes: int,
    log: tuple[LogEntry, ...],
) -> Issued:
    """Endorse another organisation's root key, as a competent authority does.

    Args:
        state: ours.
        open_key: gives private keys.
        terms: how.
        key: name of our root key.
        kid: of their root key, as the profile computes it.
        subject: their organisation identifier.
        issuer: ours.
        purposes: bitmap of those that emblems under it may have.
        log: where the commitment to ``key`` is logged.

    Raises:
        NotAuthorised: no authorisation covers it.
        EmblemError: an input cannot be used.
    """
    if subject == issuer:
        raise EmblemError("This would endorse ourselves.", "Nothing was issued.", "Use: kintrace emblem endorse")
    with state.changing() as records:
        allowed = terms.covered(records, [host_of(subject)], purposes, in_test=[issuer])
        data = write_endorsement(
            terms.profile, open_key(key), issuer=issuer, subject=subject, key=kid, end=True, purposes=purposes, log=log,
            life=terms.life, cwt_tag=terms.cwt_tag,
        )  # fmt: skip
        new = Issued(records.next_id("T"), terms.profile, data, key, allowed, outside=True)
        older = [
            one
            for one in records.issued
            if one.outside and _stands(one, terms) and (one.token.key, one.token.subject) == (kid, subject)
        ]
        records.put(new, instead_of=older)
    return new


def due(records: Records, at: datetime, before: timedelta | None = None) -> list[Issued]:
    """Tokens to issue anew: those that end within a time, by default within half their life. Ended ones, too, unless replaced.

    Args:
        records: ours.
        at: now, aware.
        before: the time.
    """
    found = []
    for one in records.issued:
        token = one.token
        span = before.total_seconds() if before is not None else (token.valid_until - token.valid_from) / 2
        if not one.replaced_by and not one.withdrawn and token.valid_until - at.timestamp() <= span:
            found.append(one)
    return found


def reissue(state: State, open_key: OpenKey, *, at: datetime, before: timedelta | None = None) -> list[Due]:
    """Issue anew what is due, with the same contents and the same length of life, where an authorisation still covers it.

    Args:
        state: ours.
        open_key: gives private keys.
        at: now, aware.
        before: as for :func:`due`.

    Raises:
        EmblemError: the state cannot be read or written.
    """
    done = []
    for old in due(state.read(), at, before):
        try:
            done.append(Due(old, _again(state, open_key, old, at)))
        except KintraceError as problem:
            done.append(Due(old, problem=str(problem)))
    return done


def _again(state: State, open_key: OpenKey, old: Issued, at: datetime) -> Issued:
    token = old.token
    terms = Terms(
        at,
        old.profile,
        timedelta(seconds=token.valid_until - token.valid_from),
        cwt_tag=old.profile == "A" or len(leading_tags(old.data)) == 2,
        test=old.test,
    )
    if token.kind == "emblem":
        return issue(
            state, open_key, terms, key=old.key, assets=token.assets, issuer=token.issuer, purposes=token.purposes
        )
    if old.outside:
        return endorse_other(
            state, open_key, terms, key=old.key, kid=token.key, subject=str(token.subject), issuer=str(token.issuer),
            purposes=token.purposes, log=token.log or (),
        )  # fmt: skip
    return endorse(
        state, open_key, terms, key=old.key, endorsed=old.endorsed, issuer=token.issuer, purposes=token.purposes,
        end=token.end, log=token.log,
    )  # fmt: skip


def _stands(one: Issued, terms: Terms) -> bool:
    """Whether an older token of the profile would stand beside a new one; an ended one gives way, too."""
    return not one.replaced_by and not one.withdrawn and one.profile == terms.profile


def _same_place(records: Records, assets: Sequence[str], terms: Terms) -> list[Issued]:
    """Emblems for the same assets, which a new one replaces.

    Raises:
        EmblemError: one is for some of them and others: both could not be published for one name.
    """
    wanted = {written(one).rstrip(".").lower() for one in assets}
    found = []
    for one in records.issued:
        if not _stands(one, terms) or one.token.kind != "emblem":
            continue
        theirs = {written(asset).rstrip(".").lower() for asset in one.token.assets}
        if theirs == wanted:
            found.append(one)
        elif theirs & wanted and one.current(terms.at):
            raise EmblemError(
                f"{', '.join(sorted(theirs & wanted))} has an emblem already ({one.id}), which is not for the same names.",
                "Nothing was issued: two emblems for one name make both invalid.",
                "Withdraw it first (kintrace emblem withdraw), or give all names together.",
            )
    return found
