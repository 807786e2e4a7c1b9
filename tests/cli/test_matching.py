"""The whole way on the command line: two offices, a candidate, blind reviews, a conclusion, the family told."""

import json
from pathlib import Path

import pytest
from casework_help import CONSENT, found_form, request_form

from kintrace.cli.candidates import say_evidence

SHARED = {**CONSENT, "purposes": {**CONSENT["purposes"], "share_office:*": True}}
ABOUT = {"date_of_birth": "1987-05-12", "sex": "female", "place_of_birth": "Aleppo"}


@pytest.fixture
def offices(deployment, tmp_path, pairs):
    """A request in one office, and in another a found person of whom it may be."""
    deployment.kintrace("office", "add", "there", "Another office")
    for login, office, roles in (
        ("anna", "local", ["caseworker"]), ("bela", "local", ["senior_reviewer"]), ("cyd", "local", ["senior_reviewer"]),
        ("dora", "there", ["field_officer", "caseworker"]),
    ):  # fmt: skip
        deployment.kintrace("user", "add", login)
        for role in roles:
            deployment.kintrace("user", "role", login, role, "--in", office)
    forms = {
        "found.json": found_form("Амаль Сайег (вигадана)", consent=SHARED, photos=[str(pairs[0][1])]),
        "request.json": request_form("Amal Sayegh (invented)", consent=SHARED, photos=[str(pairs[0][0])]),
    }
    forms["found.json"]["found"] |= {**ABOUT, "current_location": "Ward 7 (invented)"}
    forms["request.json"]["sought"] = {"full_name": "Amal Sayegh (invented)", **ABOUT}
    for name, form in forms.items():
        (tmp_path / name).write_text(json.dumps(form), encoding="utf-8")

    def act(login, *words):
        deployment.environment["KINTRACE_USER"] = login
        return deployment.run(*words)

    assert act("dora", "card", "new", "--from", str(tmp_path / "found.json")).returncode == 0
    made = act("officer", "card", "new", "--from", str(tmp_path / "request.json"), "--json")
    assert json.loads(made.stdout)["candidates"] == 1
    return act


def review(act, login, folder, conclusion="potential_candidate"):
    given = json.loads(act(login, "review", "next", "--to", str(folder), "--json").stdout)
    assert sorted(path.name for path in folder.iterdir()) == ["a-1.jpg", "b-1.jpg"]
    assert act(login, "review", "context", given["review"]).returncode == 1
    judge = ("review", "judge", given["review"], conclusion, "--feature", "nose,ears, mouth=similar")
    short = act(login, *judge)
    assert short.returncode == 1
    assert "Still to judge: face_outline, hairline_forehead, eyebrows, eyes, cheeks, chin_jaw" in " ".join(
        short.stderr.split()
    )
    assert "nothing is lost" in short.stderr
    assert act(login, *judge, "--feature", "nose=different").returncode == 1
    rest = "face_outline,hairline_forehead,eyebrows,eyes,cheeks,chin_jaw=similar"
    hidden = "facial_lines,scars_marks,neck=not_comparable"
    assert act(login, *judge, "--feature", rest, "--feature", hidden).returncode == 0
    shown = act(login, "review", "context", given["review"]).stdout
    assert "names" in shown
    assert "Ward 7" not in shown
    return act(login, "review", "state", given["review"], conclusion, "--reason", "it agrees").stdout


@pytest.mark.slow
def test_from_two_cards_to_a_family_that_is_told(offices, tmp_path):
    act = offices
    (row,) = json.loads(act("dora", "candidate", "list", "--json").stdout)["candidates"]
    assert set(row) == {"id", "request", "found", "offices", "state", "round", "since", "stricter", "of_dead"}
    assert row["id"] in act("dora", "candidate", "list").stdout  # whole, though the line is wider than 80
    refused = act("anna", "candidate", "show", row["id"])
    assert refused.returncode == 1
    assert "being judged" in " ".join(refused.stderr.split())
    assert "second blind review" in review(act, "anna", tmp_path / "one")
    assert "reviews agree" in review(act, "bela", tmp_path / "two")
    assert "nose: similar" in act("cyd", "review", "said", row["id"]).stdout
    drawn = tmp_path / "weights.svg"
    told = json.loads(act("cyd", "candidate", "show", row["id"], "--drawing", str(drawn), "--json").stdout)
    assert drawn.read_text(encoding="utf-8").lstrip().startswith("<svg")
    assert told["expected_lookalikes"] < 1
    less = json.loads(act("cyd", "candidate", "show", row["id"], "--without", "face", "--json").stdout)
    assert less["log10_lr"] < told["log10_lr"]
    assert act("bela", "conclude", row["id"], "--fact", "face", "--reason", "alike").returncode == 1
    assert act("bela", "conclude", row["id"], "--fact", "names", "--reason", "all agrees").returncode == 0
    assert act("bela", "disclosure", "approve", row["id"]).returncode == 1
    assert act("dora", "disclosure", "ask", row["id"], "later").returncode == 0
    assert "next: disclosure.ask again" in act("dora", "disclosure", "show", row["id"]).stdout
    by = ("--capacity", "guardian", "--by-whom", "Rana Azzam")
    assert (
        json.loads(act("dora", "disclosure", "ask", row["id"], "yes", *by, "--json").stdout)["by_whom"] == "Rana Azzam"
    )
    assert act("bela", "disclosure", "refuse", row["id"], "--reason", "not mine to say").returncode == 1
    assert act("cyd", "disclosure", "refuse", row["id"], "--reason", "Ask her alone.").returncode == 0
    shown = one_line(act("dora", "disclosure", "show", row["id"]).stdout)
    assert "answered by guardian: Rana Azzam" in shown
    assert "by cyd: Ask her alone." in shown
    assert "yes, not where they are" in shown
    assert "who mends it: field officer" in shown
    assert "who approves: senior reviewer, another than bela" in shown
    assert act("cyd", "disclosure", "approve", row["id"]).returncode == 0
    tell = ("anna", "disclosure", "tell", row["id"], "--words", "She is well.")
    assert act(*tell, "--end", "contact_restored").returncode == 0
    assert act("cyd", "disclosure", "take-back", row["id"]).returncode == 1
    assert act("anna", "disclosure", "take-back", row["id"]).returncode == 0
    assert json.loads(act("officer", "card", "show", "1", "--json").stdout)["status"] == "verified"
    assert act(*tell).returncode == 0
    assert "next: disclosure.come of (caseworker" in act("cyd", "disclosure", "show", row["id"]).stdout
    assert act("cyd", "disclosure", "ended", row["id"], "--end", "identified").returncode == 1
    assert act("anna", "disclosure", "ended", row["id"], "--end", "contact_restored").returncode == 0
    assert "what came of it:" in act("cyd", "disclosure", "show", row["id"]).stdout
    conditions = json.loads(act("cyd", "disclosure", "conditions", row["id"], "--json").stdout)
    assert all(conditions.values())
    assert json.loads(act("officer", "card", "show", "1", "--json").stdout)["status"] == "contact_restored"
    assert act("officer", "ledger", "verify").returncode == 0
    assert act("officer", "breach-drill").returncode == 0
    assert act("officer", "doctor").returncode == 0


def test_who_registers_a_card_is_told_that_others_judge(offices, tmp_path):
    made = one_line(offices("officer", "card", "new", "--from", str(tmp_path / "request.json")).stdout)
    assert "1 candidate waits to be judged by others." in made
    assert "kintrace review" not in made


def one_line(text):
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (2.9e-11, "fewer than 0.001"),
        (0.0009, "fewer than 0.001"),
        (0.02, "at most about 0.020"),
        (1200, "at most about 1,200"),
    ],
)
def test_no_tiny_number_of_strangers_is_told(expected, words, capsys):
    told = {
        "candidate": "x", "searched": 100, "facts": [], "without": [], "words": "", "belief": "", "with_face": False,
        "among": 100, "expected_lookalikes": expected, "cautions": [],
    }  # fmt: skip
    say_evidence(told)
    assert f"Among the 100 people searched, {words}" in one_line(capsys.readouterr().out)


def test_a_list_that_an_authority_notified_is_searched_and_finds_requests(deployment, tmp_path):
    """Prisoners of war by a list (GC III art. 122): no card is filled for each, and requests are found, both ways."""
    form = request_form("Олександр Гуляницький (вигадано)", consent=SHARED)
    form["sought"] = {
        "full_name": "Олександр Гуляницький (вигадано)",
        "date_of_birth": "1991-03-14",
        "serial_number": "AB-204417",
    }
    later = request_form("Petro Zborovsky (invented)", consent=SHARED)
    later["sought"] = {"full_name": "Petro Zborovsky (invented)", "date_of_birth": "1979-08-30", "sex": "male"}
    for name, each in (("before", form), ("after", later)):
        (tmp_path / f"{name}.json").write_text(json.dumps(each), encoding="utf-8")
    deployment.kintrace("card", "new", "--from", str(tmp_path / "before.json"))
    folder = tmp_path / "list"
    folder.mkdir()
    (folder / "list.csv").write_text(
        "kind,full_name,date_of_birth,sex,found_kind,notifying_authority,serial_number\n"
        "found_person,Hulianytskyi Oleksandr (invented),1991-04-13,male,detainee_pow,A national bureau (invented),AB-204471\n"
        "found_person,Zborovskyi Petro (invented),1979-08-30,male,detainee_pow,A national bureau (invented),CD-118200\n"
        "found_person,Kalyna Roman (invented),1985-01-02,male,detainee_pow,A national bureau (invented),CD-777003\n",
        encoding="utf-8",
    )
    assert json.loads(deployment.kintrace("import", str(folder), "--json"))["cards"] == 3
    assert json.loads(deployment.kintrace("worker", "--once", "--json"))["cards_searched_from"] >= 3
    (row,) = json.loads(deployment.kintrace("candidate", "list", "--json"))["candidates"]
    assert row["found"].endswith("/2")
    entry = json.loads(deployment.kintrace("card", "show", "2", "--json"))["subject"]["facts"]
    assert entry["notifying_authority"]["value"] == "A national bureau (invented)"
    deployment.kintrace("card", "new", "--from", str(tmp_path / "after.json"))
    found = json.loads(deployment.kintrace("candidate", "list", "--json"))["candidates"]
    assert {each["found"].rsplit("/", 1)[1] for each in found} == {"2", "3"}


def test_a_worker_weighs_candidates_anew_by_weights_that_were_learned(deployment, tmp_path):
    for name, form in (
        ("request", request_form("Amal Sayegh (invented)")),
        ("found", found_form("Amal Sayigh (invented)")),
    ):
        form["sought" if name == "request" else "found"] |= ABOUT
        (tmp_path / f"{name}.json").write_text(json.dumps(form), encoding="utf-8")
        deployment.kintrace("card", "new", "--from", str(tmp_path / f"{name}.json"))
    (row,) = deployment.json("candidate", "list", "--json")["candidates"]
    assert deployment.json("worker", "--once", "--json")["cards_searched_from"] == 0
    starts = ("Zbor", "Kal", "Hud", "Prys", "Loz", "Vov", "Chub", "Tarn", "Bil", "Hor", "Sav")
    families = [start + end for start in starts for end in ("ovsky", "yna", "enko", "yshyn", "iuk")]
    pairs = [f"Petro {one},Petro {one},1\nPetro {one},Petro {families[at - 3]},0" for at, one in enumerate(families)]
    (tmp_path / "pairs.csv").write_text("\n".join(["a,b,same", *pairs]), encoding="utf-8")
    place = Path(deployment.environment["KINTRACE_HOME"]) / "calibrations" / "names.toml"
    deployment.kintrace("calibrate", "names", str(tmp_path / "pairs.csv"), "--out", str(place))
    assert deployment.json("worker", "--once", "--json")["cards_searched_from"] == 2
    changed = deployment.json("ledger", "show", "--action", "candidate.changed", "--json")["entries"]
    assert [(each["record"], json.loads(each["details"])["weights"]) for each in changed] == [
        (f"candidate:{row['id']}", True)
    ]
    (after,) = deployment.json("candidate", "list", "--json")["candidates"]
    assert after == row
    assert deployment.json("worker", "--once", "--json")["cards_searched_from"] == 0
