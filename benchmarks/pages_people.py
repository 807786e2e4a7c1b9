"""People at work on the pages, for Locust; benchmarks/pages.py runs it. Each signs in once, then does what their role does."""

import os
import random
import re

from locust import HttpUser, between, task

PASSWORD = os.environ["KINTRACE_BENCH_PASSWORD"]
NAMES = ("Haddad", "Ivan", "Petrenko", "محمد", "Олена", "Aziz", "Maria", "Karim")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CARD = re.compile(r'href="(/card/[0-9a-f-]{36})"')


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
        self.client.post("/account/login/", form, headers={"Referer": self.host}, name="sign in")

    def card(self) -> str:
        """A card of the list, its purpose told."""
        found = CARD.findall(self.client.get(f"/cards?page={random.randint(1, 8)}", name="cards").text)
        if not found:
            return ""
        address = random.choice(found)
        page = self.client.get(f"{address}/purpose", name="purpose").text
        form = {"purpose": "tracing", "csrfmiddlewaretoken": TOKEN.search(page)[1]}
        self.client.post(
            f"{address}/purpose", form, headers={"Referer": self.host}, name="purpose", allow_redirects=False
        )
        return address


class Caseworker(Somebody):
    """Looks at cards, candidates, and searches the registry."""

    role, weight = "caseworker", 12
    case = ""

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
        answer = self.client.post("/new", form, headers={"Referer": self.host}, name="begin a draft")
        draft = answer.url
        typed = {"csrfmiddlewaretoken": TOKEN.search(answer.text)[1], "subject.found_kind": "patient"}
        for name in NAMES[:3]:
            typed["subject.full_name"] = f"{name} {random.choice(NAMES)}"
            typed["subject.date_of_birth"] = str(random.randint(1940, 2020))
            self.client.post(f"{draft}/keep", typed, headers={"Referer": self.host}, name="keep while typing")
        typed |= {"consent.subject.tracing": "yes", "consent.subject.capacity": "best_interest"}
        self.client.post(draft, typed, headers={"Referer": self.host}, name="open the card", allow_redirects=False)


class Protector(Somebody):
    """Reads the ledger."""

    role, weight = "data_protection_officer", 2

    @task
    def ledger(self) -> None:
        """Its newest page."""
        self.client.get("/protection", name="ledger")
