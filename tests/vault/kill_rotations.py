"""Rotate each level of keys, killed by SIGKILL before each of its statements in turn; see that nothing is ever lost.

Run by test_rotation.py with KINTRACE_DATA set to an empty folder. Prints how many kills there were, as JSON.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from vault_sample import Note, make_table  # noqa: E402

import kintrace.vault.people as people  # noqa: E402
from kintrace import vault  # noqa: E402
from kintrace.vault import keyring  # noqa: E402

people.sealed_models = lambda: [Note]  # type: ignore[assignment]
DATA = Path(os.environ["KINTRACE_DATA"])
NAMES = ["Ahmad", "Leyla", "Oksana"]
EVERY = int(os.environ.get("KILL_EVERY", "2"))


def main() -> None:
    (DATA / "keyring").mkdir()
    vault.make_root_key(DATA / "root.key")
    call_command("migrate", database="keyring", verbosity=0)
    make_table()
    office = uuid4()
    vault.new_office_key(office)
    notes = {}
    for name in NAMES:
        person = uuid4()
        vault.new_person_key(person, office)
        note = Note(person_id=person, photo=vault.put_blob(person, name.encode()))
        note.seal(name=name)
        note.save(force_insert=True)
        notes[note.pk] = name
    vault.secret("blind-index")
    connections.close_all()
    shutil.copytree(DATA, DATA.with_name(DATA.name + ".saved"))
    kills = 0
    for act in (vault.rotate_root, vault.rotate_office, lambda: vault.rotate_person_keys(settle=0)):
        number = 1
        while killed(act, number):
            kills += 1
            reads(notes, f"after a kill at statement {number}")
            act()
            reads(notes, f"after going on from statement {number}")
            problems = vault.check()
            assert not problems, (number, problems)
            restore()
            number += EVERY
    json.dump({"kills": kills}, sys.stdout)


def killed(act: Callable[[], None], number: int) -> bool:
    """Do it in a process of its own, which dies before its statement of this number; False where it came to its end."""
    connections.close_all()
    keyring.forget()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    left = number

    def dying(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, parameters, many, context)

    with ExitStack() as stack:
        for alias in ("default", "keyring"):
            stack.enter_context(connections[alias].execute_wrapper(dying))
        act()
    os._exit(0)


def reads(notes: dict[Any, str], when: str) -> None:
    keyring.forget()
    for note in Note.objects.all():
        name = notes[note.pk]
        assert note.unseal_text("name") == name, when
        assert vault.get_blob(note.person_id, note.photo).decode() == name, when
    assert Note.objects.count() == len(notes), when


def restore() -> None:
    connections.close_all()
    shutil.rmtree(DATA)
    shutil.copytree(DATA.with_name(DATA.name + ".saved"), DATA)
    keyring.forget()


main()
