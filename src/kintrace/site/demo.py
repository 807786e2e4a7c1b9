"""A demonstration agency: two offices, a user for each role, and cards about invented people with portraits of volunteers.

The portraits are the AT&T faces (1992 to 1994). Every name, date and place around them is invented, and says so. Some people
have a card in both offices, written independently: the standing search finds them while it is made.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from django.db import transaction
from PIL import Image

from kintrace.casework.forms import card_form, photo_form
from kintrace.casework.people import Membership, Office, Role, User
from kintrace.casework.photos import attach
from kintrace.casework.records import Card
from kintrace.casework.registration import register
from kintrace.casework.scope import Scope, scope_for
from kintrace.casework.setup import add_office, initialise

PASSWORD = "for-the-demo-only"  # noqa: S105  # of a demonstration's users, on this machine
OFFICES = {"amman": "Amman office (demonstration)", "hamburg": "Hamburg office (demonstration)"}
USERS: Mapping[str, tuple[str, tuple[Role, ...]]] = {
    "rana": ("amman", (Role.FIELD_OFFICER,)),
    "sami": ("amman", (Role.CASEWORKER,)),
    "mona": ("amman", (Role.SENIOR_REVIEWER,)),
    "lena": ("hamburg", (Role.FIELD_OFFICER, Role.CASEWORKER)),
    "jonas": ("hamburg", (Role.SENIOR_REVIEWER,)),
    "vera": ("hamburg", (Role.FORENSIC_OFFICER,)),
    "david": ("hamburg", (Role.DATA_PROTECTION_OFFICER,)),
    "olga": ("hamburg", (Role.ADMINISTRATOR,)),
}
"""Login, office, roles."""
CONSENT = {
    "given_by": "the person (invented)", "capacity": "self", "language": "ar", "method": "paper",
    "purposes": {"tracing": True, "face_search": True, "share_office:*": True, "publish": False, "research": False},
}  # fmt: skip
GUARDED = {**CONSENT, "capacity": "best_interest", "given_by": "the office (invented)"}
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Pair:
    """One person as two offices may have written them; either part may be missing."""

    volunteer: int
    sought: Mapping[str, Any] | None = None
    enquirer: Mapping[str, Any] | None = None
    found: Mapping[str, Any] | None = None
    child: bool = False


def _both(name: str, script: str) -> dict[str, str]:
    return {"value": name, "original_script": script}


PEOPLE: Sequence[Pair] = (
    Pair(
        1,
        {
            "full_name": _both("Yusuf Haddad", "يوسف حداد"),
            "date_of_birth": "2014-03",
            "sex": "male",
            "place_of_birth": "Aleppo",
            "mother_maiden_name": "Rania Aziz",
            "last_contact": "Idlib",
            "last_contact_date": "2024-11",
            "priority": ["minor"],
            "family": [{"relation": "brother", "name": "Omar Haddad"}],
        },
        {
            "full_name": _both("Rania Aziz", "رانيا عزيز"),
            "relationship": "mother",
            "sex": "female",
            "languages": ["ar"],
            "contact": "+962 000 000 (invented)",
            "safe_contact": "mornings, never by text",
        },
        {
            "full_name": "Jusuf Hadad",
            "date_of_birth": "10-11 as of 2024-12",
            "sex": "male",
            "place_of_birth": "Haleb",
            "found_kind": "unaccompanied_child",
            "found_date": "2024-12-02",
            "found_place": "Hamburg",
            "agrees_to_be_found": "not_asked",
            "family": [{"relation": "mother", "name": "Rania Asis"}],
            "current_location": "Youth home 4 (invented)",
        },
        child=True,
    ),
    Pair(
        2,
        {
            "full_name": _both("Olena Shevchuk", "Олена Шевчук"),
            "date_of_birth": "1987-05-03",
            "sex": "female",
            "place_of_birth": "Mariupol",
            "last_contact": "Mariupol",
            "last_contact_date": "2022-03",
            "nationality": "Ukrainian",
        },
        {
            "full_name": _both("Halyna Shevchuk", "Галина Шевчук"),
            "relationship": "mother",
            "languages": ["uk"],
            "contact": "desk 2 (invented)",
        },
        {
            "full_name": "Elena Schewtschuk",
            "date_of_birth": "1987-03-05",
            "sex": "female",
            "place_of_birth": "Mariupol",
            "found_kind": "patient",
            "found_date": "2023-01-15",
            "found_place": "Hamburg",
            "agrees_to_be_found": "not_asked",
        },
    ),
    Pair(
        3,
        {
            "full_name": _both("Farid Nazari", "فرید نظری"),
            "date_of_birth": "1994",
            "sex": "male",
            "place_of_birth": "Herat",
            "last_contact": "Izmir",
            "last_contact_date": "2023-09",
            "marks": "scar above the left eyebrow",
            "height": "176",
        },
        {
            "full_name": _both("Zahra Nazari", "زهرا نظری"),
            "relationship": "sister",
            "languages": ["fa"],
            "contact": "camp 3, row 9 (invented)",
        },
        {
            "full_name": "Nasari, Fareed",
            "date_of_birth": "1993..1995",
            "sex": "male",
            "place_of_birth": "Herat",
            "found_kind": "alive_self_registered",
            "found_date": "2024-02",
            "found_place": "Bremen",
            "marks": "scar over left brow",
            "height": "175",
            "agrees_to_be_found": "yes",
        },
    ),
    Pair(
        4,
        {
            "full_name": _both("Karim Al-Aziz", "كريم العزيز"),
            "date_of_birth": "1979-10-21",
            "sex": "male",
            "place_of_birth": "Homs",
            "last_contact": "Beirut",
            "last_contact_date": "2021-06-30",
            "occupation": "baker",
        },
        {
            "full_name": _both("Huda Al-Aziz", "هدى العزيز"),
            "relationship": "wife",
            "languages": ["ar"],
            "contact": "+962 000 001 (invented)",
        },
        {
            "full_name": "Kareem Alasis",
            "date_of_birth": "1979-10-21",
            "sex": "male",
            "place_of_birth": "Homs",
            "occupation": "Bäcker",
            "found_kind": "alive_self_registered",
            "found_date": "2022-08",
            "found_place": "Kiel",
            "agrees_to_be_found": "not_asked",
        },
    ),
    Pair(
        5,
        {
            "full_name": _both("Ivan Petrenko", "Іван Петренко"),
            "date_of_birth": "2001-01-17",
            "sex": "male",
            "serial_number": "AB-104482",
            "army": "Ukraine",
            "place_of_birth": "Poltava",
            "last_contact": "Bakhmut",
            "last_contact_date": "2023-05",
        },
        {
            "full_name": _both("Nadiia Petrenko", "Надія Петренко"),
            "relationship": "mother",
            "languages": ["uk"],
            "contact": "desk 7 (invented)",
        },
        {
            "body_label": "H-2024-017 (invented)",
            "found_kind": "deceased_unidentified",
            "found_date": "2023-06-11",
            "sex": "male",
            "found_place": "near Bakhmut",
            "recovery_site": "trench 4 (invented)",
            "mortuary": "unit 2 (invented)",
            "serial_number": "AB-104482",
            "condition": "complete",
            "effects": "watch, cross",
            "date_of_birth": "1998..2004",
        },
    ),
)
"""With a card in both offices."""
MORE = (
    "Amal Idris", "Bohdan Levko", "Chidi Okoro", "Daria Mel", "Elias Khoury", "Goran Ilić", "Hana Sato", "Jonas Weber",
    "Lina Mora", "Marko Babić", "Nadia Rahimi", "Omar Said", "Pavlo Kost", "Quang Tran", "Rosa Vidal", "Samir Dahir",
)  # fmt: skip


def build(portraits: Path, progress: Progress | None = None) -> None:
    """Fill a new data folder.

    Args:
        portraits: the AT&T faces: ``s1/1.pgm`` and so on.
        progress: called with how many cards are made, and of how many.
    """
    scope = initialise("demo.kintrace", "hamburg", OFFICES["hamburg"], "olga")
    add_office(scope, "amman", OFFICES["amman"])
    Membership._all.filter(user=scope.user).exclude(role=Role.ADMINISTRATOR).delete()
    offices = {each.code: each for each in Office._all.all()}
    with transaction.atomic():
        scope.note("demo.users", users=len(USERS))
        for login, (code, roles) in USERS.items():
            user = User.objects.filter(username=login).first() or User(username=login)
            user.set_password(PASSWORD)
            user.save()
            for role in roles:
                Membership._all.get_or_create(user=user, office=offices[code], role=role)
    asking, finding, dead = (scope_of(login) for login in ("rana", "lena", "vera"))
    total, done = len(PEOPLE) + len(MORE), 0
    for pair in PEOPLE:
        _make(pair, asking, dead if "body_label" in (pair.found or {}) else finding, portraits)
        done += 1
        if progress:
            progress(done, total)
    for number, name in enumerate(MORE):
        found = {
            "full_name": name,
            "sex": "unknown",
            "found_kind": "alive_self_registered",
            "found_date": f"2024-{1 + number % 12:02}",
            "found_place": ("Hamburg", "Lübeck", "Rostock")[number % 3],
            "date_of_birth": str(1960 + 3 * number),
        }
        sought = {"full_name": name, "date_of_birth": str(1960 + 3 * number), "last_contact": "Damascus"}
        kin = {"full_name": f"{name.split()[-1]} (family)", "relationship": "cousin", "contact": "invented"}
        asked = Pair(10 + number, sought, kin) if number % 3 == 0 else Pair(10 + number, None, None, found)
        _make(asked, asking, finding, portraits)
        done += 1
        if progress:
            progress(done, total)


def scope_of(login: str, purpose: str = "registration") -> Scope:
    """The scope of one of the demonstration's users."""
    return scope_for(User.objects.get(username=login), Office._all.get(code=USERS[login][0]), purpose)


def _make(pair: Pair, asking: Scope, finding: Scope, portraits: Path) -> None:
    consent = GUARDED if pair.child else CONSENT
    place = portraits / f"s{pair.volunteer}"
    if pair.sought is not None:
        enquirer = {**(pair.enquirer or {}), "consent": CONSENT}
        form = {
            "kind": "tracing_request",
            "sought": pair.sought,
            "enquirer": enquirer,
            "consent": consent,
            "reason": "conflict",
        }
        if isinstance(form["sought"], Mapping) and "priority" in form["sought"]:
            form["priority"] = form["sought"]["priority"]  # of the card, not of the person
            form["sought"] = {key: value for key, value in form["sought"].items() if key != "priority"}
        card = register(asking, card_form(form))
        add_photos(asking, card, place, (7, 8), "2021")
    if pair.found is not None:
        card = register(finding, card_form({"kind": "found_person", "found": pair.found, "consent": consent}))
        add_photos(finding, card, place, (1, 3), "2024")


def add_photos(scope: Scope, card: Card, place: Path, numbers: Sequence[int], taken: str) -> None:
    """Attach some of a volunteer's ten portraits."""
    for number in numbers:
        out = BytesIO()
        with Image.open(place / f"{number}.pgm") as portrait:
            portrait.resize((368, 448), Image.Resampling.LANCZOS).save(out, "PNG")
        told = {"path": f"portrait-{number}.png", "origin": "family", "taken": taken, "face": "largest"}
        attach(scope, str(card.id), out.getvalue(), photo_form(told))
