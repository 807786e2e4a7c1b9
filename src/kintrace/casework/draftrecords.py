"""What somebody is still writing: sealed from the first letter on."""

import uuid

from django.db import models
from django.utils import timezone

from kintrace.casework.people import Office, User
from kintrace.vault.fields import SealedField, SealedModel


class Draft(SealedModel):
    """A form while it is filled. Of a new card it is sealed under a key of its own, which ends with the draft; of changes to a
    card under the key of the person on it, so that erasing them takes the draft too."""

    key_owner = "person_id"

    person_id = models.UUIDField(default=uuid.uuid4)
    """Whose key seals it: of a new card nobody's yet."""
    card = models.UUIDField(null=True)
    """The card it changes; none for a new one."""
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    content = SealedField()
    """Sealed JSON: the form's fields as they were typed."""
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    _all = models.Manager()

    class Meta:
        """Nobody has two drafts of changes to one card."""

        default_manager_name = "_all"
        constraints = (models.UniqueConstraint(fields=["user", "card"], name="one_draft_a_card"),)
