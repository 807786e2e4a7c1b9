"""Where other weights come into use, what is told of candidates is renewed; reviews stay, for the facts are the same."""

from dataclasses import replace

import pytest
from matching_help import ENGINE, find_evidence, follow, found, judge, only, request, somebody

from kintrace.casework import cards, worker
from kintrace.casework.people import Role
from kintrace.casework.records import Card
from kintrace.errors import KintraceError
from kintrace.evidence.names import Weights
from kintrace.evidence.names.learning import to_toml
from kintrace.evidence.names.weights import shipped_tables
from kintrace.faces import active_packs
from kintrace.folder import calibration_for, calibration_place, learned_place
from kintrace.ledger import entries
from kintrace.matching import inuse, reviews, standing
from kintrace.matching.models import Candidate, Review, State
from kintrace.matching.searchrecords import Followed, WeightsInUse
from kintrace.matching.seats import next_blind
from kintrace.vault import destroy

NEARLY = "Amal Kasimovna (invented)"
STRANGER = {"date_of_birth": "1950", "sex": "male", "place_of_birth": "Lima", "nationality": "Peruvian",
            "mother_maiden_name": "Ines Soto (invented)"}  # fmt: skip


@pytest.fixture
def learn():
    """Put weights of names into use: the shipped ones, with other shares of names that are written the same, or differ."""

    def put(same=None, differ=None, note=""):
        tables = shipped_tables()
        for role in ("given", "father", "family", "other"):
            if same is not None:
                tables["same"][role]["value"]["same"] = same
            if differ is not None:
                tables["differ"][role]["value"] = differ
        learned_place().parent.mkdir(parents=True, exist_ok=True)
        learned_place().write_text(to_toml(tables) + note, encoding="utf-8")

    yield put
    learned_place().unlink(missing_ok=True)


def weigh_all(engine=ENGINE):
    """Let all cards be weighed anew that wait for it; from how many."""
    counts = list(iter(lambda: standing.weigh_anew(engine), 0))
    return sum(counts)


def names_of(candidate):
    return next(each["log10_lr"] for each in find_evidence(candidate)["facts"] if each["fact"] == "names")


def judge_by_the_rest(scope):
    """A whole review of two without photos."""
    sitting = next_blind(scope, control_rate=0)
    reviews.record_blind(scope, sitting.id, "inconclusive", {})
    reviews.record_statement(scope, sitting.id, "potential_candidate", "names and dates")


def changes():
    return [each.facts for each in entries(action="candidate.changed")]


def seen(candidate):
    return bytes(candidate.content), candidate.round, candidate.state, candidate.changed_at


def test_other_weights_renew_the_numbers_and_reviews_stay(scope, learn):
    request(scope)
    found(scope)
    follow()
    assert weigh_all() == 0  # nothing changed
    first, second = somebody("local", Role.CASEWORKER), somebody("local", Role.SENIOR_REVIEWER)
    judge_by_the_rest(first)
    before, names, said = only(), names_of(only()), Review._all.count()
    learn(same=0.1)
    assert follow() == 0
    assert names_of(only()) == names  # not before the worker comes by
    assert weigh_all() == 2
    after = only()
    assert names_of(after) < names - 0.3
    assert (after.id, after.round, after.state, after.changed_at) == (before.id, 1, before.state, before.changed_at)
    assert Review._all.count() == said
    pair = {"request": str(after.request_id), "found": str(after.found_id)}
    assert changes() == [{**pair, "weights": True}]
    assert [each.facts["trigger"] for each in entries(action="search.standing")][:2] == ["weights.changed"] * 2
    judge_by_the_rest(second)
    assert only().state == State.AGREED
    assert weigh_all() == 0
    learned_place().unlink()
    assert weigh_all() == 2
    assert names_of(only()) == names
    assert (only().round, only().state) == (1, State.AGREED)


def test_a_fact_that_changed_meanwhile_offers_it_again(scope, learn):
    asked = request(scope)
    found(scope)
    follow()
    judge_by_the_rest(somebody("local", Role.CASEWORKER))
    learn(same=0.1)
    cards.amend(scope, str(asked.local), {"date_of_birth": "1987"}, why="the mother was not sure")
    assert weigh_all() == 2
    assert (only().round, only().state) == (2, State.BLIND)
    assert [each.get("weights") for each in changes()] == [None]


def test_evidence_that_did_not_really_change_is_left_as_it_is(scope, learn):
    request(scope)
    found(scope)
    follow()
    before, version = seen(only()), only().weights
    learn(differ=0.01)  # nothing differs
    assert weigh_all() == 2
    assert seen(only()) == before
    assert only().weights != version
    assert not changes()
    learn(differ=0.01, note="# the same numbers, learned once more\n")
    assert weigh_all() == 0


def test_what_falls_below_goes_unless_it_was_begun_and_what_rises_is_put_forward(scope, learn, monkeypatch):
    request(scope, NEARLY, **STRANGER | {"date_of_birth": "1951", "mother_maiden_name": None})
    found(scope, NEARLY, **STRANGER | {"place_of_birth": "Quito", "nationality": "Ecuadorian", "mother_maiden_name": None,
                                       "date_of_birth": "1953"})  # fmt: skip
    strong = standing.Engine(look_alikes=limit())
    standing.follow(strong)
    assert only().state == State.BLIND
    learn(same=0.001)
    assert weigh_all(strong) == 2
    assert not Candidate._all.exists()
    assert entries(action="candidate.removed")[0].facts == {"why": "too_weak"}
    learned_place().unlink()
    assert weigh_all(strong) == 2
    assert only().trigger == inuse.TRIGGER
    judge_by_the_rest(somebody("local", Role.CASEWORKER))
    learn(same=0.001)
    weigh_all(strong)
    assert (only().round, only().state) == (1, State.SECOND_BLIND)


def limit():
    """Strangers just above those expected of the pair that there is."""
    card = Card._all.order_by("id")[0]
    (pair,) = ENGINE.weighed(card)[0]
    return pair.expected * 1.01


def test_what_was_concluded_stays_with_what_it_was_drawn_from(scope, learn):
    request(scope)
    found(scope)
    follow()
    Candidate._all.update(state=State.CONCLUDED)
    before = seen(only())
    learn(same=0.1)
    assert weigh_all() == 2
    assert seen(only()) == before


def test_killed_in_between_it_goes_on_after_the_last_that_was_done(scope, learn, monkeypatch):
    monkeypatch.setattr(standing, "ANEW_AT_ONCE", 3)
    for _ in range(4):
        request(scope)
    found(scope)
    cards.close(scope, str(found(scope).local), "invented")
    follow()
    learn(same=0.1)
    real, searched = standing.search, []

    def dies(card, *arguments, **more):
        if len(searched) == 2:
            raise KeyboardInterrupt
        searched.append(card.id)
        return real(card, *arguments, **more)

    monkeypatch.setattr(standing, "search", dies)
    with pytest.raises(KeyboardInterrupt):
        standing.weigh_anew(ENGINE)
    assert Followed._all.get().lease is None
    assert Followed._all.get().anew_after == searched[-1]
    kept = []
    monkeypatch.setattr(
        standing, "search", lambda card, *rest, **more: (kept.append(card.id), real(card, *rest, **more))
    )
    assert [standing.weigh_anew(ENGINE) for _ in range(3)] == [3, 0, 0]
    assert searched + kept == sorted(Card._all.filter(closed_at=None).values_list("id", flat=True))
    assert len(changes()) == 4


def test_weights_that_change_once_more_begin_again(scope, learn, monkeypatch):
    request(scope)
    found(scope)
    follow()
    learn(same=0.1)
    real = standing.search

    def others_come(card, *arguments, **more):
        learn(same=0.2)
        inuse.notice(ENGINE.weights())  # another process looks
        monkeypatch.setattr(standing, "search", real)
        return real(card, *arguments, **more)

    monkeypatch.setattr(standing, "search", others_come)
    assert [standing.weigh_anew(ENGINE) for _ in range(3)] == [1, 2, 0]
    assert len(set(Candidate._all.values_list("weights", flat=True))) == 1
    assert only().weights.startswith(Weights.load(learned_place()).version)


def test_one_process_does_it_at_a_time(scope, learn):
    from datetime import timedelta

    from django.utils import timezone

    request(scope)
    follow()
    learn(same=0.1)
    Followed._all.update(lease=timezone.now() + timedelta(minutes=1))
    assert standing.weigh_anew(ENGINE) == 0
    Followed._all.update(lease=None)
    assert standing.weigh_anew(ENGINE) == 1


def test_who_was_erased_meanwhile_holds_up_nobody(scope, learn):
    asked, _ = request(scope), found(scope)
    follow()
    learn(same=0.1)
    destroy([asked.subject_id])
    assert weigh_all() == 2


def test_candidates_of_an_earlier_release_are_weighed_once(scope, learn):
    request(scope)
    found(scope)
    follow()
    before = names_of(only())
    learn(same=0.1)
    WeightsInUse._all.all().delete()
    Candidate._all.update(weights="")  # as the migration leaves them
    Followed._all.update(anew_after=None)
    assert weigh_all() == 2
    assert names_of(only()) < before
    assert weigh_all() == 0


def test_another_calibration_renews_the_face_and_no_review(scope, add_photo, acquirer, pairs):
    from kintrace.casework.live import LiveGallery

    asked, other = request(scope), found(scope)
    add_photo(asked, pairs[0][0])
    add_photo(other, pairs[0][1])
    worker.run(acquirer)
    gallery = LiveGallery(acquirer.pack, acquirer.encoder.dimensions)
    calibration = calibration_for(active_packs("sface"))
    engine = standing.Engine(gallery, calibration)
    standing.follow(engine)
    judge(somebody("local", Role.CASEWORKER))
    before = find_evidence(only())["facts"][0]
    assert before["fact"] == "face"
    remade = replace(calibration, made="2030-01-01", source={"people": "others"})
    assert weigh_all(replace(engine, calibration=remade)) == 0
    weaker = [
        replace(
            band,
            **{
                name: tuple(value / 2 for value in getattr(band, name))
                for name in ("low", "log10_lr", "high", "bounds")
            },
        )
        for band in calibration.bands
    ]
    engine = replace(engine, calibration=replace(calibration, bands=tuple(weaker)))
    assert weigh_all(engine) == 2
    after = find_evidence(only())["facts"][0]
    assert after["log10_lr"] < before["log10_lr"] - 0.1
    assert (only().round, only().state) == (1, State.SECOND_BLIND)
    assert [each["weights"] for each in changes()] == [True]
    assert weigh_all() == 0  # who compares no faces knows nothing of a change


def test_faces_of_other_packs_are_no_change_of_weights(db):
    inuse.notice({"names": "shipped", "faces one": "a"})
    inuse.notice({"names": "shipped", "faces two": "b"})
    assert inuse.after() is None
    inuse.notice({"names": "shipped", "faces one": "c"})
    assert inuse.after() is not None


def test_a_process_takes_a_new_calibration_with_the_gallery_it_has(scope, monkeypatch):
    from kintrace.matching import engine as engines

    monkeypatch.setattr(engines, "_held", {})
    monkeypatch.setenv("KINTRACE_PACKS", "sface")
    packs = active_packs()
    shipped = calibration_place(packs)
    before = engines.engine()
    assert engines.engine() is before
    own = learned_place().with_name(shipped.name)
    own.parent.mkdir(parents=True, exist_ok=True)
    try:
        bands = tuple(replace(band, bounds=(-1.0, 1.0)) for band in before.calibration.bands)
        own.write_text(replace(before.calibration, bands=bands).to_json(), encoding="utf-8")
        now = engines.with_weights_of_now(before)
        assert now.gallery is before.gallery
        assert now.weights() != before.weights()
        own.write_text("broken", encoding="utf-8")
        with pytest.raises(KintraceError):
            engines.engine()
    finally:
        own.unlink()
    assert engines.engine().weights() == before.weights()
