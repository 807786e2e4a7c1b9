"""Blind review by pages: nothing tells anything before the judgement is saved; then everything; the conditions one by one."""

import re
import time
from typing import Any
from uuid import UUID

import pytest
from casework_help import CONSENT
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from matching_help import FACE, NAME, follow, found, judge, only, request, somebody
from site_help import PARTS, client_for

from kintrace.casework import setup, worker
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import Membership, Role, User
from kintrace.casework.photos import attach
from kintrace.casework.records import Card, Photo
from kintrace.casework.scope import Scope, scope_for
from kintrace.matching import joint, known_pairs, seats
from kintrace.matching.models import Candidate, ControlReview, Disclosure, Seat, State
from kintrace.matching.waiting import waiting
from kintrace.site.pages import review

C, S, X, F = Role.CASEWORKER, Role.SENIOR_REVIEWER, Role.FORENSIC_OFFICER, Role.FIELD_OFFICER
OFFICE = "Harbour quay bureau"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "BEAT", 0.001)


@pytest.fixture
def two(scope: Scope, acquirer: Any, pairs: Any) -> tuple[Card, Card]:
    """A request here, a found person in another office, photos on both, and their candidate."""
    setup.add_office(scope, "harbourquay", OFFICE)
    there = somebody("harbourquay", F, C)
    asked, other = request(scope), found(there, found_place="Dock nine (invented)", date_of_birth="1987-05-12")
    for owner, card, photos in ((scope, asked, pairs[0]), (there, other, pairs[1])):
        for path in photos:
            attach(owner, str(card.local), path.read_bytes(), PhotoForm("photo.jpg"))
    worker.run(acquirer)
    follow()
    return asked, other


def scope_of(client: Client) -> Scope:
    user = User.objects.get(id=client.session["_auth_user_id"])
    return scope_for(user, Membership._all.filter(user=user).first().office, "tracing")


def begun(client: Client) -> str:
    """The next pair's address."""
    answer = client.post("/review")
    assert answer.status_code == 302
    assert re.fullmatch(r"/review/[0-9a-f-]{36}", answer["Location"]), answer["Location"]
    return answer["Location"]


def everything_before(client: Client, address: str) -> list[Any]:
    """Every answer that a reviewer can get of a pair before saving a judgement."""
    page = client.get(address)
    pictures = re.findall(rf'src="({address}/face/\d/\d)"', page.content.decode())
    assert pictures
    others = [address + "?a=1&b=0", address + "/face/1/9", address + "/face/7/0", address + "/statement", address + "/known",
              "/review", "/statements", "/"]  # fmt: skip
    wrong = client.post(address, {"conclusion": "nonsense"})
    return [page, wrong, *(client.get(each) for each in [*dict.fromkeys(pictures), *others])]


def secrets() -> list[str]:
    """What no answer may hold."""
    pair = only()
    content = joint.unseal(joint.key_of(pair), f"candidate:{pair.id}", bytes(pair.content))
    words = [
        str(pair.id), str(pair.request_id), str(pair.found_id), "Amal", "Qasimova", "Aleppo", "Rania", "1987", "Syrian",
        "harbourquay", OFFICE, "The first office", "Dock nine", "test.kintrace", "local/", "log10", "score", "rank",
        "look-alike", "strangers", str(content["score"])[:7], f"{content['expected_lookalikes']:.5f}",
        *map(str, Photo._all.values_list("id", flat=True)), *map(str, Photo._all.values_list("person_id", flat=True)),
    ]  # fmt: skip
    return words


def assert_silent(answers: list[Any]) -> None:
    for answer in answers:
        body = bytes(answer.content)
        told = str(dict(answer.headers)) + " " + str(answer.cookies)
        own = () if "/review" in answer.request["PATH_INFO"] else ("The first office",)  # of who is signed in
        for word in (each for each in secrets() if each not in own):
            assert word.encode() not in body, (word, answer.request["PATH_INFO"])
            assert word not in told, (word, answer.request["PATH_INFO"])


def test_nothing_tells_anything_before_the_judgement_is_saved(scope: Scope, two: Any) -> None:
    client = client_for(scope, C)
    address = begun(client)
    answers = everything_before(client, address)
    assert_silent(answers)
    assert {answer.status_code for answer in answers} <= {200, 422}
    assert [each.status_code for each in answers if each.request["PATH_INFO"].endswith("/statement")] == [422]
    assert only().state == State.BLIND
    other = client_for(scope, C)
    for path in ("", "/face/0/0", "/statement", "/known"):  # a sitting is its reviewer's alone
        assert other.get(address + path).status_code == 422
    assert other.post(address, {"conclusion": "excluded"}).status_code == 422
    assert client.get(address + "/conflict").status_code == 405


def test_a_pair_without_photos_is_led_on_to_everything_else(scope: Scope) -> None:
    request(scope)
    found(scope)
    follow()
    client = client_for(scope, C)
    address = begun(client)
    page = client.get(address).content.decode()
    assert "no faces to compare" in page
    assert "Amal" not in page
    assert "<img" not in page.split("<main", 1)[1]
    assert client.post(address, {"conclusion": "potential_candidate"}).status_code == 422
    answer = client.post(address, {"conclusion": "inconclusive"})
    assert answer["Location"].startswith(address)
    page = client.get(answer["Location"]).content.decode()
    assert "Amal" in page


def test_a_known_pair_answers_as_any_other(scope: Scope, two: Any, acquirer: Any, pairs: Any) -> None:
    """The same pages byte for byte but for the number of the sitting, the same headers, the same kind of pictures, the same
    counts; told only afterwards. And who should not judge it says so as of any other."""
    third = found(scope, "Practice (invented)", consent=CONSENT, date_of_birth="1950", sex="male")
    for path in pairs[2]:
        attach(scope, str(third.local), path.read_bytes(), PhotoForm("photo.jpg"))
    worker.run(acquirer)
    real_client, known_client = client_for(scope, C), client_for(scope, C)
    real = begun(real_client)
    photos = [Photo._all.filter(person=card.subject_id).order_by("made_at").first().id for card in (two[0], third)]
    control = known_pairs.add_control(somebody("local", S), *photos, one_person=False)
    Candidate._all.update(state=State.INCONCLUSIVE)  # so that only the known pair is left to give
    assert waiting(scope_of(known_client))["first_reviews"] == 1  # it counts as any other
    known = begun(known_client)
    assert waiting(scope_of(known_client))["first_reviews"] == 1
    Candidate._all.update(state=State.BLIND)
    assert ControlReview._all.get(id=known[8:]).control_id == control.id
    assert Seat._all.filter(id=real[8:]).exists()
    one, other = (plain(client, address) for client, address in ((real_client, real), (known_client, known)))
    assert len(one) == len(other) > 10
    for mine, theirs in zip(one, other, strict=True):
        if mine[0] != "/":  # today's counts are each person's own
            assert mine == theirs
    for client, address in ((real_client, real), (known_client, known)):
        assert client.post(address + "/conflict")["Location"] == "/review"
    assert seats.known_waiting(scope_of(known_client)) == 0
    third_client = client_for(scope, C)
    Candidate._all.update(state=State.INCONCLUSIVE)
    again = begun(third_client)
    short = third_client.post(again, {"conclusion": "potential_candidate"})  # as of any other pair
    assert (short.status_code, short.content.decode().count("missing")) == (422, 12)
    answer = third_client.post(again, {"conclusion": "potential_candidate", **PARTS})
    assert answer["Location"] == again + "/known"
    page = third_client.get(answer["Location"]).content.decode()
    assert "It shows two people." in page
    assert "otherwise" in page
    assert waiting(scope_of(third_client))["first_reviews"] == 0


def plain(client: Client, address: str) -> list[Any]:
    """Answers without what differs from session to session."""
    rows = []
    for answer in everything_before(client, address):
        path = answer.request["PATH_INFO"].replace(address.rsplit("/", 1)[1], "SITTING")
        name = User.objects.get(id=client.session["_auth_user_id"]).username
        is_picture = answer["Content-Type"] == "image/jpeg"
        body = "" if is_picture else re.sub(r"[A-Za-z0-9]{64}", "TOKEN", answer.content.decode())
        body = body.replace(address.rsplit("/", 1)[1], "SITTING").replace(name, "NAME")
        headers = {key: value for key, value in answer.headers.items() if key != "Content-Length"}
        rows.append((path, answer.status_code, headers, body))
    return rows


@given(took=st.floats(0, 60), beat=st.floats(0.001, 1))
def test_an_answer_waits_for_the_next_beat_and_no_longer(took: float, beat: float) -> None:
    """Whatever it took, it comes on a multiple of the beat: the next one."""
    waited = review.rest(took, beat)
    assert 0 < waited <= beat
    beats = (took + waited) / beat
    assert beats == pytest.approx(round(beats), abs=1e-6)
    assert round(beats) >= 1


def test_answers_come_on_the_beat(scope: Scope, two: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture comes before the beat, whatever is behind it."""
    client = client_for(scope, C)
    address = begun(client)
    monkeypatch.setattr(review, "BEAT", 0.4)
    for path in ("/face/0/0", "/face/1/0", "/face/1/9"):
        began = time.monotonic()
        client.get(address + path)
        assert time.monotonic() - began >= 0.399  # how much later is the rule's, above: a busy machine has no bound


def test_after_the_judgement_everything_and_a_statement_and_the_next(scope: Scope, two: Any) -> None:
    first, second = client_for(scope, C), client_for(scope, S)
    address = begun(first)
    told = {"conclusion": "potential_candidate", **PARTS, "part-nose": "different", "reason": "the nose"}
    answer = first.post(address, told)
    assert answer["Location"] == address + "/statement"
    page = first.get(answer["Location"]).content.decode()
    for word in ("Qasimova", "1987", OFFICE, "similar", "different", "the nose", "<svg"):
        assert word in page, word
    # A chance never without how many were searched, the chance before, and how many look-alikes are expected.
    for sentence in (
        "strangers would be expected",
        "among the 1 searched was about",
        "then the chance that it is this candidate",
    ):
        assert sentence in page, sentence
    assert "Dock nine" not in page  # where the found person is, is not told to another office
    assert address[8:] in first.get("/statements").content.decode()
    assert first.post(address, told).status_code == 422
    assert first.post(address + "/statement", {"conclusion": "excluded", "reason": " "}).status_code == 422
    done = first.post(address + "/statement", {"conclusion": "potential_candidate", "reason": "all", "next": "1"})
    assert done["Location"] == "/review"  # nothing waits for the same person
    assert only().state == State.SECOND_BLIND
    other = begun(second)
    assert "the nose" not in second.get(other).content.decode()


def test_a_part_that_was_not_judged_is_named_and_what_was_chosen_stays(scope: Scope, two: Any) -> None:
    client = client_for(scope, C)
    address = begun(client)
    some = {**PARTS, "part-nose": "different", "part-ears": "", "part-neck": ""}
    answer = client.post(address, {"conclusion": "inconclusive", "reason": "the nose <b>", **some})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "nothing is lost" in page
    told = page.partition('class="problem"')[2].partition("</div>")[0]
    assert [part for part in FACE if part in told] == ["ears", "neck"]
    assert re.findall(r'class="part missing" data-part><legend>(\w+) ', page) == ["ears", "neck"]
    assert re.findall(r'name="([\w-]+)" value="(\w+)" required checked', page) == [
        *((name, word) for name, word in some.items() if word), ("conclusion", "inconclusive")]  # fmt: skip
    assert "the nose &lt;b&gt;</textarea>" in page
    assert_silent([answer])
    assert only().state == State.BLIND
    assert client.post(address, {"conclusion": "inconclusive", **PARTS})["Location"] == address + "/statement"


def test_looking_before_says_what_it_costs_and_costs_it(scope: Scope, two: Any) -> None:
    client = client_for(scope, C)
    address = f"/candidate/{only().id}"
    closed = client.get(address).content.decode()
    assert "cannot judge these faces any more" in closed
    assert "Qasimova" not in closed
    assert client.get(address + "/face/0/0").status_code == 422
    assert client.get(address + "/look").status_code == 405
    assert client.post(address + "/look")["Location"] == address
    page = client.get(address).content.decode()
    assert "Qasimova" in page
    assert client.get(address + "/face/0/0")["Content-Type"] == "image/jpeg"
    assert client.post("/review")["Location"] == "/review"
    assert client_for(scope, C).get(address).content.decode().count("Qasimova") == 0


def test_facts_are_taken_out_by_links_and_a_search_says_honestly_that_nobody_is_near(scope: Scope, two: Any) -> None:
    judge(somebody("local", C))
    judge(somebody("local", S))
    client = client_for(scope, C)
    address = f"/candidate/{only().id}"
    page = client.get(address).content.decode()
    assert 'href="?without=names"' in page
    less = client.get(address + "?without=names&without=face").content.decode()
    assert "Left out of the sum" in less
    assert '<th scope="row">Names</th>' in page
    assert '<th scope="row">Names</th>' not in less
    assert 'href="?without=names&amp;without=face&amp;without=birth"' in less
    assert client.get(address + "?without=nonsense").status_code == 422
    assert " style=" not in page
    assert "<script>" not in page
    search_from_a_card(scope, two, client)


def search_from_a_card(scope: Scope, two: Any, client: Client) -> None:
    address = f"/card/{two[0].id}/candidates"
    page = client.post(address, follow=True).content.decode()
    assert "Searched among 1 people" in page
    assert "Qasimova" not in page
    alone = request(scope, "Bohdan Levko (invented)", date_of_birth="1950", sex="male", place_of_birth="Lviv",
                    mother_maiden_name="Oksana Melnyk (invented)", nationality="Ukrainian")  # fmt: skip
    assert "Nobody among 1 people" in client.post(f"/card/{alone.id}/candidates", follow=True).content.decode()
    assert client_for(scope, F).post(address).status_code == 403
    assert client_for(scope, C, office="harbourquay").get(address).status_code == 404


def test_each_condition_is_shown_and_each_act_waits_for_it(scope: Scope, two: Any) -> None:
    first, second = somebody("local", C), somebody("local", S)
    judge(first)
    address = f"/conclusions/{only().id}"
    teller, senior, approver = client_for(scope, C), client_for(scope, S), client_for(scope, S, office="harbourquay")
    asker = client_for(scope, F, office="harbourquay")
    assert senior.get(address).status_code == 422  # the reviews are not over
    judge(second)
    assert senior.get(address).content.decode().count(">met<") == 2
    assert "conclusions" in senior.get("/").content.decode()
    assert "Draw the conclusion" in teller.get(address).content.decode()
    assert 'name="act"' not in teller.get(address).content.decode()
    own = Client()
    own.force_login(User.objects.get(id=scope.user))  # who registered the request
    page = own.get(address).content.decode()
    assert "You registered or own one of these two cards: others decide." in page
    assert 'name="act"' not in page
    mine = own.post(address, {"act": "conclude", "fact": ["names"], "reason": "it agrees"})
    assert mine.status_code == 422
    assert "others decide" in mine.content.decode()
    assert address not in own.get("/conclusions?show=conclusions").content.decode()
    for wrong in ({"fact": ["names"]}, {"reason": "it agrees"}, {"fact": ["face"], "reason": "the face"}):
        answer = senior.post(address, {"act": "conclude", **wrong})
        assert answer.status_code == 422
    kept = senior.post(address, {"act": "conclude", "reason": "what I typed"}).content.decode()
    assert "what I typed" in kept
    done = {"act": "conclude", "fact": ["names", "birth"], "reason": "it agrees"}
    assert teller.post(address, done).status_code == 422
    assert senior.post(address, done).status_code == 302
    assert approver.post(address, {"act": "approve"}).status_code == 422
    asked = asker.get(address).content.decode()
    assert "May the family know?" in asked
    assert "May we tell them that you were found?" in asked
    assert "<summary>" not in asked
    assert "it agrees" not in asked  # a field officer reads no evidence
    assert asker.post(address, {"act": "ask", "answer": "cannot_be_asked"}).status_code == 422
    assert asker.post(address, {"act": "ask", "answer": "no"}).status_code == 302
    assert "Nobody is told anything" in senior.get(address).content.decode()
    asker.post(address, {"act": "ask", "answer": "later"})
    later = asker.get(address).content.decode()
    assert "asks to be asked again later" in later
    assert not re.search(r'name="answer" value="\w+" required checked', later)  # asked again, it is a new answer
    assert "<summary>" not in later
    assert "ask them again" in asker.get("/conclusions?show=to_ask").content.decode()
    guardian = {"act": "ask", "answer": "yes", "where": "yes", "capacity": "guardian"}
    kept = asker.post(address, guardian)
    assert kept.status_code == 422
    assert re.search(r'value="guardian" required checked', kept.content.decode())  # what was typed stays
    asker.post(address, {**guardian, "by_whom": "Rana Azzam (invented)"})
    assert "Rana Azzam" in approver.get(address).content.decode()
    assert "Rana Azzam" not in teller.get(address).content.decode()
    page = approver.get(address).content.decode()
    assert "also where they are" in page
    assert "It was agreed for the found person" in page
    asker.post(address, {"act": "ask", "answer": "yes", "where": "no"})
    page = approver.get(address).content.decode()
    assert "(not where they are)" in page
    assert "The found person agreed that the family may know." in page
    login = User.objects.get(id=senior.session["_auth_user_id"]).username
    assert f"another than <bdi>{login}</bdi>, who concluded" in page
    again = asker.get(address).content.decode()
    assert again.index("<summary>Record another answer") < again.index("Record the answer</button>")
    assert "<details><summary>Record another answer" in again
    assert 'class="main-act"' not in again
    wrong = asker.post(address, {"act": "ask", "answer": "cannot_be_asked"}).content.decode()
    assert "<details open><summary>Record another answer" in wrong
    assert senior.post(address, {"act": "approve"}).status_code == 422  # who concluded does not approve
    assert address in approver.get("/conclusions?show=to_approve").content.decode()
    assert address not in senior.get("/conclusions?show=to_approve").content.decode()
    assert approver.post(address, {"act": "refuse", "reason": " "}).status_code == 422
    assert approver.post(address, {"act": "refuse", "reason": "Ask her alone."}).status_code == 302
    for who in (asker, approver, senior, teller):
        assert "Ask her alone." in who.get(address).content.decode()
    rows = senior.get("/conclusions").content.decode()
    assert "Not approved for now: mend" in rows
    assert re.search(
        rf"who mends it: field officer, .*? · <bdi>{OFFICE}</bdi>; who approves: senior reviewer, another", rows
    )
    assert approver.post(address, {"act": "approve"}).status_code == 302
    page = teller.get(address).content.decode()
    letter = re.search(r"<textarea id=.words.[^>]*>(.*?)</textarea>", page, re.S)[1]
    assert "You asked us to look for Amal Qasimova" in letter
    assert "may not say where they are" in letter
    assert "Dock nine" not in letter
    assert "identified" not in letter
    french = teller.get(address + "?letter=fr").content.decode()
    assert "What the family is told" in french  # the page stays in its own language
    assert re.search(r'<textarea id="words"[^>]* lang="fr">', french)
    assert teller.get(address + "?letter=xx").status_code == 422
    printed = teller.post(
        address + "/letter", {"words": "Our own words <b>", "end": "contact_restored"}
    ).content.decode()
    assert "Our own words &lt;b&gt;" in printed
    assert Disclosure._all.get().told_at is None
    assert teller.post(address, {"act": "tell", "words": " ", "end": "reunified"}).status_code == 422
    done = {"act": "tell", "words": letter, "end": "contact_restored"}
    assert teller.post(address, done).status_code == 302
    assert "take this back" not in senior.get(address).content.decode()
    assert "take this back" in teller.get(address).content.decode()
    assert senior.post(address, {"act": "take_back"}).status_code == 422
    assert teller.post(address, {"act": "take_back"}).status_code == 302
    assert {card.status for card in Card._all.all()} == {"verified"}
    assert "Not known yet: record it when contact is made" in teller.get(address).content.decode()
    assert teller.post(address, {"act": "tell", "words": letter, "end": ""}).status_code == 302
    page = teller.get(address).content.decode()
    assert page.count(">met<") == 6
    assert "Everything is done." not in page
    assert "not known yet" in page
    assert address in teller.get("/conclusions?show=to_tell").content.decode()
    assert teller.post(address, {"act": "come_of", "end": ""}).status_code == 422
    assert teller.post(address, {"act": "come_of", "end": "contact_restored"}).status_code == 302
    assert {card.status for card in Card._all.all()} == {"contact_restored"}
    page = teller.get(address).content.decode()
    assert "Everything is done." in page
    assert "This is not what came of it: take it back" in page
    taken = teller.post(address, {"act": "take_back"}, follow=True).content.decode()
    assert "it is not known yet what came of it" in taken
    assert "It was not told so: take this back" in taken
    assert {card.status for card in Card._all.all()} == {"verified"}


def test_the_dead_are_for_forensic_officers(scope: Scope, acquirer: Any, pairs: Any) -> None:
    asked, other = request(scope), found(scope, found_kind="deceased_unidentified", body_label="K-77")
    for card, path in ((asked, pairs[0][0]), (other, pairs[0][1])):
        attach(scope, str(card.local), path.read_bytes(), PhotoForm("photo.jpg"))
    worker.run(acquirer)
    follow()
    forensic, caseworker = client_for(scope, X), client_for(scope, C)
    assert "K-77" in forensic.get("/dead").content.decode()
    photo = Photo._all.get(person=other.subject_id)
    card = forensic.get(f"/dead/{other.id}").content.decode()
    assert f'src="/dead/photo/{photo.id}"' in card
    assert f'src="/dead/photo/{photo.id}?clear"' in forensic.get(f"/dead/{other.id}?clear={photo.id}").content.decode()
    blurred, clear = (forensic.get(f"/dead/photo/{photo.id}{more}").content for more in ("", "?clear"))
    assert blurred != clear
    assert len(blurred) < len(clear) / 2  # what is blurred has no detail left
    assert forensic.get(f"/dead/{asked.id}").status_code == 422
    for more in ("", "whole", "face=1"):  # blurred on the pages of cards and photos, too; for others not at all
        veiled, open_ = (forensic.get(f"/photo/{photo.id}/picture?{more}&{word}").content for word in ("", "clear"))
        assert len(veiled) < len(open_) / 2, more
        assert caseworker.get(f"/photo/{photo.id}/picture?{more}&clear").status_code == 422
    assert "Show clearly" in forensic.get(f"/photo/{photo.id}").content.decode()
    caseworker.post(f"/card/{other.id}/purpose", {"purpose": "tracing"})
    assert "No photo that you may see." in caseworker.get(f"/card/{other.id}").content.decode()
    for path in ("/dead", f"/dead/{other.id}", f"/dead/photo/{photo.id}", f"/candidate/{only().id}"):
        assert caseworker.get(path).status_code in (403, 404), path
    assert str(only().id) not in caseworker.get("/candidates").content.decode()
    judge(somebody("local", X))
    judge(somebody("local", X))
    address = f"/conclusions/{only().id}"
    assert forensic.post(address, {"act": "conclude", "fact": "names", "reason": "agree"}).status_code == 422
    full = {
        "act": "conclude",
        "fact": "names",
        "reason": "agree",
        "primary_identifier": "dna",
        "authority_reference": "7/26",
    }
    assert forensic.post(address, full).status_code == 302
    assert forensic.post(address, {"act": "ask", "answer": "cannot_be_asked"}).status_code == 302
    senior = client_for(scope, S)
    assert address in senior.get("/conclusions?show=to_approve").content.decode()
    assert senior.post(address, {"act": "approve"}).status_code == 302
    told = caseworker.get(
        address
    ).content.decode()  # who tells the family sees what was concluded, and no face of the dead
    assert "7/26" in told
    assert "Not known yet" not in told  # to tell the family is to clarify their fate
    assert caseworker.post(address, {"act": "tell", "words": "We are sorry.", "end": ""}).status_code == 422
    assert Disclosure._all.get().told_at is None
    assert caseworker.get(f"/candidate/{only().id}/face/1/0").status_code == 422
    assert caseworker.get(f"/candidate/{only().id}/face/0/0").status_code == 200


def test_the_list_of_candidates_comes_in_pages(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kintrace.site.pages.candidates.PAGE", 1)
    asked = request(scope)
    pair = [found(scope), found(scope, NAME.replace("Amal", "Amahl"))]
    follow()
    made = [each.id for each in Candidate._all.filter(request=asked, found__in=pair).order_by("made_at", "id")]
    assert len(made) == 2
    client = client_for(scope, C)
    first, second = (client.get(f"/candidates?page={number}").content.decode() for number in (1, 2))
    assert [str(each) in first for each in made] == [True, False]
    assert [str(each) in second for each in made] == [False, True]
    assert ('rel="next"' in first, 'rel="prev"' in first) == (True, False)
    assert ('rel="next"' in second, 'rel="prev"' in second) == (False, True)


def test_ids_that_are_not_there(scope: Scope) -> None:
    client = client_for(scope, S, X)
    nobody = UUID(int=9)
    for path in (f"/candidate/{nobody}", f"/conclusions/{nobody}", f"/card/{nobody}/candidates", f"/dead/{nobody}"):
        assert client.get(path).status_code == 404, path
    assert client.get("/candidates?state=nonsense").status_code == 422
    assert client.get("/conclusions?show=nonsense").status_code == 422
