from .canonical import Actor, Event
from .keeping import dump, keep_longer, load
from .models import Entry
from .proofs import Proof, check_proof
from .reading import as_dict, entries, to_json_lines
from .signatures import Checkpoint, check_checkpoint, export_checkpoint, public_key, read_checkpoint
from .signing import add_checkpoint, checkpoint, checkpoints, prove
from .triggers import missing_triggers
from .verification import Verdict, verify
from .watching import Burst, burst_now, bursts
from .writing import deployment, record, record_many

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
