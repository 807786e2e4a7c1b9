"""The blind index: names found by keyed fingerprints of their tokens, without decrypting a name.

Tokens (normalised forms, sounds) come from the caller; equal tokens have equal fingerprints, and that is all that shows.
"""

import hmac
from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import models

from kintrace.vault.keyring import BATCH, KEYRING, batches, changing, secret
from kintrace.vault.keys import destroyed, missing
from kintrace.vault.models import NameToken, PersonKey

Tokens = Mapping[str, Iterable[str]]
"""Kind of token (at most 20 letters, no colon) to the tokens."""


def index_names(person: UUID, tokens: Tokens) -> None:
    """Put the tokens of a person's names in place of those the index has for them.

    Raises:
        KeyDestroyed: the person was erased.
        KeyMissing: the person has no key.
    """
    index_many({person: tokens})


def index_many(people: Mapping[UUID, Tokens]) -> None:
    """The same for many persons, in few transactions; none of a batch of 500 is changed where one raises."""
    key = secret("blind-index")
    for part in batches(people.items(), BATCH):
        persons = [person for person, _ in part]
        fresh = [
            NameToken(person=person, kind=kind, token=token)
            for person, tokens in part
            for kind, token in _fingerprints(key, tokens)
        ]
        with changing():  # so that no erasure comes between the look and the write
            known = dict(
                PersonKey.objects.using(KEYRING).filter(person__in=persons).values_list("person", "destroyed_at")
            )
            for person in persons:
                if person not in known:
                    raise missing(person)
                if known[person] is not None:
                    raise destroyed(person)
            NameToken.objects.using(KEYRING).filter(person__in=persons).delete()
            NameToken.objects.using(KEYRING).bulk_create(fresh, batch_size=BATCH)


def find_names(tokens: Tokens) -> dict[UUID, int]:
    """Persons who have any of the tokens, and how many of them each has."""
    wanted = [token for _, token in _fingerprints(secret("blind-index"), tokens)]
    hits: Counter[UUID] = Counter()
    for part in batches(wanted, BATCH):
        rows = NameToken.objects.using(KEYRING).filter(token__in=part)
        hits.update(rows.values_list("person", flat=True))
    return dict(hits)


def find_rare(tokens: Tokens, most: int) -> dict[UUID, list[int]]:
    """Persons who have any of the tokens, the rarest tokens first, until there are ``most`` of them.

    Returns:
        For each person, of each token they were found by, how many persons have it.
    """
    rows = NameToken.objects.using(KEYRING)
    wanted = [token for _, token in _fingerprints(secret("blind-index"), tokens)]
    counts: dict[bytes, int] = {}
    for part in batches(wanted, BATCH):
        found = rows.filter(token__in=part).values_list("token").annotate(many=models.Count("*"))
        counts |= {bytes(token): count for token, count in found}
    chosen: list[bytes] = []
    reach = 0
    for token, count in sorted(counts.items(), key=lambda each: each[1]):
        reach += count
        if reach > most:
            break
        chosen.append(token)
    hits: dict[UUID, list[int]] = {}
    for part in batches(chosen, BATCH):
        for person, token in rows.filter(token__in=part).values_list("person", "token"):
            hits.setdefault(person, []).append(counts[bytes(token)])
    return hits


def common(tokens: Tokens) -> dict[tuple[str, str], int]:
    """How many persons have each of the tokens; by kind and token."""
    key = secret("blind-index")
    prints = {
        hmac.digest(key, f"{kind}:{token}".encode(), "sha256")[:16]: (kind, token)
        for kind, each in tokens.items()
        for token in each
    }
    found = dict.fromkeys(prints.values(), 0)
    for part in batches(list(prints), BATCH):
        rows = NameToken.objects.using(KEYRING).filter(token__in=part).values_list("token")
        found |= {prints[bytes(token)]: count for token, count in rows.annotate(many=models.Count("*"))}
    return found


def _fingerprints(key: bytes, tokens: Tokens) -> list[tuple[str, bytes]]:
    """Kind and fingerprint of each token: the first 16 bytes of HMAC-SHA256, each once."""
    found: dict[bytes, str] = {}
    for kind, each in tokens.items():
        if ":" in kind:
            raise ValueError("a kind of token has no colon")
        for token in each:
            found[hmac.digest(key, f"{kind}:{token}".encode(), "sha256")[:16]] = kind
    return [(kind, token) for token, kind in found.items()]
