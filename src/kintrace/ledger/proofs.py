"""A proof that one entry stands in the ledger, that shows no other entry. No Django: anybody can check it with this alone."""

import json
from dataclasses import asdict, dataclass

from kintrace.errors import LedgerError
from kintrace.ledger.canonical import FIELDS, chain_of, content_of, is_hash
from kintrace.ledger.signatures import Checkpoint, check_checkpoint, checkpoint_from


@dataclass(frozen=True)
class Proof:
    """One entry, and how the chain leads from it to a signed checkpoint. Made by :func:`kintrace.ledger.prove`.

    Each entry holds 16 random bytes, so that its hash tells nothing of it to those who would try what it could be.
    """

    number: int
    fields: tuple[str, ...]
    """The entry's fields as :data:`kintrace.ledger.canonical.FIELDS` orders them."""
    before: str
    """The chain before the entry."""
    following: tuple[str, ...]
    """The hashes of the entries after it, up to the checkpoint."""
    checkpoint: Checkpoint

    def as_json(self) -> str:
        """The proof as one line of JSON."""
        return json.dumps(
            {
                "kintrace": "proof",
                "number": self.number,
                "fields": dict(zip(FIELDS, self.fields, strict=True)),
                "before": self.before,
                "following": self.following,
                "checkpoint": asdict(self.checkpoint),
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> "Proof":
        """The proof that :meth:`as_json` wrote.

        Raises:
            LedgerError: the text holds none.
        """
        try:
            parts = json.loads(text)
            if parts["kintrace"] != "proof" or set(parts["fields"]) != set(FIELDS):
                raise ValueError("something else")
            fields = tuple(parts["fields"][name] for name in FIELDS)
            proof = cls(
                parts["number"],
                fields,
                parts["before"],
                tuple(parts["following"]),
                checkpoint_from(parts["checkpoint"]),
            )
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise LedgerError("This is not a proof of an entry.", "", "Give the text that Kintrace wrote.") from error
        if not _well_formed(proof):
            raise LedgerError("This is not a proof of an entry.", "", "Give the text that Kintrace wrote.")
        return proof


def check_proof(proof: Proof, public_key: bytes) -> bool:
    """Whether an entry stood in the ledger, with these fields and this number, when the checkpoint was signed.

    Args:
        proof: what to check.
        public_key: 32 bytes that reached you another way than the proof.
    """
    if not _well_formed(proof) or proof.checkpoint.number != proof.number + len(proof.following):
        return False
    chain = chain_of(proof.before, content_of(proof.number, proof.fields))
    for content in proof.following:
        chain = chain_of(chain, content)
    return chain == proof.checkpoint.chain and check_checkpoint(proof.checkpoint, public_key)


def _well_formed(proof: Proof) -> bool:
    return (
        type(proof.number) is int
        and proof.number > 0
        and len(proof.fields) == len(FIELDS)
        and all(isinstance(each, str) for each in proof.fields)
        and all(is_hash(each) for each in (proof.before, *proof.following))
    )
