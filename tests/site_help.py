"""Signed-in clients in any role, for tests of pages without a browser."""

import uuid

from django.test import Client
from matching_help import FACE

from kintrace.casework.people import Membership, Office, Role, User
from kintrace.casework.scope import Scope

PARTS = {f"part-{part}": word for part, word in FACE.items()}
"""What a form sends of the parts of two faces."""


def client_for(scope: Scope, *roles: Role, login: str = "", office: str = "") -> Client:
    """Somebody new in the scope's office (or another) with these roles, signed in. Forms need a token, as in a browser."""
    user = User(username=login or uuid.uuid4().hex[:12])
    user.set_unusable_password()
    user.save()
    where = Office._all.get(code=office) if office else Office._all.get(id=scope.office)
    Membership._all.bulk_create(Membership(user=user, office=where, role=role) for role in roles)
    client = Client()
    client.force_login(user)
    return client
