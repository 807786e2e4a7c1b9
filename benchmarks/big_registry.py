"""A registry of many invented people in a data folder that stays, for the benchmarks that need a large one.

    .venv/bin/python benchmarks/big_registry.py DIR                      100,000 found people, each with a (random) template
    .venv/bin/python benchmarks/big_registry.py DIR --people 10000

Two offices: “finding” holds the found people's cards, opened two years ago; “asking” has some requests, half of them for people
who are there, from which a worker searches when it first runs. Users as in the demonstration, with its
password. Running it again on the same folder adds what is missing to the number asked for.
"""

import argparse
import os
import random
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import invented_people as invented

AT_ONCE, WIDTH, REQUESTS = 250, 128, 200
PURPOSES = {"tracing": True, "face_search": True, "share_office:*": True}
CONSENT = {
    "given_by": "invented", "capacity": "best_interest", "language": "en", "method": "paper", "purposes": PURPOSES,
}  # fmt: skip


def main() -> None:
    """Fill it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=100_000)
    options = parser.parse_args()
    os.environ |= {
        "KINTRACE_DATA": str(options.folder.resolve()),
        "DJANGO_SETTINGS_MODULE": "kintrace.site.settings",
    }
    import django

    django.setup()
    fill(options.people)


def fill(people: int) -> None:
    """Add found people until there are so many, then requests."""
    from django.conf import settings
    from django.utils import timezone

    from kintrace.casework.records import Card
    from kintrace.casework.setup import initialised

    database = Path(settings.DATA) / "records.sqlite3"
    finding, asking = scopes() if database.exists() and initialised() else founded()
    there = Card._all.filter(kind="found_person").count()
    rng, start = random.Random(there), time.perf_counter()
    made: list[Any] = []
    who: list[invented.Invented] = []
    while there + len(made) < people:
        who = [invented.somebody(rng) for _ in range(min(AT_ONCE, people - there - len(made)))]
        made += register(finding, [{"kind": "found_person", **invented.found(each, rng)} for each in who])
        if len(made) % 5000 == 0:
            print(
                f"{there + len(made):,} cards, {len(made) / (time.perf_counter() - start):.0f} a second",
                file=sys.stderr,
            )
    Card._all.filter(kind="found_person").update(opened_at=timezone.now() - timedelta(days=730))
    from joint_search_speed import give_templates

    from kintrace.faces import active_packs, set_name

    give_templates(finding, made, set_name(active_packs("sface")), WIDTH)
    _followed()
    missing = REQUESTS - Card._all.filter(kind="tracing_request").count()
    if missing > 0:  # half of them for people who are there
        who = who[: missing // 2] + [invented.somebody(rng) for _ in range(missing - len(who[: missing // 2]))]
        register(asking, [{"kind": "tracing_request", **invented.request(each, rng)} for each in who])


def _followed() -> None:
    """What was registered years ago was searched from then: the standing search goes on from here."""
    from kintrace.ledger import Entry
    from kintrace.matching.searchrecords import Followed

    newest = Entry._all.order_by("-number").values_list("number", flat=True).first() or 0
    Followed._all.update_or_create(id=1, defaults={"number": newest})


def register(scope: Any, written: list[dict[str, Any]]) -> list[Any]:
    """Keep cards in one transaction; their ids."""
    from kintrace.casework.forms import card_form
    from kintrace.casework.registration import register_many

    forms = [card_form({**each, "consent": CONSENT}) for each in written]
    return [card.id for card in register_many(scope, forms, [None] * len(forms))]


def founded() -> tuple[Any, Any]:
    """Two offices, and the demonstration's users in both."""
    from django.contrib.auth.hashers import make_password

    from kintrace.casework.people import Membership, Office, Role, User
    from kintrace.casework.setup import add_office, initialise
    from kintrace.site.demo import PASSWORD

    scope = initialise("bench.example", "asking", "asking", "olga")
    add_office(scope, "finding", "finding")
    password = make_password(PASSWORD)
    for office in Office._all.all():
        for role in Role:
            user = User(username=f"{role}-{office.code}", password=password)
            user.save()
            Membership._all.create(user=user, office=office, role=role)
    return scopes()


def scopes() -> tuple[Any, Any]:
    """A field officer's scope in each office: finding, asking."""
    from kintrace.casework.people import Office, User
    from kintrace.casework.scope import scope_for

    return tuple(
        scope_for(User.objects.get(username=f"field_officer-{code}"), Office._all.get(code=code), "registration")
        for code in ("finding", "asking")
    )  # type: ignore[return-value]


if __name__ == "__main__":
    main()
