"""Who works here: users, offices, bureaus, and the roles that users have in offices."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models

from kintrace.casework.roles import Role as Role


class User(AbstractUser):
    """Somebody who works with Kintrace. The login name is not the name of a person searched for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    password_given = models.BooleanField(default=False)
    """Somebody else gave the password: it is changed before anything else."""


class Office(models.Model):
    """An office that holds cards."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    made_at = models.DateTimeField(auto_now_add=True)
    next_card = models.PositiveBigIntegerField(default=1)

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"


class Bureau(models.Model):
    """An office for one situation (a conflict, a disaster, a route), across offices."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    made_at = models.DateTimeField(auto_now_add=True)

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"


class Membership(models.Model):
    """One role of one user in one office, and perhaps in one bureau."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="memberships")
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role.choices())

    _all = models.Manager()

    class Meta:
        """Each role once."""

        default_manager_name = "_all"
        constraints = (
            models.UniqueConstraint(
                fields=["user", "office", "bureau", "role"], name="membership_once", nulls_distinct=False
            ),
        )


class Deployment(models.Model):
    """The one row about this installation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    domain = models.CharField(max_length=120)
    made_at = models.DateTimeField(auto_now_add=True)
    epoch = models.UUIDField(default=uuid.uuid4)
    """Changes where the records were put back from a backup: what processes derived from them is void."""
    notice_version = models.CharField(max_length=40, default="1")
    """Version of the information notice that people are read when they consent."""

    _all = models.Manager()

    class Meta:
        """The manager verbs use."""

        default_manager_name = "_all"


def login_of(user: uuid.UUID) -> str:
    """Who a user is, as records name them."""
    return str(User.objects.values_list("username", flat=True).filter(id=user).first() or "somebody who is no user now")
