"""Whether an organisation committed to a root key: an unrevoked, logged certificate for names that hold the key's identifier.

Three answers: it is proved, it is disproved, or nobody looked. The last is never taken for one of the others.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cryptography import x509

from kintrace.emblem.assets import host_of
from kintrace.emblem.certificates import names_in
from kintrace.emblem.items import Profile
from kintrace.emblem.keys import PublicKey, text_of
from kintrace.emblem.logs import Logs, NotAsked, NotProved
from kintrace.emblem.revocation import Revocations
from kintrace.emblem.roots import Roots
from kintrace.emblem.tokens import LogEntry, Token
from kintrace.errors import NotReadable

PREFIX = "adem-configuration"
Answer = Literal["proved", "disproved", "not checked"]


@dataclass(frozen=True)
class Commitment:
    """What was found out."""

    answer: Answer
    why: tuple[str, ...] = ()
    """What disproves it, or what was not checked; also remarks on what is proved."""


def names_needed(issuer: str, key: PublicKey, profile: Profile) -> tuple[str, str, str]:
    """Names for a certificate that commits to a key: two that the draft demands, and the organisation's own, which checkers in
    use look for."""
    host = host_of(issuer)
    return f"{PREFIX}.{host}", f"{text_of(key.kid(profile))}.{PREFIX}.{host}", host


def check(
    endorsement: Token,
    key: PublicKey,
    *,
    at: datetime,
    logs: Logs | None,
    crl: Revocations | None,
    roots: Roots | None = None,
) -> Commitment:
    """Check the commitment of an endorsement's issuer to the key that signed it.

    Every log entry that can be checked must hold, and at least one must be checked.

    Args:
        endorsement: with an issuer.
        key: that signed it.
        at: for validity and revocation; aware.
        logs: the operator's list; None where there is none.
        crl: the operator's revocation lists; None where there are none.
        roots: authorities whose certificates the operator takes; None where that is left to the logs and to ``crl``, which holds
            the issuer's certificate.
    """
    if endorsement.issuer is None or not endorsement.log:
        return Commitment("disproved", ("it names no log entry that commits its issuer to the key",))
    issuer = endorsement.issuer
    if logs is None:
        why = f"The commitment of {issuer} to its key was not checked: no list of logs was given."
        return Commitment("not checked", (why,))
    open_questions: list[str] = []
    remarks: list[str] = []
    proved = False
    for where in endorsement.log:
        try:
            found = _one(endorsement, key, where, at, logs, crl, roots)
        except NotProved as problem:
            return Commitment("disproved", (problem.what,))
        except NotAsked as problem:
            open_questions.append(f"The commitment of {issuer} to its key was not checked: {problem.what}.")
        else:
            proved = True
            remarks += found
    if proved:
        return Commitment("proved", (*dict.fromkeys(remarks), *dict.fromkeys(open_questions)))
    return Commitment("not checked", tuple(dict.fromkeys(open_questions)))


def _one(
    endorsement: Token,
    key: PublicKey,
    where: LogEntry,
    at: datetime,
    logs: Logs,
    crl: Revocations | None,
    roots: Roots | None,
) -> list[str]:
    """Remarks on an entry that holds.

    Raises:
        NotProved: it does not hold.
        NotAsked: it cannot be said.
    """
    log = logs.of(where.id)
    if log is None:
        raise NotAsked(f"the log {where.id.hex()[:16]}… is not in the list")
    entry = log.entry(where, logs.fetch)
    try:
        certificate = entry.certificate()
        remarks = _check_names(endorsement, key, names_in(certificate))
        _check_validity(certificate, at)
        state, why = (
            ("unknown", "") if crl is None else crl.state(certificate, at.astimezone(UTC), entry.issuer_key_hash)
        )
        if roots is None:
            remarks.append(
                f"Whether the certificate of {host_of(str(endorsement.issuer))} leads to an authority you trust was left to the "
                "logs and to the revocation list's signer: no roots were given."
            )
        else:
            others = crl.issuers if crl else ()
            chain = roots.lead(entry, log.above(entry, logs.fetch), others, at)
            remarks += _check_chain(chain, at, crl)
    except NotReadable as problem:
        raise NotProved(problem.what) from problem
    except ValueError as problem:
        # The library reads some parts of a certificate only when they are asked for.
        raise NotProved("the logged certificate is damaged") from problem
    if crl is None:
        raise NotAsked("it is logged, but no revocation list was given to see whether the certificate was revoked")
    if state == "revoked":
        raise NotProved("the certificate was revoked")
    if state == "unknown":
        raise NotAsked(f"it is logged, but whether the certificate was revoked was not checked: {why}")
    return remarks


def _check_chain(chain: list[x509.Certificate], at: datetime, crl: Revocations | None) -> list[str]:
    """Revocation of the authorities between the certificate and the root.

    Raises:
        NotProved: one was revoked.
    """
    remarks = []
    for each in chain:
        state, why = ("unknown", "") if crl is None else crl.state(each, at.astimezone(UTC))
        if state == "revoked":
            raise NotProved("an authority above the certificate was revoked")
        if state == "unknown":
            whose = each.subject.rfc4514_string()[:100]
            remarks.append(
                f"Whether the authority {whose} was revoked was not checked: {why}."
                if why
                else f"Whether the authority {whose} was revoked was not checked."
            )
    return remarks


def _check_validity(certificate: x509.Certificate, at: datetime) -> None:
    if at < certificate.not_valid_before_utc:
        raise NotProved(f"the certificate is valid from {certificate.not_valid_before_utc:%Y-%m-%d} only")
    if at > certificate.not_valid_after_utc:
        raise NotAsked(
            f"the certificate ended on {certificate.not_valid_after_utc:%Y-%m-%d}, and no list tells of revocation after that"
        )


def _check_names(endorsement: Token, key: PublicKey, names: frozenset[str]) -> list[str]:
    profile = endorsement.profile
    configuration, with_kid, host = names_needed(str(endorsement.issuer), key, profile)
    other = key.other_kid(profile)
    with_other = f"{text_of(other)}.{configuration}" if other else ""
    remarks = []
    if with_kid not in names:
        if not with_other or with_other not in names:
            raise NotProved(f"the logged certificate is not for {with_kid}")
        remarks.append(
            f"The certificate of {host} names the key as a prototype computes it, without leading zero bytes."
        )
    if configuration not in names:
        # Certificates made before core-01 have the organisation's own name instead, and live deployments of profile A still do.
        if profile == "B" or host not in names:
            raise NotProved(f"the logged certificate is not for {configuration}")
        remarks.append(f"The certificate of {host} is of the older form: it is for that name, not for {configuration}.")
    return remarks
