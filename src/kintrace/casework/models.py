"""What Django looks for: all models of the room."""

from kintrace.casework.people import Bureau, Deployment, Membership, Office, User
from kintrace.casework.picturerecords import BlockedPictures, PictureChange, SamePicture
from kintrace.casework.records import Card, Change, Consent, Fact, Grant, NotAgain, Person, Photo, Template, Tombstone

__all__ = [
    "BlockedPictures",
    "Bureau",
    "Card",
    "Change",
    "Consent",
    "Deployment",
    "Fact",
    "Grant",
    "Membership",
    "NotAgain",
    "Office",
    "Person",
    "Photo",
    "PictureChange",
    "SamePicture",
    "Template",
    "Tombstone",
    "User",
]
