"""Import of a folder: everything good is kept once, everything else is said."""

import os

import pytest
from casework_help import roles
from matching_help import somebody

from kintrace.casework import cards, importing, setup
from kintrace.casework.erasure import erase
from kintrace.casework.people import Role
from kintrace.casework.records import Card, Photo
from kintrace.errors import Denied, FormError

HEAD = "kind,full_name,date_of_birth,enquirer.full_name,enquirer.relationship,consent.capacity,consent.tracing,photos\n"


@pytest.fixture
def folder(tmp_path, pairs):
    for number, pair in enumerate(pairs[:2]):
        (tmp_path / f"{number}.jpg").write_bytes(pair[0].read_bytes())
    return tmp_path


def put(folder, *rows):
    (folder / "cards.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8-sig")


def test_rows_become_cards_and_twice_is_once(scope, folder):
    put(
        folder,
        "found_person,Олена Приклад (invented),1987,,,best_interest,yes,0.jpg;1.jpg",
        "tracing_request,Amal (invented),1990..1992,Karim (invented),father,best_interest,yes,",
    )
    done = importing.import_folder(scope, folder)
    assert (done.cards, done.photos, done.refused) == (2, 2, [])
    told = cards.read(scope, "1")
    assert told["subject"]["facts"]["full_name"]["value"] == "Олена Приклад (invented)"
    assert told["subject"]["consent"]["purposes"] == {"tracing": True}
    assert cards.read(scope, "2")["enquirer"]["facts"]["relationship"]["value"] == "father"
    again = importing.import_folder(scope, folder)
    assert (again.cards, again.photos, again.known_cards, again.known_photos) == (0, 0, 2, 2)
    assert (Card._all.count(), Photo._all.count()) == (2, 2)


def test_what_is_refused_is_said_and_the_rest_is_kept(scope, folder):
    (folder / "empty.jpg").write_bytes(b"")
    put(
        folder,
        "found_person,Good (invented),1987,,,best_interest,yes,0.jpg;missing.jpg;empty.jpg;../../etc/passwd",
        "found_person,Bad date (invented),soon,,,best_interest,yes,",
        "somebody,Bad kind (invented),1987,,,best_interest,yes,",
        "found_person,Bad answer (invented),1987,,,best_interest,perhaps,",
        "found_person,Good (invented),1987,,,best_interest,yes,0.jpg;missing.jpg;empty.jpg;../../etc/passwd",
    )
    done = importing.import_folder(scope, folder)
    assert (done.cards, done.photos) == (1, 1)
    where = [place for place, _ in done.refused]
    assert sorted(where) == sorted([
        "cards.csv row 3", "cards.csv row 4", "cards.csv row 5", "cards.csv row 6",
        "cards.csv row 2, photo missing.jpg", "cards.csv row 2, photo empty.jpg", "cards.csv row 2, photo passwd",
    ])  # fmt: skip
    assert not any("invented" in why for _, why in done.refused)


def test_a_pipe_or_a_file_without_end_in_the_folder_is_refused_and_never_read(scope, folder):
    os.mkfifo(folder / "pipe.jpg")  # whoever opened it would wait for a writer
    (folder / "endless.jpg").touch()
    os.truncate(folder / "endless.jpg", 10**12)
    put(folder, "found_person,Good (invented),1987,,,best_interest,yes,pipe.jpg;endless.jpg;0.jpg")
    done = importing.import_folder(scope, folder)
    assert (done.cards, done.photos) == (1, 1)
    assert [place for place, _ in done.refused] == [
        "cards.csv row 2, photo pipe.jpg", "cards.csv row 2, photo endless.jpg",
    ]  # fmt: skip


def test_a_row_that_shares_with_an_unknown_office_is_refused(scope, folder):
    head = "kind,full_name,consent.capacity,consent.tracing,consent.share_office:*,consent.share_office:nroth\n"
    rows = ["found_person,Good (invented),self,yes,yes,", "found_person,Slip (invented),self,yes,,yes"]
    (folder / "cards.csv").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    done = importing.import_folder(scope, folder)
    assert done.cards == 1
    ((where, why),) = done.refused
    assert where == "cards.csv row 3"
    assert "share_office:nroth" in why
    assert "Known are: local" in why
    assert cards.read(scope, "1")["subject"]["facts"]["full_name"]["value"] == "Good (invented)"


def test_progress_comes_to_the_end(scope, folder):
    put(folder, *(f"found_person,Person {n} (invented),1987,,,best_interest,yes," for n in range(130)))
    seen = []
    importing.import_folder(scope, folder, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (130, 130)
    assert seen == sorted(seen)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00kind", b'kind\n"unclosed'])
def test_a_file_that_is_no_table_of_cards_is_refused(scope, folder, content):
    (folder / "cards.csv").write_bytes(content)
    if content.startswith(b"kind"):
        assert importing.import_folder(scope, folder).cards == 0
        return
    with pytest.raises(FormError):
        importing.import_folder(scope, folder)


def test_no_csv_or_two_and_no_permission(scope, tmp_path):
    with pytest.raises(FormError, match="no CSV"):
        importing.import_folder(scope, tmp_path)
    (tmp_path / "a.csv").write_text(HEAD)
    (tmp_path / "b.csv").write_text(HEAD)
    with pytest.raises(FormError, match="2 CSV"):
        importing.import_folder(scope, tmp_path)
    with pytest.raises(Denied):
        importing.import_folder(roles(scope, Role.ADMINISTRATOR), tmp_path)


def test_the_face_that_is_meant_stands_behind_the_path_or_is_said_for_all(scope, folder):
    put(
        folder,
        "found_person,A (invented),1987,,,best_interest,yes,0.jpg#2;1.jpg",
        "found_person,B (invented),1987,,,best_interest,yes,0.jpg#largest",
    )
    assert importing.import_folder(scope, folder, face="central").refused == []
    by_card = {card.local: [*Photo._all.filter(person=card.subject).order_by("made_at").values_list("face", flat=True)]
               for card in Card._all.all()}  # fmt: skip
    assert by_card == {1: ["2", "central"], 2: ["largest"]}


def test_who_was_erased_is_not_imported_again(scope, folder):
    put(
        folder,
        "found_person,Gone (invented),1987,,,best_interest,yes,0.jpg",
        "found_person,Stays (invented),1987,,,best_interest,yes,",
    )
    importing.import_folder(scope, folder)
    erase(scope, "1")
    done = importing.import_folder(scope, folder)
    assert (done.cards, done.known_cards) == (0, 1)
    assert done.refused == [("cards.csv row 2", "Its card was erased here: it is not imported again.")]
    assert Card._all.count() == 1


def test_another_office_that_imports_the_same_rows_has_cards_of_its_own_and_learns_nothing(scope, folder):
    put(folder, "found_person,Olena (invented),1987,,,best_interest,yes,0.jpg")
    importing.import_folder(scope, folder)
    setup.add_office(scope, "there", "Another office")
    done = importing.import_folder(somebody("there", Role.FIELD_OFFICER), folder)
    assert (done.cards, done.photos, done.known_cards, done.known_photos, done.refused) == (1, 1, 0, 0, [])
    assert Card._all.count() == 2


def test_the_same_rows_imported_twice_at_once_are_one_card_each(scope, folder, monkeypatch):
    put(folder, *(f"found_person,Person {n} (invented),1987,,,best_interest,yes," for n in range(5)))
    real = importing._known
    calls = []

    def late(marks):
        calls.append(1)
        found = real(marks)
        if len(calls) == 1:  # the other import comes between the look and the write
            monkeypatch.setattr(importing, "_known", real)
            importing.import_folder(scope, folder)
        return found

    monkeypatch.setattr(importing, "_known", late)
    done = importing.import_folder(scope, folder)
    assert (done.cards, done.known_cards, done.refused) == (0, 5, [])
    assert Card._all.count() == 5


def test_a_row_that_was_cut_is_refused(scope, folder):
    put(folder, "found_person,Cut", "found_person,Long (invented),1987,,,best_interest,yes,,one,too,many",
        "found_person,Good (invented),1987,,,best_interest,yes,")  # fmt: skip
    done = importing.import_folder(scope, folder)
    assert done.cards == 1
    assert [where for where, _ in done.refused] == ["cards.csv row 2", "cards.csv row 3"]
