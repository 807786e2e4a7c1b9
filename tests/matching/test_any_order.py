"""Random verbs by random people in any order: no sequence reaches a conclusion or a disclosure that breaks a rule."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from matching_help import FACE, follow, found, request, somebody

from kintrace.casework import cards, worker
from kintrace.casework.dead import is_dead
from kintrace.casework.forms import PhotoForm
from kintrace.casework.people import Membership, Role
from kintrace.casework.photos import attach
from kintrace.casework.records import Capacity, Card
from kintrace.errors import KintraceError
from kintrace.matching import candidates, conclusions, disclosures, joint, reviews
from kintrace.matching.models import (
    Answer,
    Candidate,
    Conclusion,
    Conflict,
    Disclosure,
    Judgement,
    Review,
    Seat,
    Shown,
    State,
)
from kintrace.matching.seats import next_blind

C, S, X, F = Role.CASEWORKER, Role.SENIOR_REVIEWER, Role.FORENSIC_OFFICER, Role.FIELD_OFFICER
ENDS = {"contact_restored", "reunified", "fate_clarified"}


@pytest.mark.slow
@pytest.mark.parametrize("about", [{}, {"date_of_birth": "2015-05-12"}, {"found_kind": "deceased_unidentified"}],
                         ids=["grown", "minor", "dead"])  # fmt: skip
def test_no_sequence_of_verbs_breaks_a_rule(scope, acquirer, pairs, about):
    registrar = somebody("local", C, S, X, F)
    asked, other = request(scope), found(registrar, **about)
    Card._all.filter(id=other.id).update(
        owner=None
    )  # as where a card went to another office: registered, but not owned
    own = {scope.user, registrar.user}
    for card, path in ((asked, pairs[0][0]), (other, pairs[0][1])):
        attach(scope, str(card.local), path.read_bytes(), PhotoForm("photo.jpg"))
    worker.run(acquirer)
    follow()
    crowd = [scope, *(somebody("local", *roles) for roles in (
        (C,), (C,), (S,), (S,), (S,), (X,), (X,), (X,), (F,), (C, S), (S, X), (Role.ADMINISTRATOR,),
        (Role.DATA_PROTECTION_OFFICER,),
    )), registrar]  # fmt: skip
    reached, tried = set(), set()
    who = st.sampled_from(range(len(crowd)))
    # Mostly yes, or few sequences would come far.
    said = st.sampled_from(["potential_candidate"] * 5 + ["excluded", "inconclusive", "same person"])

    class Office(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            for model in (Disclosure, Conclusion, Review, Conflict, Shown, Seat):
                model._all.all().delete()
            Candidate._all.update(state=State.BLIND, round=1)
            Card._all.update(status="open", closed_at=None)
            self.id = Candidate._all.get().id
            self.heights = 0
            self.writes_kind(about.get("found_kind", "patient"))
            follow()
            Candidate._all.update(state=State.BLIND, round=1)

        def attempt(self, verb):
            try:
                return verb()
            except KintraceError:
                return None

        @rule(user=who, blind=said, then=said)
        def reviews_wholly(self, user, blind, then):
            self.reviews(crowd[user], blind, then)

        def reviews(self, user, blind, then):
            sitting = self.attempt(lambda: next_blind(user, control_rate=0))
            if sitting:
                self.attempt(lambda: reviews.record_blind(user, sitting.id, blind, FACE))
                self.attempt(lambda: reviews.record_statement(user, sitting.id, then, "a reason"))

        @initialize(far=st.integers(0, 11).map(lambda short: 11 - short))
        def is_brought_some_way(self, far):
            """As it should go, so that the sequences begin everywhere on the way."""
            good = [crowd[4], crowd[5], crowd[6], crowd[7], crowd[8]]  # seniors and forensic officers
            good = [*good[2:], crowd[11]] if "found_kind" in about else [crowd[1], *good[:2], good[1]]
            ask = "cannot_be_asked" if "found_kind" in about else "yes"
            who = {"capacity": "guardian", "by_whom": "an aunt"} if "date_of_birth" in about else {}
            death = {"primary_identifier": "dna", "authority_reference": "7"}
            steps = [
                *(lambda one=one: self.reviews(one, "potential_candidate", "potential_candidate") for one in good[:3]),
                lambda: conclusions.conclude(good[1], self.id, ["names"], "a reason", **(death if len(about) else {})),
                lambda: disclosures.ask(crowd[9], self.id, ask, **who),
                lambda: disclosures.refuse(crowd[3] if good[1] is not crowd[3] else crowd[4], self.id, "not yet"),
                lambda: disclosures.approve(crowd[3] if good[1] is not crowd[3] else crowd[4], self.id),
                lambda: disclosures.tell(
                    crowd[1], self.id, "words", "fate_clarified" if len(about) and not who else ""
                ),
                lambda: self.records_later(crowd[1], "reunified"),
                lambda: self.takes_back_what_was_last(crowd[1]),
                lambda: self.takes_back_what_was_last(crowd[1]),
            ]
            for at, step in enumerate(steps[:far]):
                if at not in tried:  # nothing is drawn on this way: here stands each time what stood the first time
                    tried.add(at)
                    self.tries_what_nobody_may()
                self.attempt(step)
                self.every_rule_holds()

        @rule()
        def tries_what_nobody_may(self):
            """Everybody who concludes tries each short cut there is at this point; what succeeds breaks a rule."""
            act = Disclosure._all.select_related("conclusion").first()
            seniors = [crowd[at] for at in (3, 4, 5, 6, 7, 8, 10, 11)]
            for user in (scope, registrar):  # one card is theirs
                self.reviews(user, "potential_candidate", "potential_candidate")
            if act is None and Candidate._all.get().state == State.AGREED:
                for user in seniors:
                    self.concludes_wrongly(user)
                death = {"primary_identifier": "dna", "authority_reference": "7"} if is_dead(other.subject_id) else {}
                for user in (scope, registrar):
                    self.attempt(
                        lambda user=user: conclusions.conclude(user, self.id, ["names"], "my own case", **death)
                    )
            elif act is not None and act.approved_at is None:
                for user in (crowd[1], crowd[9], crowd[10]):
                    self.attempt(lambda user=user: disclosures.tell(user, self.id, "words", "fate_clarified"))
                for user in (scope, registrar):
                    self.attempt(lambda user=user: disclosures.approve(user, self.id))
                for user in seniors:
                    if act.conclusion.concluded_by_id == user.user or act.answer in ("not_asked", "no", "later"):
                        self.attempt(lambda user=user: disclosures.approve(user, self.id))
                        self.attempt(lambda user=user: disclosures.refuse(user, self.id, "not for them to say"))
            elif act is not None and act.told_at is None:
                was = is_dead(other.subject_id)
                self.writes_kind("patient" if was else "deceased_unidentified")
                for user in (crowd[1], crowd[10]):
                    self.attempt(lambda user=user: disclosures.tell(user, self.id, "words", "fate_clarified"))
                self.of_life(before=False, now=Disclosure._all.exclude(told_at=None).exists())
                self.writes_kind("deceased_unidentified" if was else "patient")
            elif act is not None:
                for user in crowd:
                    if user.user != act.told_by_id:
                        self.attempt(lambda user=user: disclosures.take_back(user, self.id))
                now = Disclosure._all.get()
                assert now.told_at == act.told_at, "taken back by somebody else"
                assert now.ended_at == act.ended_at or act.ended_by_id != act.told_by_id, "taken back by somebody else"
            self.every_rule_holds()

        def concludes_wrongly(self, user):
            death = {"primary_identifier": "dna", "authority_reference": "7"}
            ways = [(["face"], death), ([], death)]
            if is_dead(other.subject_id):
                ways += [
                    (["names"], {}),
                    (["names"], {"primary_identifier": "dna"}),
                    (["names"], {"authority_reference": "7"}),
                ]
            for facts, how in ways:
                self.attempt(lambda facts=facts, how=how: conclusions.conclude(user, self.id, facts, "a reason", **how))

        @rule(user=who, then=said)
        def says_without_judging(self, user, then):
            for seat in Seat._all.all():
                self.attempt(lambda seat=seat: reviews.record_statement(crowd[user], seat.id, then, "a reason"))
                self.attempt(lambda seat=seat: reviews.record_blind(crowd[user], seat.id, then, FACE))

        @rule(user=who)
        def begins_only(self, user):
            self.attempt(lambda: next_blind(crowd[user], control_rate=0))

        @rule(user=who)
        def looks_first(self, user):
            self.attempt(lambda: candidates.shown(crowd[user], self.id, before_review=True))

        @rule(user=who)
        def declares_a_conflict(self, user):
            for seat in Seat._all.all():
                self.attempt(lambda seat=seat: reviews.declare_conflict(crowd[user], seat.id))

        @rule(
            user=who,
            facts=st.sampled_from([["names"], ["names", "birth"], ["face"], [], ["face", "names"]]),
            how=st.sampled_from(
                [{}, {"primary_identifier": "dna", "authority_reference": "7"}, {"primary_identifier": "dna"}]
            ),
        )
        def concludes(self, user, facts, how):
            before = Conclusion._all.exists()
            self.attempt(lambda: conclusions.conclude(crowd[user], self.id, facts, "a reason", **how))
            self.of_life(before=before, now=Conclusion._all.exists())

        def of_life(self, *, before, now):
            if now and not before:
                assert Conclusion._all.get().of_death == is_dead(other.subject_id), "a death in the way of the living"

        @rule(
            user=who,
            answer=st.sampled_from([*Answer.values(), "maybe"]),
            capacity=st.sampled_from([*Capacity.values(), "neighbour"]),
            by_whom=st.sampled_from(["", "an aunt"]),
        )
        def asks(self, user, answer, capacity, by_whom):
            self.attempt(lambda: disclosures.ask(crowd[user], self.id, answer, capacity=capacity, by_whom=by_whom))

        @rule(user=who)
        def approves(self, user):
            self.attempt(lambda: disclosures.approve(crowd[user], self.id))

        @rule(user=who, reason=st.sampled_from(["", "ask the family first"]))
        def does_not_approve(self, user, reason):
            self.attempt(lambda: disclosures.refuse(crowd[user], self.id, reason))

        @rule(user=who)
        def takes_back(self, user):
            self.takes_back_what_was_last(crowd[user])

        def takes_back_what_was_last(self, user):
            before = Disclosure._all.exclude(told_at=None).first()
            self.attempt(lambda: disclosures.take_back(user, self.id))
            now = Disclosure._all.exclude(told_at=None).first()
            if before and not now:
                assert before.told_by_id == user.user
                reached.add("taken back")
            elif before and before.ended_at and not now.ended_at:
                assert before.ended_by_id == user.user
                assert before.ended_at > before.told_at
                reached.add("end taken back")

        @rule(user=who, end=st.sampled_from([*sorted(ENDS), "identified", ""]))
        def records_what_came_of_it(self, user, end):
            self.records_later(crowd[user], end)

        def records_later(self, user, end):
            before = Disclosure._all.first()
            self.attempt(lambda: disclosures.come_of(user, self.id, end))
            now = Disclosure._all.first()
            if now and now.ended_at != before.ended_at:
                assert before.told_at, "what came of telling nobody"
                assert not before.ended_at
                assert now.ended_by_id == user.user
                assert end in ENDS
                reached.add("ended later")

        @rule(user=who, end=st.sampled_from([*sorted(ENDS), "identified", ""]))
        def tells(self, user, end):
            told = Disclosure._all.exclude(told_at=None)
            before = told.exists()
            self.attempt(lambda: disclosures.tell(crowd[user], self.id, "words", end))
            self.of_life(before=before, now=told.exists())

        @rule()
        def a_fact_changes(self):
            self.heights += 1
            self.attempt(
                lambda: cards.amend(scope, str(asked.local), {"height": f"{150 + self.heights} cm"}, why="measured")
            )
            follow()

        def writes_kind(self, kind):
            self.attempt(lambda: cards.amend(scope, str(other.local), {"found_kind": kind}, why="the hospital wrote"))

        @rule(followed=st.booleans())
        def dies_or_was_mistaken_for_somebody_dead(self, followed):
            self.writes_kind("patient" if is_dead(other.subject_id) else "deceased_unidentified")
            if followed:
                follow()

        @rule(user=who)
        def closes(self, user):
            self.attempt(lambda: cards.close(crowd[user], str(asked.local), "invented"))
            self.attempt(lambda: cards.reopen(scope, str(asked.local)))

        @invariant()
        def every_rule_holds(self):
            each = Candidate._all.get()
            reached.add(each.state)
            rows = list(Review._all.filter(candidate=each).order_by("at"))
            for review in rows:
                roles = set(Membership._all.filter(user=review.reviewer).values_list("role", flat=True))
                assert roles & {C, S, X}
                assert review.seat == 1 or roles & {S, X}
                assert not each.of_dead or review.round != each.round or X in roles
                assert review.reviewer_id not in own, "their own card"
                if review.stage != "blind_face":
                    assert any(
                        old.stage == "blind_face" and (old.seat, old.round, old.reviewer_id)
                        == (review.seat, review.round, review.reviewer_id) and old.at <= review.at for old in rows
                    ), "a statement without a blind judgement before it"  # fmt: skip
                else:
                    looked = Shown._all.filter(
                        candidate=each, round=review.round, user=review.reviewer, at__lt=review.at
                    )
                    assert not looked.exists(), "judged faces after seeing the evidence"
            seats = {(review.reviewer_id, review.round): set() for review in rows}
            for review in rows:
                seats[review.reviewer_id, review.round].add(review.seat)
            assert all(len(taken) == 1 for taken in seats.values()), "one person in two seats"
            conclusion = Conclusion._all.filter(candidate=each).first()
            told = Disclosure._all.exclude(told_at=None).first()
            if conclusion:
                agreeing = {review.reviewer_id for review in rows if review.round == each.round
                            and review.stage != "blind_face" and review.conclusion == Judgement.POTENTIAL}  # fmt: skip
                assert len(agreeing) >= (3 if each.stricter else 2)
                roles = set(Membership._all.filter(user=conclusion.concluded_by).values_list("role", flat=True))
                assert (X if each.of_dead else S) in roles
                assert conclusion.of_death == each.of_dead
                assert conclusion.concluded_by_id not in own, "their own card"
                said = joint.unseal(joint.key_of(each), f"conclusion:{conclusion.id}", bytes(conclusion.content))
                assert set(said["facts"]) - {"face"}, "on a face alone"
                assert said["reason"]
                if conclusion.of_death:
                    assert said["primary_identifier"] in conclusions.PRIMARY
                    assert said["authority_reference"]
                declared = Conflict._all.filter(candidate=each)
                assert not declared.filter(reviewer=conclusion.concluded_by, at__lt=conclusion.at).exists()
                approved = Disclosure._all.exclude(approved_by=None).first()
                assert (
                    not approved
                    or not declared.filter(reviewer=approved.approved_by, at__lt=approved.approved_at).exists()
                )
            approval = Disclosure._all.exclude(approved_at=None).first()
            if approval:
                assert approval.approved_by_id != approval.conclusion.concluded_by_id
                assert approval.approved_by_id not in own, "their own card"
                assert approval.asked_at is not None, "approved before asking"
                assert approval.asked_at <= approval.approved_at
                assert approval.answer == ("cannot_be_asked" if each.of_dead else "yes"), "approved on no consent"
            act = Disclosure._all.first()
            if act and act.refused_at:
                assert act.refused_by_id not in {*own, act.conclusion.concluded_by_id}
                assert act.asked_at <= act.refused_at
                assert act.approved_at is None or act.refused_at <= act.approved_at
                assert joint.unseal(joint.key_of(each), f"disclosure:{act.id}:refusal", bytes(act.refusal))["reason"]
                reached.add("refused")
            if act and act.asked_at:
                spoke = act.answer != "not_asked" and not each.of_dead
                assert bool(act.capacity) == spoke, "who answered is not known"
                assert (act.by_whom is not None) == (act.capacity in ("guardian", "best_interest"))
                assert act.capacity != "self" or "date_of_birth" not in about, "a child answered alone"
            if told:
                assert conclusion is not None
                assert told.approved_at is not None
                assert told.approved_by_id != conclusion.concluded_by_id
                assert told.answer == ("cannot_be_asked" if each.of_dead else "yes")
                assert told.asked_at <= told.approved_at <= told.told_at <= datetime.now(UTC)
                assert told.ended_at or not each.of_dead, "told what became of them, and their fate is not clarified"
                assert told.ended_at is None or told.told_at <= told.ended_at <= datetime.now(UTC)
                reached.add("told")
            elif act:
                assert (act.content, act.ended_at) == (None, None), "words that were taken back are kept"
            ended = told and told.ended_at
            assert ended or not set(Card._all.values_list("status", flat=True)) & ENDS
            assert conclusion or "verified" not in set(Card._all.values_list("status", flat=True))

    run_state_machine_as_test(Office, settings=settings(
        max_examples=12, stateful_step_count=12, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    ))  # fmt: skip
    far = {State.SECOND_BLIND, State.AGREED, State.CONCLUDED, "told", "refused", "taken back"}
    if "found_kind" not in about:  # of the dead it is known at once
        far |= {"ended later", "end taken back"}
    assert far <= reached, "the sequences did not come far enough to mean anything"
