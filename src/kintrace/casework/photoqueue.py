"""Which photos wait for the background job: those whose face waits to be found, or whose file to be looked into.

Apart from the job itself, so that a command that only asks whether anything waits loads neither models nor decoders.
"""

from django.db.models import Q, QuerySet
from django.utils import timezone

from kintrace.casework.records import Photo, PhotoState

RELEASE = 2
"""Of the checks of a photo's file: photos that were looked at by an earlier one are looked at again."""


def waiting_photos() -> "QuerySet[Photo]":
    """Photos that wait, and that no worker has."""
    free = Q(lease=None) | Q(lease__lt=timezone.now())
    return Photo._all.filter(free, Q(state=PhotoState.WAITING) | Q(checked__lt=RELEASE))


def any_may_wait() -> bool:
    """Whether there is anything to look for: two questions that an index answers, where the one of ``waiting_photos`` reads every
    photo. Photos that another worker has count.
    """
    photos = Photo._all.all()
    return photos.filter(state=PhotoState.WAITING).exists() or photos.filter(checked__lt=RELEASE).exists()
