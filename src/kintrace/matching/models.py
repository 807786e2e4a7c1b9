"""Candidates, and what people say of them. What joins two people is sealed under both their keys: it goes when one is erased."""

import uuid

from django.db import models
from django.utils import timezone

from kintrace.casework.people import User
from kintrace.casework.records import Capacity, Card, Person
from kintrace.casework.words import Word
from kintrace.matching.searchrecords import Apart as Apart
from kintrace.matching.searchrecords import Followed as Followed
from kintrace.matching.searchrecords import SavedSearch as SavedSearch
from kintrace.matching.searchrecords import WeightsInUse as WeightsInUse
from kintrace.vault.fields import SealedField, SealedModel


class State(Word):
    """Where the work on a candidate stands. None of them says who anybody is."""

    BLIND = "blind_review"
    CONTEXT = "first_statement"
    SECOND_BLIND = "second_blind_review"
    SECOND = "second_statement"
    ARBITRATION_BLIND = "arbitration_blind_review"
    ARBITRATION = "arbitration_statement"
    AGREED = "reviews_agree"
    EXCLUDED = "excluded"
    INCONCLUSIVE = "inconclusive"
    CONCLUDED = "concluded"


class Stage(Word):
    """Which statement of a review it is."""

    BLIND_FACE = "blind_face"
    WITH_CONTEXT = "with_context"
    SECOND = "second"
    ARBITRATION = "arbitration"


class Judgement(Word):
    """What a reviewer says; never more than that two records may be of one person."""

    POTENTIAL = "potential_candidate"
    EXCLUDED = "excluded"
    INCONCLUSIVE = "inconclusive"


class Candidate(models.Model):
    """A tracing request and a found person that may be the same person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="candidates")
    found = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="candidates_for")
    state = models.CharField(max_length=30, choices=State.choices(), default=State.BLIND)
    trigger = models.CharField(max_length=30)
    """The ledger's word for what led to the search: ``card.register``, ``photo.acquired``, ``card.search``."""
    model = models.CharField(max_length=80, blank=True, default="")
    """The set of model packs, where faces were compared."""
    searched = models.PositiveBigIntegerField()
    """People in what was searched."""
    stricter = models.BooleanField(default=False)
    """One of the two may be a minor: three reviews must agree."""
    of_dead = models.BooleanField(default=False)
    """The found person is dead: forensic officers only."""
    content = models.BinaryField()
    """Sealed under both: the evidence, as its JSON."""
    mark = models.BinaryField(max_length=16)
    """Keyed fingerprint of the facts and templates that were weighed: where it changes, so has the evidence."""
    weights = models.CharField(max_length=40, blank=True, default="")
    """The version of the weights by which it was weighed last; empty where an earlier release weighed it."""
    round = models.PositiveSmallIntegerField(default=1)
    """Counts up where a fact changed after a review: the same pair is offered again."""
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    _all = models.Manager()

    class Meta:
        """Two cards are one candidate."""

        default_manager_name = "_all"
        constraints = (models.UniqueConstraint(fields=["request", "found"], name="one_candidate_a_pair"),)
        indexes = (models.Index(fields=["state", "made_at"]),)


class Share(SealedModel):
    """One person's half of the key that seals a candidate. Without either half nothing of it opens."""

    key_owner = "person_id"

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="shares")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    half = SealedField()

    _all = models.Manager()

    class Meta:
        """One half each."""

        default_manager_name = "_all"
        constraints = (models.UniqueConstraint(fields=["candidate", "person"], name="one_half_each"),)


class Review(models.Model):
    """One statement of one reviewer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="reviews")
    round = models.PositiveSmallIntegerField()
    seat = models.PositiveSmallIntegerField()
    """1 the first reviewer, 2 the second, 3 the arbitrator."""
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=20, choices=Stage.choices())
    conclusion = models.CharField(max_length=20, choices=Judgement.choices())
    content = models.BinaryField()
    """Sealed under both people: features judged, and the reason."""
    began_at = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now)

    _all = models.Manager()

    class Meta:
        """One statement a stage and seat."""

        default_manager_name = "_all"
        constraints = (
            models.UniqueConstraint(fields=["candidate", "round", "seat", "stage"], name="one_statement_a_stage"),
        )


class Seat(models.Model):
    """Who reviews a candidate, from when they were given it; nobody else takes the seat meanwhile."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    """All that a blind reviewer gets to know of the candidate."""
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="seats")
    round = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    swapped = models.BooleanField()
    """Which side is shown first: drawn at random."""
    given_at = models.DateTimeField(default=timezone.now)

    _all = models.Manager()

    class Meta:
        """A seat is one person's, and a person has one seat."""

        default_manager_name = "_all"
        constraints = (
            models.UniqueConstraint(fields=["candidate", "round", "number"], name="one_reviewer_a_seat"),
            models.UniqueConstraint(fields=["candidate", "round", "reviewer"], name="one_seat_a_reviewer"),
        )


class Shown(models.Model):
    """Somebody saw the evidence of a candidate before judging the faces: they take no seat in this round."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="+")
    round = models.PositiveSmallIntegerField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    _all = models.Manager()

    class Meta:
        """Said once."""

        default_manager_name = "_all"
        constraints = (models.UniqueConstraint(fields=["candidate", "round", "user"], name="shown_once"),)


class Conflict(models.Model):
    """A reviewer who said that they should not judge this candidate."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="conflicts")
    reviewer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    _all = models.Manager()

    class Meta:
        """Said once."""

        default_manager_name = "_all"
        constraints = (models.UniqueConstraint(fields=["candidate", "reviewer"], name="one_conflict_each"),)


class Conclusion(models.Model):
    """Two reviews agree, and a senior concludes on a fact that is not the face; or a forensic officer, of the dead."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidate = models.OneToOneField(Candidate, on_delete=models.CASCADE, related_name="conclusion")
    of_death = models.BooleanField(default=False)
    concluded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    content = models.BinaryField()
    """Sealed under both people: the facts it stands on, the reason; of a death the primary identifier and the authority's
    reference."""

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"


class Answer(Word):
    """What the found person said when asked whether the family may know."""

    NOT_ASKED = "not_asked"
    YES = "yes"
    NO = "no"
    LATER = "later"
    """They asked to be asked again: it is no consent."""
    CANNOT = "cannot_be_asked"


class Disclosure(models.Model):
    """Telling the family: a separate act, after the found person was asked, with an approval of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conclusion = models.OneToOneField(Conclusion, on_delete=models.CASCADE, related_name="disclosure")
    answer = models.CharField(max_length=16, choices=Answer.choices(), default=Answer.NOT_ASKED)
    where_too = models.BooleanField(default=False)
    """They also said that the family may know where they are."""
    capacity = models.CharField(max_length=20, choices=Capacity.choices(), blank=True, default="")
    """Who answered for the found person, as of a consent; empty for the dead, and where nobody was asked yet."""
    by_whom = models.BinaryField(null=True)
    """Sealed under both people: the name of the guardian, or of who decided in the best interest."""
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    """Who did not approve, last; it stays where somebody approved after all, and goes where the answer is recorded anew."""
    refused_at = models.DateTimeField(null=True)
    refusal = models.BinaryField(null=True)
    """Sealed under both people: why it was not approved."""
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    """Who recorded what came of it: as the family was told, or later."""
    ended_at = models.DateTimeField(null=True)
    content = models.BinaryField(null=True)
    """Sealed under both people: the words the family was told, what came of it, and what the two cards said before."""

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"


class Control(SealedModel):
    """Two photos of which it is known whether they are of one person, mixed into blind reviews at a set rate."""

    key_owner = "person_id"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    photo = models.UUIDField()
    other_photo = models.UUIDField()
    truth = SealedField()
    """``one`` or ``two`` people."""
    made_by = models.UUIDField(null=True)
    """The user who said so: they know, and are not given it."""
    made_at = models.DateTimeField(default=timezone.now)

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"


class ControlReview(models.Model):
    """What a reviewer said of a control, without knowing it to be one; they are told afterwards."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    control = models.ForeignKey(Control, on_delete=models.SET_NULL, null=True, related_name="reviews")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    swapped = models.BooleanField()
    given_at = models.DateTimeField(default=timezone.now)
    conclusion = models.CharField(max_length=20, choices=Judgement.choices(), blank=True, default="")
    right = models.BooleanField(null=True)
    """Whether it was so; null where the reviewer called it inconclusive, or has not said."""
    one_person = models.BooleanField(null=True)
    at = models.DateTimeField(null=True)

    _all = models.Manager()

    class Meta:
        """Nobody is given the same control twice."""

        default_manager_name = "_all"
        constraints = (models.UniqueConstraint(fields=["control", "reviewer"], name="one_control_each"),)
