"""The check of all records, started from a page and done beside it: it opens every key and every sealed value once."""

import logging
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import connections, transaction

from kintrace.casework.scope import Scope
from kintrace.casework.soundness import Problem, check_records
from kintrace.errors import KintraceError


@dataclass
class Check:
    """One run: done where ``ended`` is set."""

    begun: datetime
    people: int = 0
    of: int = 0
    ended: datetime | None = None
    problems: list[Problem] = field(default_factory=list)
    failed: bool = False


_lock = threading.Lock()
_last: Check | None = None
_thread: threading.Thread | None = None


def last() -> Check | None:
    """The last run of this process, or the one that goes on now."""
    return _last


def start(scope: Scope) -> Check:
    """Begin a run, where none goes on; killed with the server, it leaves nothing behind but its end in the ledger undone."""
    global _last, _thread
    scope.require("user.manage")
    with _lock:
        if _last is not None and _last.ended is None and _thread is not None and _thread.is_alive():
            return _last
        run = _last = Check(datetime.now(UTC))
        _thread = threading.Thread(target=_run, args=(run, scope), daemon=True, name="check of the records")
        _thread.start()
        return run


def wait(seconds: float) -> None:
    """Until the run has ended, for some seconds at most."""
    if _thread is not None:
        _thread.join(seconds)


def _run(run: Check, scope: Scope) -> None:
    def told(done: int, of: int) -> None:
        run.people, run.of = done, of

    try:
        run.problems = check_records(told)
        with transaction.atomic():
            scope.note("records.check", outcome="failed" if run.problems else "done", problems=len(run.problems))
    except KintraceError as problem:
        run.problems, run.failed = [Problem(problem.what, problem.todo)], True
    except Exception:
        logging.getLogger(__name__).exception("the check of the records failed")
        run.failed = True
    finally:
        run.ended = datetime.now(UTC)
        connections.close_all()
