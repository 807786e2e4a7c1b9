"""Everything that can be typed anywhere, typed by somebody who means harm: nothing runs, nothing breaks, all is still whole."""

import csv
import inspect
import io
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from matching_help import judge, somebody
from site_forms import Form, Page
from site_help import PARTS, client_for
from site_world import World, pages

from kintrace.casework import setup
from kintrace.casework.forms import DATES
from kintrace.casework.people import Role, User
from kintrace.casework.scope import Scope
from kintrace.casework.soundness import check_records
from kintrace.ledger import verify
from kintrace.matching.models import Candidate, Seat
from kintrace.site.pages import review
from kintrace.site.pages.reports import TABLES

MARK = "zq7"
EVIL = (
    f'{MARK}\'; DROP TABLE casework_card;--" OR "1"="1\' OR 1=1 ) UNION SELECT 1 -- "><img src=x onerror=alert(1)>'
    f"<script>alert(1)</script></textarea></title></option><svg/onload=alert(1)>{{{{7*7}}}}{MARK}{{% now 'Y' %}}"
    f"${{7*7}}#eval('1+1')#{MARK} =cmd|' /C calc'!A0 %s %(x)s %n \\ \\x27 ../../etc/passwd ]]> --> &lt;b&gt; javascript:alert(1)"
)
TURNED = f"{MARK}\u202egnp.exe\u2066\u2068 \u200f\ufeff\x07\x1b[31m\x7f"
ALWAYS = (TURNED + EVIL, "²")
ODD = (
    *ALWAYS, TURNED, "9" * 30, f"{MARK}\x00after", f"{MARK}\ufffd\U0001f600\uffff\U0010ffff", MARK * 20_000, "-1", "1e309", "NaN",
    "null",     "2026-02-30", "٣", "0001-01-01", "9999-12-31", " ", "\r\nX-Injected: 1",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "BEAT", 0.001)


def harmless(answer: Any, where: Any) -> Page | None:
    """Check one answer; its page, where it is one."""
    assert answer.status_code != 500, where
    assert "X-Injected" not in answer.headers, where
    if not answer.get("Content-Type", "").startswith("text/html"):
        return None
    text = answer.content.decode()
    assert f"49{MARK}" not in text, where
    page = Page(text)
    assert not page.runs, (where, page.runs)
    assert not page.turned, (where, page.turned)
    return page


def opened(client: Client, address: str) -> Any:
    """A page, with the purpose asked for it."""
    answer = client.get(address)
    if answer.status_code == 302 and "/purpose" in answer["Location"]:
        client.post(answer["Location"].partition("?")[0], {"purpose": "tracing"})
        answer = client.get(address)
    if answer.status_code == 302 and "/draft/" in answer["Location"]:
        answer = client.get(answer["Location"])
    return answer


def everywhere(world: World, *, once: bool = False) -> Iterator[tuple[str, Page]]:
    """Every page that is read, as its own office and an administrator see it; or one for each place in the URLconf."""
    for each in pages():
        if each.path.startswith("account/") or each.name == "metrics":
            continue
        for address in itertools.islice(each.addresses(world.ids), 1 if once else None):
            found = harmless(opened(world.there, address), address)
            if found is not None:
                yield address, found


def forms(world: World) -> list[tuple[str, Form]]:
    """Every form of every page once, by where it goes and its fields."""
    seen: dict[Any, tuple[str, Form]] = {}
    for address, page in everywhere(world, once=True):
        for form in page.forms:
            to = form.action or address
            which = re.sub(r"proof/\d+", "proof", to), form.method, tuple(sorted(each.name for each in form.fields))
            seen.setdefault(which, (to, form))
    return [each for each in seen.values() if each[0] not in ("/account/logout/", "/language", "/office")]


def send(client: Client, form: Form, to: str, given: dict[str, Any]) -> None:
    """As a browser does, and on to where it leads."""
    answer = client.post(to, given) if form.method == "post" else client.get(to, given)
    harmless(answer, (to, given))
    if answer.status_code == 302:
        assert answer["Location"].startswith("/"), to
        assert not answer["Location"].startswith("//"), to
        harmless(client.get(answer["Location"]), (to, answer["Location"]))


def whole() -> None:
    """Nothing that was sent broke a record, a table or the ledger."""
    assert check_records() == []
    assert verify().ok
    assert {"casework_card", "casework_person", "ledger_entry"} <= set(connection.introspection.table_names())


def undated(form: Form, text: str) -> dict[str, Any]:
    """The form filled with a text, but for days: they must be right before the rest is kept."""
    given = form.filled(text, most=3900)
    for name in given:
        fact = name.split(".")[1] if "." in name else name
        if fact in DATES or name.endswith("source_date") or name in ("since", "until", "review_due", "expires"):
            given[name] = ""
        elif name.endswith("withheld"):
            given[name] = f"{EVIL[:50]};<b>{MARK}"
    return given


def test_what_is_typed_stays_text(world: World) -> None:
    """In every field of every form of every page, and on every page that shows it afterwards."""
    for to, form in forms(world):
        if any(each.typed for each in form.fields):
            send(world.there, form, to, undated(form, EVIL))
    for kind in ("tracing_request", "found_person"):
        draft = world.there.post("/new", {"kind": kind})["Location"]
        (form,) = (each for each in Page(world.there.get(draft).content.decode()).forms if len(each.fields) > 20)
        sent = world.there.post(
            draft, {**undated(form, EVIL), "subject.found_kind": "patient", "consent.subject.tracing": "yes"}
        )
        assert sent.status_code == 302, Page(sent.content.decode()).forms[0]
        world.ids["card"] = sent["Location"].split("/")[2]
        shown = [address for address, page in everywhere(world)]
        assert len(shown) > 40
    whole()


def test_what_is_written_of_a_candidate_stays_text(world: World, scope: Scope) -> None:
    """In a review's notes, a statement, a conclusion, the answer, the letter; on every page, for each who sees them."""
    client, pair = world.there, world.ids["candidate"]
    own, other = world.ids["sitting"], somebody("there", Role.SENIOR_REVIEWER, Role.CASEWORKER)
    Candidate._all.exclude(id=Seat._all.get(id=own).candidate_id).delete()
    pair = str(Candidate._all.get().id)
    world.ids["candidate"] = pair

    def act(address: str, given: dict[str, Any]) -> None:
        answer = client.post(address, given)
        page = harmless(answer, address)
        assert answer.status_code == 302, page and re.findall("problem.{400}", answer.content.decode(), re.S)

    evil = client.post(f"/review/{own}", {"conclusion": "potential_candidate", "reason": EVIL, "part-nose": EVIL})
    assert evil.status_code == 422
    harmless(evil, "a judgement that is not whole")
    act(f"/review/{own}", {"conclusion": "potential_candidate", "reason": EVIL, **PARTS})
    harmless(client.get(f"/review/{own}/statement"), "statement")
    act(f"/review/{own}/statement", {"conclusion": "potential_candidate", "reason": EVIL})
    judge(other)
    where = f"/conclusions/{pair}"
    act(where, {"act": "conclude", "fact": "names", "reason": EVIL})
    act(where, {"act": "ask", "answer": "yes"})
    approver = Client()
    approver.force_login(User.objects.get(id=somebody("there", Role.SENIOR_REVIEWER).user))
    assert approver.post(where, {"act": "approve"}).status_code == 302
    harmless(client.post(f"{where}/letter", {"words": EVIL, "end": "contact_restored"}), "letter")
    harmless(client.post(where, {"act": "tell", "words": EVIL, "end": EVIL}), "tell")
    act(where, {"act": "tell", "words": EVIL, "end": "contact_restored"})
    assert len(list(everywhere(world))) > 40
    assert MARK in client.get(where).content.decode()
    whole()


def test_a_table_taken_out_holds_no_formula(world: World, scope: Scope) -> None:
    """A spreadsheet would carry out what begins like one: names of offices are chosen by people."""
    setup.add_office(scope, "formula", "=1+2")
    for table in TABLES:
        answer = world.there.post(f"/reports/export/{table}")
        assert answer["Content-Type"].startswith("text/csv")
        for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))):
            # A number below nought is a number: nothing in it can be carried out.
            texts = [cell for cell in row if not re.fullmatch(r"-\d+(\.\d+)?", cell)]
            assert not any(cell.startswith(("=", "+", "@", "-", "\t")) for cell in texts), row


def test_no_value_breaks_a_page(world: World) -> None:
    """In every field by itself, those that nobody types too: hidden ones, choices, buttons. The character of code 0 is refused at
    the door: SQLite would cut a text there, PostgreSQL would fail."""
    rest = itertools.cycle(ODD[len(ALWAYS) :])
    fresh = itertools.count(
        2026
    )  # what must be the only one of its name would be refused before anything else is looked at
    for to, form in forms(world):
        names = [each.name for each in form.fields if each.name != "csrfmiddlewaretoken"]
        cut = dict.fromkeys(names or ["x"], "a\x00b")
        asked = {"data": cut} if form.method == "post" else {"query_params": cut}
        assert getattr(world.there, form.method)(to, **asked).status_code == 422, to
        if len(names) > 40:  # a card's form says for each field by itself what is wrong with it
            for odd in ODD:
                send(world.there, form, to, dict.fromkeys(names, odd))
                harmless(world.there.post(f"{to}/keep", dict.fromkeys(names, odd)), to)
            continue
        for name, odd in itertools.product(names, (*ALWAYS, next(rest))):
            send(world.there, form, to, {**form.filled(str(next(fresh))), name: odd})
    whole()


ASKED = re.compile(
    r"""(?:GET|given)\.get(?:list)?\("(\w+)"|(?:GET|given)\["(\w+)"\]|"(\w+)" (?:not )?in (?:request\.)?(?:GET|given)"""
)


def test_no_query_breaks_a_page(world: World) -> None:
    """Whatever the source of a page asks of its address, and numbers that are part of one."""
    rest = itertools.cycle(ODD[len(ALWAYS) :])
    for each in pages():
        if each.path.startswith("account/") or "metrics" in each.name:
            continue
        source = inspect.getsource(inspect.getmodule(inspect.unwrap(each.view)))
        words = {next(filter(None, found)) for found in ASKED.findall(source)}
        address = next(each.addresses(world.ids))
        opened(world.there, address)
        for word, odd in itertools.product(sorted(words), (*ALWAYS, next(rest))):
            harmless(world.there.get(address, {word: odd}), (address, word, odd))
        if "<int:" in each.path:
            for number in ("9" * 15, "9" * 30):
                where = "/" + re.sub(r"<uuid:\w+>", world.ids["candidate"], re.sub(r"<int:\w+>", number, each.path))
                for ask in (world.there.get, world.there.post):
                    harmless(ask(where), where)
    whole()


HEADERS = (
    "Cookie", "Accept-Language", "Host", "Referer", "X-Forwarded-For", "X-Forwarded-Host", "HX-Request", "HX-Target",
    "X-One-By-One", "Content-Type", "User-Agent", "Range",
)  # fmt: skip


def test_no_header_breaks_a_page(scope: Scope) -> None:
    """Of a request, whoever sends it."""
    client = client_for(scope, *Role)
    client.raise_request_exception = False
    many = (EVIL, "\u00ff\u0001", "9" * 5000, 'kintrace=x; kintrace_language=../../x; csrftoken="><script>', "a;q=x")
    for name, odd in itertools.product(HEADERS, many):
        for address in ("/cards", "/account/login/"):
            harmless(client.get(address, headers={name: odd}), (name, address, odd[:40]))
        harmless(client.post("/language", {"language": "fr"}, headers={name: odd}), (name, odd[:40]))
