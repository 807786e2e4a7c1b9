"""The block list of known false pictures, for data protection officers. docs/provenance.md says what it protects.

The list is one row, sealed under a secret of the deployment; hashes are in clear in memory only.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kintrace.casework.people import login_of
from kintrace.casework.photos import photo_in
from kintrace.casework.picturerecords import BlockedPictures
from kintrace.casework.pictures import pictures
from kintrace.casework.records import Photo
from kintrace.casework.scope import Scope
from kintrace.casework.sealedlists import SealedList
from kintrace.casework.standings import content_of, facts_of, save_with
from kintrace.errors import BlockListError, NotPossible
from kintrace.ledger import record
from kintrace.provenance import SAME_PICTURE, Blocked, BlockList, Decision, PictureHash
from kintrace.vault import secret

LIST = SealedList(
    BlockedPictures,
    "block-list",
    BlockListError(
        "The block list does not open: it was changed, or belongs to another keyring.",
        "Nothing was read from it.",
        "Restore records and keyring from one backup.",
    ),
)


def is_blocked(probes: Sequence[PictureHash], face_probes: Sequence[PictureHash] = ()) -> bool:
    """Whether a picture is on the list: as a whole, what is inside its border, mirrored or turned."""
    return _list(LIST.read()[1]).match(probes, SAME_PICTURE) is not None


def block_photo(scope: Scope, photo_id: UUID, reason: str) -> dict[str, Any]:
    """Put the picture of a photo on record on the list; every photo with it is quarantined, in every office.

    Args:
        scope: of a data protection officer.
        photo_id: a photo of the scope's.
        reason: why the picture is known to be false; it stays on the list when the photo is erased, so it names nobody.

    Returns:
        ``{entry, quarantined}``: the entry's mark, and how many photos.

    Raises:
        Denied, NotPossible, DecisionError, BlockListError: nothing was changed.
    """
    photo = photo_in(scope, photo_id, "blocklist.change")
    facts = facts_of(photo)
    if facts is None or facts.hash is None:
        raise NotPossible(
            "The picture of this photo was not looked into yet, or cannot be read.", "The list is as it was.",
            "Let waiting photos be worked on: kintrace worker --once",
        )  # fmt: skip
    return block_picture(scope, facts.hashes, reason)


def block_picture(scope: Scope, hashes: Sequence[PictureHash], reason: str) -> dict[str, Any]:
    """The same of a picture that is on no record, by its hash and those of its turns (``PhotoFacts.hashes``)."""
    scope.require("blocklist.change")
    decision = Decision(login_of(scope.user), reason)
    with transaction.atomic():
        scope.note("blocklist.add")
        held = _locked()
        before = held.match(hashes, 0)
        entry = before or held.add(hashes[0], decision, timezone.now().date())
        found = list(pictures().search(hashes))
        photos = list(Photo._all.select_for_update().filter(id__in=found).order_by("id"))
        for photo in photos:
            content = content_of(photo)
            if not content.get("blocked"):
                content |= {"blocked": True, "settled": None}
            save_with(photo, content)
            record(scope.actor, "photo.quarantined", f"photo:{photo.id}", details=_why(photo))
        LIST.write(held.pack())
    return {"entry": mark_of(entry), "quarantined": len(photos)}


def unblock(scope: Scope, mark: str, reason: str) -> None:
    """Take a picture off the list. Photos that were quarantined by it stay so until a person settles them.

    Raises:
        Denied, NotPossible, DecisionError: nothing was changed.
    """
    scope.require("blocklist.change")
    Decision(login_of(scope.user), reason)
    with transaction.atomic():
        scope.note("blocklist.remove")
        held = _locked()
        entry = next((each for each in held if mark_of(each) == mark), None)
        if entry is None:
            raise NotPossible("There is no such entry.", "The list is as it was.", "See: kintrace blocklist list")
        held.remove(entry.hash)
        LIST.write(held.pack())


def blocked_pictures(scope: Scope) -> list[dict[str, Any]]:
    """The list: for each picture a mark, why it is there, who decided and when. No hash, and no photo.

    Raises:
        Denied: for data protection officers only.
    """
    scope.require("blocklist.read")
    with transaction.atomic():
        entries = list(_list(LIST.read()[1]))
        scope.note("blocklist.read", outcome="done" if entries else "empty", entries=len(entries))
    return [
        {"entry": mark_of(each), "reason": each.reason, "by": each.by, "decided": each.decided.isoformat()}
        for each in entries
    ]


def mark_of(entry: Blocked) -> str:
    """A short name of an entry: it tells nothing of the picture to who has no list."""
    return sha256(secret(LIST.name) + entry.hash.bits).hexdigest()[:10]


def _why(photo: Photo) -> dict[str, str]:
    from kintrace.casework.photos import card_of

    return {"card": card_of(photo), "why": "block_list"}


def _locked() -> BlockList:
    return _list(LIST.read(locked=True)[1])


def _list(data: bytes | None) -> BlockList:
    return BlockList.unpack(data) if data is not None else BlockList()
