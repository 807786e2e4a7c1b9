"""What the search itself keeps: offices apart, saved searches, how far the ledger was followed, which weights are in use."""

from django.db import models
from django.utils import timezone

from kintrace.casework.people import Office, User
from kintrace.vault.fields import SealedField, SealedModel


class Apart(models.Model):
    """Two offices whose records are never compared."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    _all = models.Manager()

    class Meta:
        """Said once."""

        default_manager_name = "_all"
        constraints = (models.UniqueConstraint(fields=["office", "other"], name="apart_once"),)


class SavedSearch(SealedModel):
    """A search of the registry that somebody keeps for a while. What it looks for is sealed under a key of its own."""

    key_owner = "pk"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    content = SealedField()
    """Sealed JSON: the question, and what it is called."""
    made_at = models.DateTimeField(default=timezone.now)
    expires = models.DateField()

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"
        indexes = (models.Index(fields=["expires"]),)


class Followed(models.Model):
    """How far the standing search has followed the ledger; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    lease = models.DateTimeField(null=True)
    """Until when a worker has it."""
    seen = models.DateTimeField(null=True)
    """When a worker last looked whether there is anything to do."""
    anew_after = models.UUIDField(null=True)
    """Open cards with ids after this one are still to be weighed anew, for other weights came into use; null where none are."""

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"


class WeightsInUse(models.Model):
    """The version of the weights of names, or of one set of model packs' faces, by which cards are weighed or weighed anew."""

    of = models.CharField(max_length=100, primary_key=True)
    """``names``, or ``faces`` and the set of packs."""
    version = models.CharField(max_length=16)

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"
