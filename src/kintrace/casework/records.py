"""The records: cards and the people on them, each stated fact sealed under the key of the person it is about."""

import uuid

from django.db import models
from django.utils import timezone

from kintrace.casework.people import Bureau, Office, User
from kintrace.casework.words import Word
from kintrace.vault.fields import BlobField, SealedField, SealedModel


class PersonKind(Word):
    """In what part a person is on a card."""

    SOUGHT = "sought"
    FOUND = "found"
    ENQUIRER = "enquirer"


class CardKind(Word):
    """What a card is."""

    TRACING_REQUEST = "tracing_request"
    FOUND_PERSON = "found_person"


class Status(Word):
    """Where the work on a card stands. None of them says that a person was identified."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    UNDER_REVIEW = "candidate_under_review"
    VERIFIED = "verified"
    CONTACT_RESTORED = "contact_restored"
    REUNIFIED = "reunified"
    FATE_CLARIFIED = "fate_clarified"
    CLOSED = "closed"


class Person(models.Model):
    """A person with a key of their own; what is known of them is in facts, photos and consents."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=PersonKind.choices())
    made_at = models.DateTimeField(default=timezone.now)

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"


class Card(models.Model):
    """What a field officer fills: a tracing request or a found-person card. In clear are only ids, dates and its state."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    local = models.PositiveBigIntegerField()
    """Number in the office that opened it; with the deployment's domain and the office's code it is the record id."""
    opened_by = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="cards")
    kind = models.CharField(max_length=20, choices=CardKind.choices())
    subject = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="card")
    enquirer = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="requests")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    bureaus = models.ManyToManyField(Bureau, related_name="cards", blank=True)
    status = models.CharField(max_length=30, choices=Status.choices(), default=Status.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)
    review_due = models.DateField(null=True)
    expires = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    imported_as = models.BinaryField(max_length=16, null=True, unique=True)
    """Keyed fingerprint of the row of an import that made it, so that importing twice makes one card."""

    _all = models.Manager()

    class Meta:
        """Numbers are an office's own."""

        default_manager_name = "_all"
        constraints = (models.UniqueConstraint(fields=["opened_by", "local"], name="card_number"),)
        indexes = (
            models.Index(fields=["office", "status"]),
            models.Index(fields=["office", "review_due"]),
            models.Index(fields=["expires"]),
            models.Index(fields=["office", "opened_at", "local"]),
        )


class Fact(SealedModel):
    """One stated fact, sealed: value, original script, source, source date, certainty, and why it was changed.

    An amended fact stays, with when it was superseded; the value that holds is the one that was not.
    """

    key_owner = "person_id"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="facts")
    name = models.CharField(max_length=40)
    content = SealedField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.UUIDField()
    superseded_at = models.DateTimeField(null=True)
    superseded_by = models.UUIDField(null=True)

    _all = models.Manager()

    class Meta:
        """One value holds at a time."""

        default_manager_name = "_all"
        constraints = (
            models.UniqueConstraint(
                fields=["person", "name"], condition=models.Q(superseded_at=None), name="one_fact_holds"
            ),
        )


class Capacity(Word):
    """On what ground somebody consents."""

    SELF = "self"
    GUARDIAN = "guardian"
    BEST_INTEREST = "best_interest"


class Consent(SealedModel):
    """What one person agreed to, as of a date; the latest one that was not withdrawn holds.

    Purposes are in clear, since every query asks them; who gave the consent, and how, is sealed.
    """

    key_owner = "person_id"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    capacity = models.CharField(max_length=20, choices=Capacity.choices())
    notice_version = models.CharField(max_length=40)
    given_on = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.UUIDField()
    content = SealedField()
    """Sealed JSON: given_by, language, method."""
    superseded_at = models.DateTimeField(null=True)

    _all = models.Manager()

    class Meta:
        """One consent holds at a time."""

        default_manager_name = "_all"
        constraints = (
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(superseded_at=None), name="one_consent_holds"
            ),
        )


class Purpose(Word):
    """What somebody may consent to."""

    TRACING = "tracing"
    FACE_SEARCH = "face_search"
    SHARE_OFFICE = "share_office"
    SHARE_AUTHORITY = "share_authority"
    PUBLISH = "publish"
    RESEARCH = "research"


class Grant(models.Model):
    """Yes or no to one purpose. With a target for sharing: an office's code, an authority's name code, or ``*`` for all."""

    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="grants")
    purpose = models.CharField(max_length=20, choices=Purpose.choices())
    target = models.CharField(max_length=60, blank=True, default="")
    allowed = models.BooleanField()

    _all = models.Manager()

    class Meta:
        """One answer each."""

        default_manager_name = "_all"
        constraints = (models.UniqueConstraint(fields=["consent", "purpose", "target"], name="one_answer_a_purpose"),)
        indexes = (models.Index(fields=["purpose", "allowed"]),)


class PhotoState(Word):
    """What became of a photo. In every state but the first it is kept and no worker is needed.

    held: no consent to face search; choose: several faces, and nobody said which is meant; poor: too poor to compare;
    refused: it cannot be read.
    """

    WAITING = "waiting"
    DONE = "done"
    HELD = "held"
    NO_FACE = "no_face"
    CHOOSE = "choose"
    POOR = "poor"
    REFUSED = "refused"


class Assessed(Word):
    """What a photo may be used for; one that is quarantined takes no part in any search."""

    USABLE = "usable"
    LEAD_ONLY = "lead_only"
    QUARANTINED = "quarantined"


class Photo(SealedModel):
    """One photo of a person: the file sealed in the blob store, what is known of it sealed here."""

    key_owner = "person_id"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="photos")
    blob = BlobField()
    crop = BlobField(blank=True, default="")
    content = SealedField()
    """Sealed JSON: sha256, role, taken, origin, source, grade, custody, assessment, decisions, faces and their boxes."""
    file_facts = SealedField(null=True)
    """Sealed JSON: all that the file tells (:class:`kintrace.provenance.PhotoFacts`)."""
    hashes = SealedField(null=True)
    """Sealed JSON: picture hashes of the whole and of the faces; in clear they are in memory only."""
    page = BlobField(blank=True, default="")
    """The saved page that a photo of the web was found on."""
    checked = models.PositiveSmallIntegerField(default=0)
    """Which release of the checks looked at the file; 0: none yet."""
    assessment = models.CharField(max_length=12, choices=Assessed.choices(), default=Assessed.USABLE)
    state = models.CharField(max_length=10, choices=PhotoState.choices(), default=PhotoState.WAITING)
    face = models.CharField(max_length=8, blank=True, default="")
    """Which face is the person: a number from 1, the largest first, ``largest`` or ``central``; empty where nobody said."""
    size = models.PositiveIntegerField()
    quality = models.PositiveSmallIntegerField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    lease = models.DateTimeField(null=True)
    """Until when a worker has it."""
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.UUIDField()

    _all = models.Manager()

    class Meta:
        """Workers look for the ones that wait."""

        default_manager_name = "_all"
        indexes = (
            models.Index(fields=["state", "made_at"]),
            models.Index(fields=["checked"]),
            models.Index(fields=["assessment"]),
        )


NOT_QUARANTINED = ~models.Q(photo__assessment=Assessed.QUARANTINED)
"""Of templates: those whose photo may take part in searches."""


class Template(SealedModel):
    """One template, sealed, made by one set of model packs. It exists only while consent to face search holds."""

    key_owner = "person_id"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="templates")
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="templates")
    pack = models.CharField(max_length=80)
    key = models.CharField(max_length=300)
    """The encoder's key: models, versions, hashes, shares."""
    vector = SealedField()
    """float32, little endian."""
    quality = models.PositiveSmallIntegerField()
    compared = models.PositiveSmallIntegerField(default=0)
    """Which release of :mod:`.nearfaces` compared it with all others, for near-identical faces; 0: none yet, or not anew."""
    made_at = models.DateTimeField(default=timezone.now)

    _all = models.Manager()

    class Meta:
        """A photo of a person gives one template a pack set. The worker looks for those that were not compared."""

        default_manager_name = "_all"
        constraints = (models.UniqueConstraint(fields=["photo", "pack"], name="one_template_a_pack"),)
        indexes = (models.Index(fields=["compared"]),)


class Change(models.Model):
    """The change log of templates, by which each process keeps its gallery true. Written after the ledger's lock is held, so
    that numbers become visible in their order."""

    number = models.BigAutoField(primary_key=True)
    template = models.UUIDField()
    gone = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"


class Tombstone(models.Model):
    """What is left of an erased record: the four fields of PFIF 1.4 for expired records, and nothing of the person."""

    person_record_id = models.CharField(max_length=200, primary_key=True)
    source_date = models.DateTimeField()
    entry_date = models.DateTimeField()
    expiry_date = models.DateTimeField()

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"


class NotAgain(models.Model):
    """Keyed fingerprint of a row of an import whose card was erased, so that it is not imported again.

    It opens nothing, and tells something only to who has both that very row and the key.
    """

    mark = models.BinaryField(max_length=16, primary_key=True)

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"
