"""What Django looks for: all models of the room."""

from kintrace.casework.people import Bureau, Deployment, Membership, Office, User
from kintrace.casework.records import Card, Change, Consent, Fact, Grant, NotAgain, Person, Photo, Template, Tombstone

__all__ = [
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
    "Template",
    "Tombstone",
    "User",
]
