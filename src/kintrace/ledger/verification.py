"""Whether the ledger is what was written: the whole chain, its head, and the checkpoints kept here and elsewhere."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kintrace.ledger.canonical import start_of
from kintrace.ledger.kinds import judge
from kintrace.ledger.models import Entry, Head
from kintrace.ledger.signatures import Checkpoint, check_checkpoint
from kintrace.ledger.signing import checkpoints as stored_checkpoints
from kintrace.ledger.walking import Fault, Kind, walk

STEP = 1000


@dataclass(frozen=True)
class Verdict:
    """What :func:`verify` found."""

    ok: bool
    entries: int
    """How many entries were right, counted from the first."""
    first_bad: int | None
    """The first number that is not right; with ``checkpoint`` the number of the first checkpoint that does not hold, and
    what was changed lies at it or before, after the checkpoint before it."""
    kind: Kind | None
    explanation: str


def verify(
    progress: Callable[[int, int], None] | None = None,
    *,
    checkpoints: Iterable[Checkpoint] = (),
    public_key: bytes | Sequence[bytes] | None = None,
) -> Verdict:
    """Check every entry. Others may write meanwhile.

    Args:
        progress: told how many entries are done, of how many.
        checkpoints: those kept elsewhere. Without them, a ledger written anew from some entry on by somebody who can change
            the database is not told from the true one.
        public_key: checks the signatures of all checkpoints: one key of 32 bytes, or all that were ever used. Without it,
            checkpoints are only compared with the entries.
    """
    head = Head._all.filter(id=1).first()
    marks = sorted([*stored_checkpoints(), *checkpoints], key=lambda mark: (mark.number, mark.at))
    keys = [public_key] if isinstance(public_key, bytes) else list(public_key or [])
    name = head.deployment if head is not None else marks[0].deployment if marks else ""
    unsound = next((fault for mark in marks if (fault := _unsound(mark, name, keys))), None)
    wanted: dict[int, set[str]] = {}
    for mark in marks:
        wanted.setdefault(mark.number, set()).add(mark.chain)
    total = head.number if head is not None else Entry._all.count()

    def good(number: int, chain: str) -> Fault | None:
        if progress and (number % STEP == 0 or number == total):
            progress(number, max(total, number))
        if unsound and number >= unsound.number:
            return unsound
        if number in wanted and wanted[number] != {chain}:
            return Fault(number, "checkpoint", f"Checkpoint {number} was signed over another ledger than this one.")
        return None

    number, chain = 0, start_of(name)
    while True:
        number, chain, bad, fault = walk(number, chain, good)
        head = Head._all.filter(id=1).first()  # read after the entries it must cover
        if bad is not None:
            fault = judge(number + 1, chain, bad, head) if name else _headless(number)
        if fault or head is None or head.number <= number or not Entry._all.filter(number__gt=number).exists():
            break
    fault = fault or _end(number, chain, head, max(wanted, default=0)) or unsound
    if fault is None:
        return Verdict(True, number, None, None, f"{number} entries, each following from the one before.")
    right = min(number, fault.number - 1)
    return Verdict(False, right, fault.number, fault.kind, fault.explanation)


def _unsound(mark: Checkpoint, deployment: str, keys: Sequence[bytes]) -> Fault | None:
    """What is wrong with a checkpoint by itself."""
    if mark.deployment != deployment:
        return Fault(mark.number, "checkpoint", f"Checkpoint {mark.number} is that of another deployment's ledger.")
    if keys and not any(check_checkpoint(mark, key) for key in keys):
        return Fault(mark.number, "checkpoint", f"Checkpoint {mark.number} was not signed with the deployment's key.")
    return None


def _headless(number: int) -> Fault:
    return Fault(number + 1, "truncated", "The row that says where the ledger begins and ends is gone.")


def _end(number: int, chain: str, head: Head | None, marked: int) -> Fault | None:
    """Whether the ledger ends where its head and its checkpoints say."""
    if marked > number:
        return Fault(
            number + 1, "truncated", f"A checkpoint was signed at {marked}, and the ledger ends with {number}."
        )
    if head is None:
        return _headless(number) if number else None
    if head.number > number:
        return Fault(number + 1, "truncated", f"The ledger held {head.number} entries, and ends with {number}.")
    if head.number < number:
        return Fault(
            head.number + 1, "inserted", f"The ledger ends with entry {head.number}; entries were put after it."
        )
    if head.chain != chain:
        return Fault(max(number, 1), "altered", f"Entry {number} is not the one with which the ledger ended.")
    return None
