"""What Django looks for: all models of the room."""

from kintrace.casework.draftrecords import Draft
from kintrace.casework.people import Bureau, Deployment, Membership, Office, User
from kintrace.casework.picturerecords import BlockedPictures, NearFace, PictureChange, SamePicture, TrustedSigners
from kintrace.casework.records import Card, Change, Consent, Fact, Grant, NotAgain, Person, Photo, Template, Tombstone

__all__ = [
    "BlockedPictures",
    "Bureau",
    "Card",
    "Change",
    "Consent",
    "Deployment",
    "Draft",
    "Fact",
    "Grant",
    "Membership",
    "NearFace",
    "NotAgain",
    "Office",
    "Person",
    "Photo",
    "PictureChange",
    "SamePicture",
    "Template",
    "Tombstone",
    "TrustedSigners",
    "User",
]
