"""What happened: an append-only log that shows tampering, and holds nothing about a person but random ids.

:func:`record` writes an entry in the transaction of what it records. Entries form one chain of SHA-256 values;
:func:`verify` finds the first that was altered, removed, reordered or inserted, and :func:`checkpoint` signs the chain so that
a copy kept elsewhere shows a ledger that was cut short or written anew. docs/ledger.md tells how, and what it cannot do.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kintrace.ledger.canonical import Actor, Event
from kintrace.ledger.proofs import Proof, check_proof
from kintrace.ledger.signatures import Checkpoint, check_checkpoint, export_checkpoint, public_key, read_checkpoint

if TYPE_CHECKING:
    from kintrace.ledger.keeping import dump, keep_longer, load
    from kintrace.ledger.models import Entry
    from kintrace.ledger.reading import as_dict, entries, to_json_lines
    from kintrace.ledger.signing import add_checkpoint, checkpoint, checkpoints, prove
    from kintrace.ledger.triggers import missing_triggers
    from kintrace.ledger.verification import Verdict, verify
    from kintrace.ledger.watching import Burst, burst_now, bursts
    from kintrace.ledger.writing import deployment, record, record_many

# These parts use the database: Django loads models only after this package, so they are fetched at first use.
_LATER = {
    "Burst": "watching",
    "Entry": "models",
    "Verdict": "verification",
    "add_checkpoint": "signing",
    "as_dict": "reading",
    "burst_now": "watching",
    "bursts": "watching",
    "checkpoint": "signing",
    "checkpoints": "signing",
    "deployment": "writing",
    "dump": "keeping",
    "entries": "reading",
    "keep_longer": "keeping",
    "load": "keeping",
    "missing_triggers": "triggers",
    "prove": "signing",
    "record": "writing",
    "record_many": "writing",
    "to_json_lines": "reading",
    "verify": "verification",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(f"kintrace.ledger.{_LATER[name]}"), name)


__all__ = [
    "Actor",
    "Burst",
    "Checkpoint",
    "Entry",
    "Event",
    "Proof",
    "Verdict",
    "add_checkpoint",
    "as_dict",
    "burst_now",
    "bursts",
    "check_checkpoint",
    "check_proof",
    "checkpoint",
    "checkpoints",
    "deployment",
    "dump",
    "entries",
    "export_checkpoint",
    "keep_longer",
    "load",
    "missing_triggers",
    "prove",
    "public_key",
    "read_checkpoint",
    "record",
    "record_many",
    "to_json_lines",
    "verify",
]
