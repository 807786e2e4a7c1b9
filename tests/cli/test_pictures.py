"""``kintrace photo show, assess, source, settle, …`` and ``kintrace blocklist``, as people use them."""

import json
import sys
from pathlib import Path

import pytest
from casework_help import found_form, request_form

pytestmark = pytest.mark.slow


@pytest.fixture
def cards(deployment, tmp_path, pairs):
    """A request with a photo from social media, and two found people who share one picture."""
    forms = [
        request_form(photos=[{"path": str(pairs[0][0]), "origin": "social_media"}]),
        found_form("Olena Pryklad (invented)", photos=[str(pairs[1][0])]),
        found_form("Nour Haddad (invented)", photos=[str(pairs[1][0])]),
    ]
    for form in forms:
        (tmp_path / "form.json").write_text(json.dumps(form), encoding="utf-8")
        deployment.kintrace("card", "new", "--from", str(tmp_path / "form.json"))
    shown = (deployment.json("card", "show", str(number), "--json") for number in (1, 2, 3))
    return [each["subject"]["photos"][0]["id"] for each in shown]


def test_from_a_lead_to_a_settled_picture(deployment, cards, tmp_path):
    lead, one, two = cards
    shown = deployment.kintrace("photo", "show", lead)
    assert "a lead only" in shown
    assert "10 times at most" in shown
    assert "real or false" in shown
    page = tmp_path / "page.html"
    page.write_text("<html>saved</html>")
    deployment.kintrace("photo", "source", lead, "--url", "https://social.example/1", "--captured", "2026-11-24",
                        "--page", str(page))  # fmt: skip
    deployment.kintrace("photo", "custody", lead, "Brought by her aunt.")
    graded = deployment.json("photo", "assess", lead, "--grade", "C3", "--why", "Known account.", "--json")
    assert graded["state"] == "lead_only"
    assert deployment.run("photo", "assess", lead, "--raise", "--grade", "A1", "--why", "so").returncode == 1
    raised = deployment.json("photo", "assess", lead, "--raise", "--why", "Her aunt was there.", "--json")
    assert (raised["state"], raised["by"]) == ("usable", "officer")
    told = deployment.json("photo", "show", lead, "--private", "--json")
    assert [step["what"] for step in told["custody"]][-3:] == ["Brought by her aunt.", "graded C3", "raised to usable"]
    assert told["private"]["latitude"] is None
    copy = tmp_path / "copy.html"
    deployment.kintrace("photo", "save", lead, str(copy), "--page", "--yes")
    assert copy.read_text() == "<html>saved</html>"

    rows = deployment.json("photo", "quarantine", "--json")["photos"]
    assert {row["photo"] for row in rows} == {one, two}
    assert "kintrace photo settle" in deployment.kintrace("photo", "quarantine")
    assert deployment.run("photo", "settle", one, "perhaps", "--why", "so").returncode == 1
    settled = deployment.json("photo", "settle", one, "here", "--why", "Her wristband is in it.", "--json")
    assert (settled["assessment"], settled["waits_for_another_office"]) == ("usable", False)
    assert deployment.json("photo", "quarantine", "--json")["photos"] == [], (
        "the other is answered, too: it is not theirs"
    )
    assert deployment.json("photo", "show", two, "--json")["assessment"]["state"] == "quarantined"
    groups = deployment.json("photo", "groups", "--json")["groups"]
    assert [set(each["photos"]) for each in groups] == [
        {one, two}
    ]  # one submitter, two cards, one face: in quarantine or not
    assert deployment.run("photo", "groups").returncode == 0


def test_photos_in_quarantine_are_said_to_be_there(deployment, cards, tmp_path, pairs):
    def card_of(path, origin):
        form = found_form("Sami Haddad (invented)", photos=[{"path": str(path), "origin": origin}])
        (tmp_path / "more.json").write_text(json.dumps(form), encoding="utf-8")
        return deployment.kintrace("card", "new", "--from", str(tmp_path / "more.json"))

    assert "in quarantine" in card_of(pairs[1][0], "family")
    lead = card_of(pairs[0][1], "social_media")
    assert "; a lead only" in lead
    assert "quarantine" not in lead
    shown = " ".join(deployment.kintrace("card", "show", "2").split())
    assert "in quarantine, and compared with nobody" in shown
    searched = deployment.run("card", "search", "2")
    said = " ".join(searched.stderr.split())
    assert searched.returncode == 1
    assert "is in quarantine" in said
    assert "kintrace photo quarantine" in said
    assert "Add one" not in said


def test_the_block_list(deployment, cards, pairs):
    lead, *_ = cards
    added = deployment.json("blocklist", "add", "--file", str(pairs[0][0]), "--why", "A stock photo.", "--json")
    assert added["quarantined"] == 1
    assert deployment.json("photo", "show", lead, "--json")["assessment"]["state"] == "quarantined"
    assert deployment.run("blocklist", "add", "--why", "so").returncode == 1
    assert added["entry"] in deployment.kintrace("blocklist", "list")
    assert deployment.run("blocklist", "remove", added["entry"]).returncode == 1  # without a reason
    removed = deployment.json("blocklist", "remove", added["entry"], "--why", "A mistake.", "--json")
    assert removed == {"entry": added["entry"], "removed": True}
    assert deployment.json("blocklist", "list", "--json") == {"entries": []}


def test_the_trust_list(deployment, tmp_path, pairs):
    sys.path.insert(0, str(Path(__file__).parents[1] / "provenance"))
    from signing import MADE_BY_AI, authority, signed

    photo, pem = tmp_path / "signed.jpg", tmp_path / "authorities.pem"
    photo.write_bytes(signed(pairs[0][0].read_bytes(), source_type=MADE_BY_AI))
    pem.write_bytes(authority().pem)
    (tmp_path / "form.json").write_text(json.dumps(found_form(photos=[str(photo)])), encoding="utf-8")
    deployment.kintrace("card", "new", "--from", str(tmp_path / "form.json"))
    kept = deployment.json("card", "show", "1", "--json")["subject"]["photos"][0]["id"]
    assert deployment.json("photo", "show", kept, "--json")["assessment"]["state"] == "lead_only"
    assert "no signer is trusted" in deployment.kintrace("trust", "list")
    assert deployment.run("trust", "add", str(pem)).returncode == 1  # without a reason
    for_none = deployment.run("trust", "add", str(pem), "--why", "")
    assert for_none.returncode == 1
    assert "photo" not in for_none.stderr
    assert deployment.run("trust", "add", str(photo), "--why", "so").returncode == 1
    added = deployment.json("trust", "add", str(pem), "--why", "The agency's own cameras.", "--json")
    assert added["looked_into_again"] == 1
    assert deployment.json("photo", "show", kept, "--json")["assessment"]["state"] == "quarantined"
    assert "The agency's own cameras." in deployment.kintrace("trust", "list")
    again = deployment.kintrace("trust", "add", str(pem), "--why", "so", "--no-wait")
    assert "Was on it already" in again
    assert "wait for “kintrace worker”: 1" in again
    (mark,) = added["added"]
    removed = deployment.json("trust", "remove", mark, "--why", "Sold.", "--json")
    assert removed == {"mark": mark, "removed": True, "looked_into_again": 1}
    assert deployment.json("photo", "show", kept, "--json")["assessment"]["state"] == "lead_only"
    assert deployment.json("trust", "list", "--json") == {"authorities": []}
    assert "taken off" in deployment.kintrace("trust", "list", "--removed")
    deployment.kintrace("ledger", "verify")
