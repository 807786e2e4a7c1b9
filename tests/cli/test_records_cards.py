"""Cards from the command line: opened, searched from, changed, withdrawn, erased; each command in a process of its own."""

import json
import shutil
from pathlib import Path

import pytest
from casework_help import found_form, request_form

from kintrace.casework.forms import card_form
from kintrace.cli.formfile import read_form
from kintrace.errors import FormError

pytestmark = pytest.mark.slow

SHOWN = {
    "card", "id", "kind", "office", "status", "opened", "closed", "closure_reason", "review_due", "expires", "bureaus",
    "subject",
}  # fmt: skip
CANDIDATE = {
    "rank", "card", "id", "kind", "office", "score", "log10_lr", "interval", "expected_lookalikes", "words", "cautions",
}  # fmt: skip


@pytest.fixture
def forms(tmp_path: Path, pairs) -> Path:
    """A tracing request in YAML, found persons in JSON: the same person, and two others; photos beside them."""
    folder = tmp_path / "forms"
    folder.mkdir()
    for number, pair in enumerate(pairs[:3]):
        shutil.copy(pair[0], folder / f"sought-{number}.jpg")
        shutil.copy(pair[1], folder / f"found-{number}.jpg")
        found = found_form(f"Found {number} (invented)", photos=[{"path": f"found-{number}.jpg", "face": 1}])
        (folder / f"found-{number}.json").write_text(json.dumps(found), encoding="utf-8")
    (folder / "request.yaml").write_text(
        """
        kind: tracing_request
        sought:
          full_name: {value: Amal Sayegh (invented), original_script: أمل صايغ, certainty: documented}
          date_of_birth: 1987-05
          serial_number: 007
        enquirer: {full_name: Karim Sayegh (invented), relationship: father}
        consent:
          capacity: best_interest
          purposes: {tracing: yes, face_search: yes, publish: no}
        photos: [sought-0.jpg]
        """,
        encoding="utf-8",
    )
    return folder


def test_from_a_card_to_a_tombstone(deployment, forms):
    made = deployment.json("card", "new", "--from", str(forms / "request.yaml"), "--json")
    assert set(made) == {"card", "id", "kind", "photos", "candidates", "doubts"}
    assert made["card"] == "test.kintrace/local/1"
    assert [photo["state"] for photo in made["photos"]] == ["done"]
    for number in range(3):
        deployment.kintrace("card", "new", "--from", str(forms / f"found-{number}.json"), "--no-wait")
    assert "3 photos" in deployment.kintrace("worker", "--once")

    found = deployment.json("card", "search", "1", "--json")
    assert set(found) == {"pack", "compared", "unprepared", "candidates"}
    assert found["compared"] == 3
    first = found["candidates"][0]
    assert set(first) == CANDIDATE
    assert first["card"] == "test.kintrace/local/2"
    assert 0 < first["expected_lookalikes"] < 0.1
    assert "support to the view that these are the same person" in first["words"]
    assert "%" not in first["words"]
    told = " ".join(deployment.kintrace("card", "search", "1").split())
    assert "1. card test.kintrace/local/2 (found person)" in told
    assert "strangers would be expected to look at least this much alike" in told
    assert len(deployment.json("card", "search", "1", "--nearest", "--json")["candidates"]) == 3

    shown = deployment.json("card", "show", "local/1", "--json")
    assert set(shown) == SHOWN | {"enquirer"}
    assert set(shown["subject"]) == {"id", "facts", "consent", "photos"}
    facts = shown["subject"]["facts"]
    assert facts["full_name"] == {
        "value": "Amal Sayegh (invented)", "original_script": "أمل صايغ", "source": "", "source_date": "",
        "certainty": "documented",
    }  # fmt: skip
    assert facts["serial_number"]["value"] == "007"  # YAML would have made it 7
    assert facts["date_of_birth"]["value"] == "1987-05"
    words = deployment.kintrace("card", "show", "1")
    assert "أمل صايغ" in words
    assert "father" in words

    assert deployment.json("card", "edit", "1", "--set", "occupation=baker", "--why", "her father said so", "--json") == {
        "facts": 1, "consent_void": False,
    }  # fmt: skip
    deployment.kintrace("card", "edit", "1", "--set", "occupation=cook", "--unset", "serial_number", "--why", "a slip")
    rows = deployment.json("card", "history", "1", "--json")["facts"]
    assert [(row["value"], row["why"]) for row in rows if row["fact"] == "occupation"] == [
        ("cook", "a slip"), ("baker", "her father said so"),
    ]  # fmt: skip
    assert "serial_number" not in deployment.json("card", "show", "1", "--json")["subject"]["facts"]

    assert deployment.json("consent", "withdraw", "2", "face_search", "--json") == {"followed": "templates erased"}
    assert all(
        each["card"] != "test.kintrace/local/2"
        for each in deployment.json("card", "search", "1", "--nearest", "--json")["candidates"]
    )
    assert "Nobody" in deployment.kintrace("card", "search", "1")
    refused = deployment.run("card", "search", "2")
    assert refused.returncode == 1
    assert "Consent to face search is not recorded" in refused.stderr

    wrong = deployment.run("card", "erase", "1", told="local/2\n")
    assert wrong.returncode == 1
    assert "Nothing was erased" in wrong.stderr
    assert deployment.tombstones() == 0
    erased = deployment.run("card", "erase", "1", told="local/1\n")
    assert erased.returncode == 0, erased.stderr
    assert "cannot be undone" in erased.stderr
    assert deployment.tombstones() == 1
    gone, never = deployment.run("card", "show", "1"), deployment.run("card", "show", "99")
    assert (gone.returncode, gone.stdout, gone.stderr) == (never.returncode, never.stdout, never.stderr)
    assert len(deployment.json("card", "list", "--json")["cards"]) == 3
    entries = deployment.json("ledger", "show", "--card", "1", "--json")["entries"]
    assert [each["action"] for each in entries[:2]] == ["erase.done", "erase.begin"]
    assert {each["record"] for each in entries if not each["record"].startswith("candidate:")} == {
        f"card:{shown['id']}"
    }
    assert "candidate.proposed" in {each["action"] for each in entries}
    assert deployment.run("ledger", "show", "--card", "99").returncode == 1
    assert deployment.json("ledger", "verify", "--json")["sound"]


def test_bad_forms_are_told_and_nothing_is_kept(deployment, forms):
    request = (forms / "request.yaml").read_text(encoding="utf-8")
    bad = {
        "unknown.yaml": (request.replace("serial_number", "serial_nummer"), "Did you mean “serial_number”?"),
        "twice.yaml": (request + "\n        kind: tracing_request\n", "stands twice"),
        "date.yaml": (request.replace("1987-05", "spring"), "“date_of_birth” cannot be read as a date"),
        "child.yaml": (request.replace("1987-05", "2020").replace("best_interest", "self"), "may be under 18"),
        "photo.yaml": (request.replace("sought-0", "absent"), "absent.jpg"),
        "alias.yaml": ("a: &a [x]\nb: [*a, *a]\n", "alias"),
        "object.yaml": ("!!python/object/apply:os.system ['true']", "cannot be read"),
        "broken.yaml": ("kind: [tracing_request\nsought: Quetzal", "cannot be read"),
        "broken.json": ('{"kind": "Quetzal"', "cannot be read as a form at line 1"),
        "list.yaml": ("- a\n- b\n", "not a table"),
        "large.yaml": ("# " + "x" * 1_000_001, "1 MB"),
    }
    for name, (text, told) in bad.items():
        (forms / name).write_text(text, encoding="utf-8")
        if name in ("unknown.yaml", "photo.yaml", "object.yaml", "broken.json"):
            ran = deployment.run("card", "new", "--from", str(forms / name))
            words = " ".join(ran.stderr.split())
            assert ran.returncode == 1, (name, ran.stdout, ran.stderr)
        else:  # the same two calls, without a process for each
            with pytest.raises(FormError) as refused:
                card_form(read_form(forms / name))
            words = str(refused.value)
        assert told in words, (name, words)
        assert "Traceback" not in words
        assert not any(person in words for person in ("Amal", "Karim", "Quetzal")), name
    assert deployment.json("card", "list", "--json") == {"cards": []}
    assert deployment.sql("SELECT count(*) FROM casework_person") == [(0,)]


def test_what_is_hardly_true_is_kept_and_told(deployment, tmp_path):
    sought = {"full_name": "Amal Sayegh (invented)", "date_of_birth": "1987", "last_contact_date": "1986"}
    form = {"kind": "tracing_request", "sought": sought, "enquirer": {"date_of_birth": "1899", "contact": "tent 12"}}
    (tmp_path / "form.json").write_text(json.dumps(form), encoding="utf-8")
    told = ["The last contact is before the birth.", "The birth is before 1900."]
    made = deployment.json("card", "new", "--from", str(tmp_path / "form.json"), "--no-wait", "--json")
    assert made["doubts"] == told
    ran = deployment.run("card", "new", "--from", str(tmp_path / "form.json"), "--no-wait")
    assert ran.returncode == 0
    assert f"please look again. {' '.join(told)}" in " ".join(ran.stderr.split())
    assert len(deployment.json("card", "list", "--json")["cards"]) == 2


def test_a_card_by_questions_asks_again_where_an_answer_cannot_be_used(deployment, forms):
    answers = [
        "found_person", "Rana (invented)", "female", "some day", "1990", "", "", "",
        "patient", "2026-01", "Field hospital 3 (invented)", "", "not_asked",
        "y", "self", "", "y", "y", "n", "n", str(forms / "absent.jpg"), str(forms / "found-0.jpg"), "",
    ]  # fmt: skip
    ran = deployment.run("card", "new", "--json", told="\n".join(answers) + "\n")
    assert ran.returncode == 0, ran.stderr
    assert "“date_of_birth” cannot be read as a date" in ran.stderr
    assert "No such file" in " ".join(ran.stderr.split())
    assert len(json.loads(ran.stdout)["photos"]) == 1
    card = deployment.json("card", "show", "1", "--json")
    assert card["subject"]["facts"]["date_of_birth"]["value"] == "1990"
    assert card["subject"]["consent"]["purposes"] == {
        "face_search": True, "publish": False, "research": False, "tracing": True,
    }  # fmt: skip
    assert deployment.run("card", "new", told="found_person\n").returncode == 130  # the input ended


def test_questions_without_an_enquirer_say_what_is_needed_and_lose_nothing(deployment, tmp_path):
    nobody = ["tracing_request", "Rana (invented)", *[""] * 8, *[""] * 4]  # facts, then the questions on who asks
    left = tmp_path / "left.json"
    ran = deployment.run("card", "new", told="\n".join([*nobody, "", "y", str(tmp_path), str(left)]) + "\n")
    assert ran.returncode == 130
    told = " ".join(ran.stderr.split())
    assert "needs somebody who asks. One answer is enough" in told
    assert "There is such a file already" in told
    form = json.loads(left.read_text(encoding="utf-8"))
    assert form == {"kind": "tracing_request", "sought": {"full_name": "Rana (invented)"}}
    left.write_text(json.dumps({**form, "enquirer": {"relationship": "aunt"}}), encoding="utf-8")
    deployment.kintrace("card", "new", "--from", str(left))

    (tmp_path / "empty.jpg").touch()
    answers = [
        *nobody, "", "n", "a neighbour", "y", "self", "Rana (invented)", "y", "y", "y", "n", str(tmp_path / "empty.jpg"), "",
    ]  # fmt: skip
    ran = deployment.run("card", "new", "--json", told="\n".join(answers) + "\n")
    assert ran.returncode == 0, ran.stderr
    assert "The file is empty" in ran.stderr
    card = deployment.json("card", "show", "2", "--json")
    assert card["subject"]["facts"]["full_name"]["value"] == "Rana (invented)"
    assert card["enquirer"]["facts"]["relationship"]["value"] == "a neighbour"


def test_questions_keep_the_answers_of_a_consent_that_cannot_be_used(deployment):
    answers = [
        "found_person", *[""] * 11, "scar on the left hand",  # nothing known, then the one thing that is needed
        "y", "self", "Nour (invented)", "y", "y", "n", "n", "",
    ]  # fmt: skip
    assert deployment.run("card", "new", told="\n".join(answers) + "\n").returncode == 0
    child = [
        "found_person", "", "", "2020", *[""] * 8,
        "y", "self", "Nour (invented)", "y", "y", "n", "n", "guardian", "", "", "", "", "", "",
    ]  # fmt: skip
    ran = deployment.run("card", "new", told="\n".join(child) + "\n")
    assert ran.returncode == 0, ran.stderr
    assert "Enter keeps an answer" in ran.stderr
    consent = deployment.json("card", "show", "2", "--json")["subject"]["consent"]
    assert (consent["capacity"], consent["given_by"]) == ("guardian", "Nour (invented)")
    assert consent["purposes"] == {"face_search": True, "publish": False, "research": False, "tracing": True}


def test_closing_dates_marks_and_transfer(deployment, forms):
    (forms / "request.json").write_text(json.dumps(request_form()), encoding="utf-8")
    deployment.kintrace("card", "new", "--from", str(forms / "request.json"))
    deployment.kintrace("card", "close", "1", "--why", "the family asked")
    assert deployment.json("card", "list", "--status", "closed", "--json")["cards"][0]["status"] == "closed"
    assert "closed already" in deployment.run("card", "close", "1", "--why", "again").stderr
    closed = deployment.json("card", "show", "1", "--json")
    assert (closed["closure_reason"], bool(closed["closed"])) == ("the family asked", True)
    assert deployment.kintrace("card", "show", "1").count(": the family asked\n") == 1
    deployment.kintrace("card", "reopen", "1")
    opened = deployment.json("card", "show", "1", "--json")
    assert (opened["closure_reason"], opened["closed"]) == (None, None)
    reasons = [each for each in deployment.json("card", "history", "1", "--json")["facts"] if each["until"]]
    assert [each["value"] for each in reasons] == ["the family asked"]
    assert deployment.json("card", "list", "--status", "open", "--json")["cards"][0]["card"].endswith("/1")
    assert "lies in the past" in deployment.run("card", "dates", "1", "--expires", "2020-01-31").stderr
    assert deployment.json("card", "dates", "1", "--expires", "2090-01-31", "--json")["expires"] == "2090-01-31"
    deployment.kintrace("bureau", "add", "river", "The river route (invented)")
    deployment.kintrace("card", "mark", "1", "river")
    assert deployment.json("card", "show", "1", "--json")["bureaus"] == ["river"]
    deployment.kintrace("office", "add", "north", "The northern office (invented)")
    assert "did not agree" in deployment.run("card", "transfer", "1", "north").stderr
    assert deployment.json("retention", "--json") == {"cards": [], "erased": False}
    deployment.change("UPDATE casework_card SET expires = '2020-01-31'")  # as if the years had passed
    assert deployment.json("retention", "--json") == {"cards": ["test.kintrace/local/1"], "erased": False}
    assert deployment.tombstones() == 0
    assert deployment.json("retention", "--really", "--json") == {"cards": ["test.kintrace/local/1"], "erased": True}
    assert deployment.tombstones() == 1
    assert deployment.json("retention", "--json") == {"cards": [], "erased": False}
