"""Rows about pictures: which stand on several people's records, or show nearly one face there; what changed; the sealed lists."""

import uuid

from django.db import models
from django.utils import timezone

from kintrace.casework.records import Photo, Template
from kintrace.casework.words import Word


class Belongs(Word):
    """What a person says of a picture that stands on two people's records."""

    HERE = "here"
    THERE = "there"
    BOTH = "both"
    NEITHER = "neither"


MIRRORED = {
    Belongs.HERE: Belongs.THERE,
    Belongs.THERE: Belongs.HERE,
    Belongs.BOTH: Belongs.BOTH,
    Belongs.NEITHER: Belongs.NEITHER,
}
"""The same answer, as seen from the other side."""


class SamePicture(models.Model):
    """One side of a picture that stands on two people's records; the other side has a row of its own.

    Where the other photo is erased, this row stays without it: what was doubtful stays so until a person settles it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="same")
    other = models.ForeignKey(Photo, on_delete=models.SET_NULL, null=True, related_name="+")
    by = models.CharField(max_length=5, choices=[("whole", "whole"), ("face", "face")])
    distance = models.PositiveSmallIntegerField()
    """Bits of 256 that differ."""
    contradicts = models.BooleanField()
    """The two cards cannot both be right: both photos are quarantined until people settle it."""
    answer = models.CharField(max_length=8, choices=Belongs.choices(), blank=True, default="")
    """What was said for this side."""
    two = models.BooleanField(default=False)
    """A person said that they are two pictures in fact: it counts for nothing until that is taken back."""
    found_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)

    _all = models.Manager()

    class Meta:
        """Two photos are one picture once."""

        default_manager_name = "_all"
        constraints = (models.UniqueConstraint(fields=["photo", "other"], name="same_picture_once"),)


class NearFace(models.Model):
    """Two templates of two people that are near-identical, whose photos one submitter gave or one site showed.

    As :class:`SamePicture` it holds ids only: of what the face is, or who, it tells nothing. It goes with either template, and so
    with either consent, photo or person.
    """

    one = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="+")
    """The one whose id is the larger."""
    score = models.FloatField()
    by_submitter = models.BooleanField()
    """Both photos were given by one user."""
    by_site = models.BooleanField()
    """Both photos are from one web site."""

    _all = models.Manager()

    class Meta:
        """Two templates are a pair once."""

        default_manager_name = "_all"
        constraints = (models.UniqueConstraint(fields=["one", "other"], name="near_face_once"),)


class PictureChange(models.Model):
    """The change log of picture hashes, by which each process keeps its index true; see :class:`Change`."""

    number = models.BigAutoField(primary_key=True)
    photo = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"


class SealedRow(models.Model):
    """A list of the deployment's in one row, sealed under a secret of its own: see :mod:`.sealedlists`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    content = models.BinaryField()
    version = models.PositiveBigIntegerField(default=1)

    _all = models.Manager()

    class Meta:
        """Each list has a table of its own; the manager verbs use."""

        abstract = True
        default_manager_name = "_all"


class BlockedPictures(SealedRow):
    """The block list of known false pictures."""


class TrustedSigners(SealedRow):
    """The authorities whose signers of content credentials are trusted."""
