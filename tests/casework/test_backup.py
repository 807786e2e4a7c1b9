"""Backup and restore: everybody is back but those who were erased since, and a damaged backup changes nothing."""

import contextlib
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from casework_help import CONSENT, found_form, roles
from django.db import connections, transaction
from django.utils import timezone

from kintrace.casework import archive, backup, blocking, cards, erasure, photos, setup, tablerows, trusting, worker
from kintrace.casework import restore as restoring
from kintrace.casework.agreements import record_consent, withdraw_consent
from kintrace.casework.consents import Answer
from kintrace.casework.forms import Agreed, card_form
from kintrace.casework.live import LiveGallery
from kintrace.casework.people import Deployment, Membership, Office, Role, User
from kintrace.casework.records import Card, Consent, Grant, Photo, Template, Tombstone
from kintrace.casework.registration import register
from kintrace.casework.restore import restore
from kintrace.casework.soundness import check_records
from kintrace.errors import BackupError, Denied, KeyDestroyed, LedgersPart, NotPossible
from kintrace.ledger import checkpoint, checkpoints, entries, verify
from kintrace.vault import destroy, is_destroyed, living, rotate_person_keys, rotate_root, secret, unseal
from kintrace.vault.keyring import forget
from kintrace.vault.models import Generation, NameToken, OfficeKey, PersonKey, Secret

sys.path.insert(0, str(Path(__file__).parents[1] / "provenance"))
from signing import authority


@pytest.fixture
def two(scope, found_card, add_photo, acquirer, pairs):
    """Two people with a photo and a template each."""
    made = [found_card("Gone (invented)"), found_card("Beside (invented)")]
    for card, pair in zip(made, pairs, strict=False):
        add_photo(card, pair[0])
    worker.run(acquirer)
    return made


def rows(without=()):
    """Every row of the records, exactly, but for what a restore renews."""
    held = {}
    for model in tablerows.tables():
        if model in (Deployment, *without):
            continue
        frames = list(tablerows.frames(model, "default"))
        held[model._meta.db_table] = [
            {name: value for name, value in row.items() if (model, name) != (Grant, "id")}
            for frame in frames
            for row in tablerows.values(frame)
        ]
        for each in held[model._meta.db_table]:
            each.update({name: bytes(value) for name, value in each.items() if isinstance(value, memoryview)})
    return held


def of_person(held, person):
    """The rows that are of one person."""
    return {
        table: [row for row in found if person in (row.get("person_id"), row.get("subject_id"), row.get("id"))]
        for table, found in held.items()
    }


def lose_keyring():
    """As on a new machine."""
    for model in (Generation, NameToken, OfficeKey, PersonKey, Secret):
        model.objects.using("keyring").all().delete()
    forget()


def lose_records():
    """As on a new machine: no row, and no ledger."""
    from django.core.management import call_command

    with transaction.atomic():
        tablerows.empty("default", tablerows.tables())
    call_command("migrate", "ledger", "zero", database="default", verbosity=0)
    call_command("migrate", "ledger", database="default", verbosity=0)


def test_restoring_last_week_brings_back_all_but_the_erased(scope, two, acquirer, tmp_path, settings):
    gone, beside = two
    gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    gallery.catch_up()
    before = cards.read(scope, str(beside.local))
    exactly = of_person(rows(), beside.subject_id)
    photo = Photo._all.get(person=beside.subject)
    picture = photos.picture(scope, photo.id)
    made = backup.make_backup(scope, tmp_path)
    template = Template._all.get(person=gone.subject)
    erasure.erase(scope, str(gone.local))
    cards.amend(scope, str(beside.local), {"occupation": "baker"}, why="said so")
    shutil.rmtree(settings.DATA / "blobs")
    length = entries(most=1)[0].number
    assert restore(scope, made.records) == 1
    assert not Card._all.filter(id=gone.id).exists()
    assert Tombstone._all.count() == 1
    with pytest.raises(KeyDestroyed):
        unseal(gone.subject_id, template.place("vector"), bytes(template.vector))
    gallery.catch_up()
    assert len(gallery) == 1
    fresh = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    fresh.catch_up()
    assert len(fresh) == 1
    assert of_person(rows(), beside.subject_id) == exactly
    assert cards.read(scope, str(beside.local)) == before
    assert photos.picture(scope, photo.id) == picture
    assert entries(most=1)[0].number > length  # the ledger did not go back
    assert [entry.action for entry in entries(action="backup.")] == ["backup.restore", "backup.make"]
    assert verify().ok
    assert check_records() == []


def test_a_restore_changes_nothing_where_nothing_happened_since(scope, two, tmp_path):
    made = backup.make_backup(scope, tmp_path)
    before, epoch = rows(), Deployment._all.get().epoch
    seen = []
    assert restore(scope, made.records, progress=lambda done, total: seen.append((done, total))) == 0
    assert rows() == before
    assert Deployment._all.get().epoch != epoch
    assert seen[-1][0] == seen[-1][1]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_what_was_withdrawn_since_stays_withdrawn(scope, two, acquirer, tmp_path):
    one, other = two
    made = backup.make_backup(scope, tmp_path)
    withdraw_consent(scope, str(one.local), "face_search")
    photos.withdraw(scope, Photo._all.get(person=other.subject).id)
    restore(scope, made.records)
    assert not Template._all.exists()
    assert not Photo._all.filter(person=other.subject).exists()
    assert Photo._all.get(person=one.subject).state == "held"
    assert cards.read(scope, str(one.local))["subject"]["consent"]["purposes"]["face_search"] is False
    gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    gallery.catch_up()
    assert len(gallery) == 0
    assert sorted(problem.what for problem in check_records()) == []


def test_a_consent_given_since_holds_and_its_photo_waits(scope, found_card, add_photo, acquirer, pairs, tmp_path):
    card = found_card(consent={**CONSENT, "purposes": {"tracing": True}})
    add_photo(card, pairs[0][0])
    made = backup.make_backup(scope, tmp_path)
    agreed = Agreed("best_interest", (Answer("tracing", True), Answer("face_search", True)))
    record_consent(scope, str(card.local), agreed)
    restore(scope, made.records)
    assert Consent._all.filter(person=card.subject, superseded_at=None).count() == 1
    assert Photo._all.get().state == "waiting"
    worker.run(acquirer)
    assert Template._all.count() == 1
    assert check_records() == []


def test_photos_that_come_back_are_judged_by_the_lists_of_today(scope, two, acquirer, pairs, tmp_path):
    """A picture that was put on the block list after the backup is known to be false when its photo comes back."""
    made = backup.make_backup(scope, tmp_path)
    photo = Photo._all.get(person=two[0].subject_id)
    told = blocking.block_photo(scope, photo.id, "A stock photo.")
    assert told["quarantined"] == 1
    restore(scope, made.records)
    assert worker.waiting() == 2
    worker.run(acquirer)
    assert worker.waiting() == 0
    assert [Photo._all.get(person=each.subject_id).assessment for each in two] == ["quarantined", "usable"]
    again = backup.make_backup(scope, tmp_path)
    restore(scope, again.records)
    assert worker.waiting() == 0  # by the same lists: nothing to look into
    trusting.trust(scope, authority().pem, "The newspaper's own cameras.")
    restore(scope, again.records)
    assert worker.waiting() == 2


def test_rights_taken_back_and_card_numbers_do_not_come_again(scope, two, found_card, tmp_path):
    setup.add_user(scope, "helen")
    setup.set_role(scope, "helen", "local", "caseworker")
    setup.add_user(scope, "igor")
    made = backup.make_backup(scope, tmp_path)
    setup.set_role(scope, "helen", "local", "caseworker", take_back=True)
    setup.disable_user(scope, "igor")
    late = found_card("Late (invented)")
    setup.add_office(scope, "abroad", "Abroad")
    restore(scope, made.records)
    assert not Membership._all.filter(user__username="helen").exists()
    assert not User.objects.get(username="igor").is_active
    assert Office._all.filter(code="abroad").exists()
    assert not Card._all.filter(id=late.id).exists()
    assert found_card("Later (invented)").local == late.local + 1


def test_an_erasure_is_kept_where_an_older_keyring_comes_back(scope, two, tmp_path):
    gone, beside = two
    made = backup.make_backup(scope, tmp_path)
    erasure.erase(scope, str(gone.local))
    lose_keyring()
    assert restore(scope, made.records, keyring=made.keyring) == 1
    assert not Card._all.filter(id=gone.id).exists()
    assert is_destroyed(gone.subject_id)
    assert living([beside.subject_id])
    assert check_records() == []


def test_the_keyring_comes_back_where_it_was_lost(scope, two, tmp_path):
    before = cards.read(scope, "1")
    made = backup.make_backup(scope, tmp_path)
    with pytest.raises(BackupError, match="holds keys"):
        restore(scope, made.records, keyring=made.keyring)
    lose_keyring()
    restore(scope, made.records, keyring=made.keyring)
    assert cards.read(scope, "1") == before
    assert check_records() == []


def test_who_is_erased_here_is_erased_in_a_keyring_that_replaces_this_one(scope, two, tmp_path):
    gone, beside = two
    made = backup.make_backup(scope, tmp_path)
    destroy([gone.subject_id])
    restore(scope, made.records, keyring=made.keyring, replace_keyring=True)
    assert is_destroyed(gone.subject_id)
    assert bytes(PersonKey.objects.using("keyring").get(person=gone.subject_id).wrapped) == b""
    assert not NameToken.objects.using("keyring").filter(person=gone.subject_id).exists()
    assert [card.id for card in Card._all.all()] == [beside.id]
    assert check_records() == []


def test_a_restore_beside_an_older_keyring_erases_nobody(scope, found_card, tmp_path):
    first = found_card("First (invented)")
    old = backup.make_backup(scope, tmp_path)
    found_card("Second (invented)")
    made = backup.make_backup(scope, tmp_path)
    lose_keyring()
    for keyring in (None, old.keyring):
        with pytest.raises(BackupError, match="no key of"):
            restore(scope, made.records, keyring=keyring)
        assert Card._all.count() == 2
        assert not PersonKey.objects.using("keyring").exists()  # that, too, was taken back
    restore(scope, old.records, keyring=old.keyring)
    assert [card.id for card in Card._all.all()] == [first.id]
    assert check_records() == []


@pytest.mark.parametrize("begun", [False, True], ids=["empty", "initialised"])
def test_a_new_machine_with_the_root_key(scope, two, tmp_path, acquirer, settings, begun):
    checkpoint(secret("ledger-signing"))
    before, told, mark = rows(), cards.read(scope, "1"), checkpoints()
    made = backup.make_backup(scope, tmp_path)
    lose_records()
    lose_keyring()
    shutil.rmtree(settings.DATA / "blobs")
    new = None
    if begun:
        new = setup.initialise("other.example", "new", "New office", "somebody")
    assert restore(new, made.records, keyring=made.keyring) == 0
    assert rows() == before
    assert checkpoints() == mark
    assert cards.read(scope, "1") == told
    assert photos.picture(scope, Photo._all.first().id)
    assert verify().ok
    assert check_records() == []


def test_a_backup_of_another_installation_in_use_is_refused(scope, two, tmp_path, found_card):
    made = backup.make_backup(scope, tmp_path)
    lose_records()
    lose_keyring()
    new = setup.initialise("other.example", "new", "New office", "somebody")
    register(new, card_form(found_form()))
    with pytest.raises(BackupError, match="another installation"):
        restore(new, made.records, keyring=made.keyring, replace_keyring=True)
    assert Card._all.get().office_id == new.office
    assert check_records() == []


def test_nobody_restores_without_being_asked_who_they_are(scope, two, tmp_path):
    made = backup.make_backup(scope, tmp_path)
    with pytest.raises(NotPossible):
        restore(None, made.records)
    for refused in (lambda who: restore(who, made.records), lambda who: backup.make_backup(who, tmp_path)):
        with pytest.raises(Denied):
            refused(roles(scope, Role.CASEWORKER, Role.DATA_PROTECTION_OFFICER))
    assert len(list(tmp_path.glob("*.kintrace"))) == 1


def test_the_ledger_of_a_backup_is_taken_where_it_is_longer_and_refused_where_it_parts(scope, found_card, tmp_path):
    card = found_card()
    older = backup.make_backup(scope, tmp_path)
    cards.read(scope, str(card.id))
    newer = backup.make_backup(scope, tmp_path)
    length = entries(most=1)[0].number
    lose_records()
    restore(None, older.records)
    assert entries(most=1)[0].number < length
    before = rows()
    with pytest.raises(LedgersPart):  # the restore wrote an entry of its own: two histories
        restore(scope, newer.records)
    assert rows() == before
    assert verify().ok


def test_a_backup_from_before_persons_got_new_keys_is_refused_without_that_keyring(scope, two, tmp_path):
    made = backup.make_backup(scope, tmp_path)
    rotate_person_keys(settle=0)
    before = rows()
    with pytest.raises(BackupError, match="keys were renewed"):
        restore(scope, made.records)
    assert rows() == before
    withdraw_consent(scope, "2", "publish")  # a consent under the new keys, which are about to go
    restore(scope, made.records, keyring=made.keyring, replace_keyring=True)
    assert cards.read(scope, "1")["subject"]["facts"]["full_name"]["value"] == "Gone (invented)"
    assert cards.read(scope, "2")["subject"]["consent"]["given_by"] == ""
    assert check_records() == []


def test_keys_renewed_while_a_backup_is_made_void_it(scope, two, tmp_path, monkeypatch):
    frames = backup.frames

    def slow(model, alias):
        yield from frames(model, alias)
        if model is Photo:
            rotate_person_keys(settle=0)

    monkeypatch.setattr(backup, "frames", slow)
    with pytest.raises(BackupError, match="renewed while"):
        backup.make_backup(scope, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not entries(action="backup.")
    monkeypatch.undo()
    restore(scope, backup.make_backup(scope, tmp_path).records)
    assert check_records() == []


def test_an_older_backup_opens_after_the_root_key_was_renewed(scope, two, tmp_path):
    made = backup.make_backup(scope, tmp_path)
    rotate_root()
    forget()
    restore(scope, made.records)
    assert check_records() == []


def test_keyrings_are_kept_for_a_week(scope, two, tmp_path):
    """Why keyrings are kept for a short time only: prune them, and the erasure is complete."""
    made = backup.make_backup(scope, tmp_path)
    assert made.keyring is not None
    assert made.keyring.parent != made.records.parent
    assert backup.prune_keyrings(tmp_path) == 0
    stamp = (timezone.now() - timedelta(days=8)).strftime(backup.STAMP)
    old = made.keyring.rename(made.keyring.with_name(f"keyring-{stamp}.kintrace"))  # copied today, made last week
    again = backup.make_backup(scope, tmp_path, keyring=False)
    assert again.keyrings_pruned == 1
    assert again.keyring is None
    assert not old.exists()
    assert made.records.exists()


@pytest.mark.parametrize("harm", ["cut", "short", "flip", "foreign", "kind", "empty", "tail", "none"])
def test_a_damaged_backup_is_refused_and_nothing_changes(scope, two, tmp_path, harm):
    made = backup.make_backup(scope, tmp_path)
    data = made.records.read_bytes()
    middle = len(data) // 2
    bad = tmp_path / "bad.kintrace"
    bad.write_bytes({
        "cut": data[:-1000], "short": data[:-1], "flip": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
         "foreign": data[:30] + bytes(100) + data[130:],
        "kind": made.keyring.read_bytes(), "empty": b"", "tail": data + b"more", "none": data,
    }[harm])  # fmt: skip
    if harm == "none":
        bad.unlink()
    before, length = rows(), entries(most=1)[0].number
    with pytest.raises(BackupError):
        restore(scope, bad)
    assert rows() == before
    assert entries(most=1)[0].number == length
    assert check_records() == []


def test_a_backup_under_a_strange_root_key_is_refused(scope, two, tmp_path, settings):
    made = backup.make_backup(scope, tmp_path)
    from kintrace.vault import make_root_key

    make_root_key(tmp_path / "other.key")
    settings.ROOT_KEY_FILE = tmp_path / "other.key"
    forget()
    with pytest.raises(BackupError, match="another root key"):
        restore(scope, made.records)
    settings.ROOT_KEY_FILE = settings.DATA / "root.key"
    forget()


def test_an_archive_that_leaves_rows_out_is_refused(scope, two, tmp_path):
    """By somebody who has the root key, or a fault of ours."""
    frames = [{"about": {}}, {"table": "casework_card", "fields": ["id"], "rows": [[1], [2]]}]
    archive.write(tmp_path / "a.kintrace", "records", iter(frames))
    assert list(archive.read(tmp_path / "a.kintrace", "records"))[-1]["end"] == {"rows": 2, "files": 0}
    with pytest.raises(BackupError):
        restore(scope, tmp_path / "a.kintrace")


def test_nothing_of_a_person_is_readable_in_a_backup(scope, two, tmp_path):
    made = backup.make_backup(scope, tmp_path)
    for path in (made.records, made.keyring):
        data = path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
        assert b"Beside" not in data
        assert b"casework" not in data
        assert str(two[0].subject_id).encode() not in data


def test_only_what_nobody_writes_any_more_is_cleaned_away(scope, two, tmp_path):
    (tmp_path / "keyring").mkdir()
    left = [tmp_path / "records-x.kintrace.part", tmp_path / "keyring" / "keyring-x.kintrace.part"]
    for path in left:
        path.write_bytes(b"half")
    with archive._part(tmp_path / "records-y.kintrace") as written:
        backup.make_backup(scope, tmp_path)
        assert written.exists()
    assert not any(path.exists() for path in left)


def test_a_full_disk_leaves_nothing(scope, two, tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BackupError, match="No space left"):
        backup.make_backup(scope, tmp_path)
    assert not list(tmp_path.glob("*.kintrace*"))


def test_a_photo_erased_while_the_backup_runs_is_left_out_and_counted(scope, two, tmp_path, monkeypatch):
    frames = backup.frames

    def slow(model, alias):
        yield from frames(model, alias)
        if model is Photo:
            erasure.erase(scope, str(two[0].local))

    monkeypatch.setattr(backup, "frames", slow)
    made = backup.make_backup(scope, tmp_path)
    assert made.photos_gone == 2  # the photo and the face cut from it
    assert made.photos == 2
    assert restore(scope, made.records) == 1
    assert check_records() == []


def test_a_backup_while_others_write_is_of_one_moment(scope, tmp_path):
    stop = threading.Event()

    def write():
        for number in itertools.count():
            if stop.is_set():
                break
            register(scope, card_form(found_form(f"Person {number} (invented)")))
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [backup.make_backup(scope, tmp_path) for _ in range(3)]
    finally:
        stop.set()
        writer.join()
    assert Card._all.count() > 3
    for each in made:
        told = {}
        for frame in archive.read(each.records, "records"):
            if "table" in frame:
                told.setdefault(frame["table"], []).extend(tablerows.values(frame))
        numbers = {row["local"] for row in told.get("casework_card", ())}
        assert numbers == set(range(1, told["casework_office"][0]["next_card"]))
        assert len(told.get("casework_person", ())) == len(numbers)
        assert len(told.get("casework_fact", ())) == 3 * len(numbers)
        restore(scope, each.records)
        assert Card._all.count() == len(numbers)
        assert all(cards.read(scope, str(card.local))["subject"]["facts"] for card in Card._all.all()[:5])
        assert check_records() == []


def test_a_restore_that_fails_late_changes_nothing(scope, two, tmp_path, monkeypatch):
    made = backup.make_backup(scope, tmp_path)
    cards.amend(scope, "2", {"occupation": "baker"}, why="said so")
    before, length = rows(), entries(most=1)[0].number

    def stop(*_):
        raise RuntimeError("the plug was pulled")

    monkeypatch.setattr(restoring, "_put_files", stop)
    with pytest.raises(RuntimeError):
        restore(scope, made.records)
    assert rows() == before
    assert entries(most=1)[0].number == length
    assert check_records() == []


def test_jobs_sessions_and_what_django_makes_are_left_out(scope):
    held = {model._meta.db_table for model in tablerows.tables()}
    assert {"casework_card", "casework_card_bureaus", "casework_tombstone", "casework_change"} <= held
    # Second factors, and whom the directory knows, come back with the users; sessions do not.
    accounts = ("account_", "mfa_", "socialaccount_")
    assert not {table for table in held if not table.startswith(("casework_", "matching_", *accounts))}
    assert "usersessions_usersession" not in held


@pytest.mark.slow
def test_a_killed_restore_leaves_the_old_state_or_the_new(deployment, tmp_path, pairs):
    """Killed at random, again and again; afterwards the doctor finds nothing, and a whole restore works."""
    for number, pair in enumerate(pairs[:4]):
        form = tmp_path / f"{number}.json"
        shutil.copy(pair[0], tmp_path / f"{number}.jpg")
        form.write_text(json.dumps(found_form(f"Person {number} (invented)", photos=[f"{number}.jpg"])))
        deployment.kintrace("card", "new", "--from", str(form), "--no-wait")
    made = deployment.json("backup", str(tmp_path / "backups"), "--json")
    deployment.kintrace("card", "edit", "2", "--set", "occupation=baker", "--why", "x")
    code = (
        "import sys, django; django.setup()\n"
        "from pathlib import Path\n"
        "from kintrace.casework.people import User\n"
        "from kintrace.casework.scope import scope_for\n"
        "from kintrace.casework.setup import office_coded\n"
        "from kintrace.casework.restore import restore\n"
        "scope = scope_for(User.objects.get(), office_coded('local'), 'administration')\n"
        "print('go', flush=True)\n"
        "restore(scope, Path(sys.argv[1]))\n"
    )
    environment = {**deployment.environment, "DJANGO_SETTINGS_MODULE": "kintrace.site.settings"}
    chance = random.Random(11)
    states = set()
    for _ in range(int(os.environ.get("KINTRACE_KILLS", "3")) + 1):
        with subprocess.Popen(
            [sys.executable, "-c", code, made["records"]], env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout.readline() == "go\n"
            time.sleep(chance.uniform(0.05, 0.6))
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        shown = deployment.json("card", "show", "2", "--json")["subject"]["facts"]
        states.add("occupation" in shown)
        checked = deployment.run("check", ".", script=Path(__file__).parents[1] / "kill_me.py")
        assert (checked.returncode, json.loads(checked.stdout)) == (0, [])
    deployment.kintrace("restore", made["records"], "--yes")
    assert "occupation" not in deployment.json("card", "show", "2", "--json")["subject"]["facts"]
    assert deployment.json("doctor", "--json")["records"] == []
    assert Path(made["records"]).exists()
