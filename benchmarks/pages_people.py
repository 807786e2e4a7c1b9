"""People at work on the pages, for Locust; benchmarks/pages.py runs it. Each signs in once, then does what their role does."""

import os
import random
import re
import time
from pathlib import Path
from typing import Any

from locust import HttpUser, between, task

PASSWORD = os.environ["KINTRACE_BENCH_PASSWORD"]
NAMES = ("Haddad", "Ivan", "Petrenko", "محمد", "Олена", "Aziz", "Maria", "Karim")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CARD = re.compile(r'href="(/card/[0-9a-f-]{36})"')
NUMBER = re.compile(r"<bdi>([a-z.]+/\d+)</bdi>")
PHOTOS = sorted((Path(__file__).resolve().parents[2] / "shared/faces/lfw-dev").rglob("*.jpg"))


class Somebody(HttpUser):
    """Signs in, and waits between pages as people do."""

    abstract = True
    wait_time = between(1, 5)
    role = ""

    def on_start(self) -> None:
        """Sign in by the form."""
        page = self.client.get("/account/login/", name="sign-in page").text
        login = f"{self.role}-{random.choice(('asking', 'finding'))}"
        form = {"login": login, "password": PASSWORD, "csrfmiddlewaretoken": TOKEN.search(page)[1]}
        self.send("/account/login/", form, "sign in", allow_redirects=False)
        self.client.get("/", name="today")

    def send(self, address: str, form: dict[str, str], name: str, **more: Any) -> Any:
        """Send a form."""
        return self.client.post(address, form, headers={"Referer": self.host}, name=name, **more)

    def card(self) -> str:
        """A card of the list, its purpose told."""
        found = CARD.findall(self.client.get(f"/cards?page={random.randint(1, 8)}", name="cards").text)
        if not found:
            return ""
        address = random.choice(found)
        page = self.client.get(f"{address}/purpose", name="purpose").text
        form = {"purpose": "tracing", "csrfmiddlewaretoken": TOKEN.search(page)[1]}
        self.send(f"{address}/purpose", form, "purpose", allow_redirects=False)
        return address


class Caseworker(Somebody):
    """Looks at cards, candidates, and searches the registry."""

    role, weight = "caseworker", 12

    @task(3)
    def today(self) -> None:
        """What waits."""
        self.client.get("/", name="today")

    @task(4)
    def reads(self) -> None:
        """A card, its history, its candidates."""
        address = self.card()
        if address:
            self.client.get(address, name="card")
            self.client.get(f"{address}/candidates", name="candidates of a card")

    @task(2)
    def candidates(self) -> None:
        """The list."""
        self.client.get("/candidates", name="candidates")

    @task(2)
    def searches(self) -> None:
        """The registry, by a name and a year, for a case that is told once."""
        page = self.client.get("/registry", name="registry").text
        if 'name="q_name"' not in page:
            number = NUMBER.search(self.client.get("/cards", name="cards").text)[1]
            form = {"card": number, "purpose": "tracing", "csrfmiddlewaretoken": TOKEN.search(page)[1]}
            page = self.send("/registry/case", form, "registry").text
        form = {"csrfmiddlewaretoken": TOKEN.search(page)[1], "q_name": random.choice(NAMES)}
        self.send("/registry", form | {"q_born": str(random.randint(1940, 2020))}, "search the registry")

    @task(1)
    def history(self) -> None:
        """Every value of a card."""
        address = self.card()
        if address:
            self.client.get(f"{address}/history", name="history")


class Officer(Somebody):
    """Writes cards."""

    role, weight = "field_officer", 6

    @task
    def writes(self) -> None:
        """A form, kept several times while it is typed, then sent off."""
        page = self.client.get("/new", name="new card").text
        form = {"kind": "found_person", "csrfmiddlewaretoken": TOKEN.search(page)[1]}
        answer = self.send("/new", form, "begin a draft")
        draft = answer.url
        typed = {"csrfmiddlewaretoken": TOKEN.search(answer.text)[1], "subject.found_kind": "patient"}
        for name in NAMES[:3]:
            typed["subject.full_name"] = f"{name} {random.choice(NAMES)}"
            typed["subject.date_of_birth"] = str(random.randint(1940, 2020))
            time.sleep(random.uniform(1, 3))  # the form is kept when somebody rests for most of a second
            self.send(f"{draft}/keep", typed, "keep while typing")
        typed |= {"consent.subject.tracing": "yes", "consent.subject.capacity": "best_interest"}
        self.send(draft, typed, "open the card", allow_redirects=False)


class Protector(Somebody):
    """Reads the ledger."""

    role, weight = "data_protection_officer", 2

    @task
    def ledger(self) -> None:
        """Its newest page."""
        self.client.get("/protection", name="ledger")


class Photographer(Somebody):
    """Sends photos, one after the other, to a card of their own; KINTRACE_BENCH_PHOTOS people do."""

    role, fixed_count = "field_officer", int(os.environ["KINTRACE_BENCH_PHOTOS"])
    abstract = fixed_count == 0
    address = ""

    @task
    def photographs(self) -> None:
        """A photo, as the page sends it."""
        if not self.address:
            page = self.client.get("/new", name="new card").text
            form = {"kind": "found_person", "csrfmiddlewaretoken": TOKEN.search(page)[1]}
            answer = self.send("/new", form, "begin a draft")
            form = {"csrfmiddlewaretoken": TOKEN.search(answer.text)[1], "subject.found_kind": "patient"}
            form |= {"subject.full_name": "Photo Graphed", "consent.subject.tracing": "yes"}
            form |= {"consent.subject.face_search": "yes", "consent.subject.capacity": "best_interest"}
            self.address = CARD.search(self.send(answer.url, form, "open the card").text)[1]
        page = self.client.get(f"{self.address}/photos", name="photos of a card").text
        photo = random.choice(PHOTOS)
        self.client.post(
            f"{self.address}/photos", {"csrfmiddlewaretoken": TOKEN.search(page)[1]},
            files={"photos": (photo.name, photo.read_bytes(), "image/jpeg")},
            headers={"Referer": self.host, "X-One-By-One": "1"}, name="send a photo",
        )  # fmt: skip
