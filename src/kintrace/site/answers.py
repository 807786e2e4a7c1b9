"""What was typed on a card's form, and the facts it tells: there and back, and up to what a colleague changed meanwhile.

Fields are named as in :mod:`kintrace.site.interview`.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kintrace.casework.doubts import doubts
from kintrace.casework.draftrecords import Draft
from kintrace.casework.forms import CERTAINTIES, LISTS, PRIORITIES, Stated, stated
from kintrace.casework.listing import names_of_facts
from kintrace.errors import FormError
from kintrace.site import kinship
from kintrace.site.interview import ABOUT, CASE, DATES, FAMILY_ROWS, SECTIONS, family_rows
from kintrace.site.partialdates import retyped, understood
from kintrace.site.sentences import said


def typed_of(post: Any) -> dict[str, str]:
    """What a browser sent, as a draft keeps it: fields of the form only, blanks left out; with the turn of the sending, and what
    the card said when the form was opened."""
    return {
        name: str(post[name])
        for name in post
        if name.partition(".")[0] in ("subject", "enquirer", "card", "consent", "turn", "before")
        and str(post[name]).strip()
    }


def typed_from(card: Mapping[str, Any]) -> dict[str, str]:
    """A card as its form would have been typed, dates as the page's language writes them; for changing it."""
    found: dict[str, str] = {}
    for part in ("subject", "enquirer"):
        for name, fact in (card.get(part) or {}).get("facts", {}).items():
            where = "card" if name in CASE.facts else part
            found |= _typed_fact(f"{where}.{name}", name, fact)
    return found


def brought_up(kind: str, typed: Mapping[str, str], now: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """A form opened some time ago, on a card that says something else by now: the form with what others changed meanwhile in the
    fields that were left as they were, and the fields that both changed, each to something else."""
    before = _before_in(typed, now)
    (was, _), (other, _), (own, _) = (facts_in(kind, each) for each in (before, now, typed))
    made, both = dict(typed), []
    for name in (f"{section.part}.{fact}" for section in SECTIONS[kind] for fact in section.facts):
        part, _point, fact = name.partition(".")
        then, theirs, mine = (each[part].get(fact) for each in (was, other, own))
        if theirs in (then, mine):
            continue
        if mine != then:
            both.append(name)
            continue
        made = {key: made[key] for key in made if not _belongs(key, name)}
        made |= {key: now[key] for key in now if _belongs(key, name)}
    return made | {"before": json.dumps(dict(now), ensure_ascii=False)}, both


def _before_in(typed: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """What the card said when a form was opened, as the form tells; where it does not, what the card says now."""
    try:
        found = json.loads(typed.get("before", ""))
    except ValueError:
        found = None
    return {str(key): str(each) for key, each in found.items()} if isinstance(found, dict) else dict(now)


def _belongs(key: str, name: str) -> bool:
    return key == name or key.startswith(f"{name}.")


def _typed_fact(where: str, name: str, fact: Mapping[str, Any]) -> dict[str, str]:
    value, found = fact["value"], {}
    if name == "family":
        for number, each in enumerate(value[:FAMILY_ROWS]):
            told = each if isinstance(each, Mapping) else {"name": str(each)}
            found[f"{where}.{number}.relation"] = kinship.relation(str(told.get("relation", "")))
            found[f"{where}.{number}.name"] = str(told.get("name") or told.get("person") or "")
    elif name == "priority":
        found |= {f"{where}.{each}": "on" for each in value}
    elif name == "relationship":
        found[where] = kinship.relation(str(value))
    else:
        text = "; ".join(retyped(str(each)) if name in DATES else str(each) for each in _listed(value))
        if name not in names_of_facts() or text != fact["original_script"]:  # else known as they write it alone
            found[where] = text
    found |= {f"{where}.script": fact["original_script"]} if fact["original_script"] else {}
    about = {key: fact[key] for key in ABOUT if fact[key] and (key, fact[key]) != ("certainty", "stated")}
    return found | {
        f"{where}.{key}": retyped(str(each)) if key == "source_date" else each for key, each in about.items()
    }


def facts_in(kind: str, typed: Mapping[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """What was typed as facts by part, and for each field that cannot be used why."""
    found: dict[str, dict[str, Any]] = {"subject": {}, "enquirer": {}, "card": {}}
    errors: dict[str, str] = {}
    for section in SECTIONS[kind]:
        for fact in section.facts:
            name = f"{section.part}.{fact}"
            try:
                given = _given(section.part, fact, typed)
                if given is not None:
                    stated(fact, given)
                    found[section.part][fact] = given
            except FormError as problem:
                errors[name] = f"{said(problem.what)} {said(problem.todo)}".strip()
    return found, errors


def _given(part: str, fact: str, typed: Mapping[str, Any]) -> Any:
    name = f"{part}.{fact}"
    text = str(typed.get(name, "")).strip()
    script = str(typed.get(f"{name}.script", "")).strip()
    if fact == "family":
        rows = [{**row, "relation": kinship.kept(row["relation"])} for row in family_rows(typed, part, blank=0)]
        return [{key: row[key] for key in ("relation", "name") if row[key]} for row in rows] or None
    if fact == "priority":
        return [each for each in PRIORITIES if typed.get(f"{name}.{each}")] or None
    if not text and not script:
        return None
    value: Any = text or script
    if fact in LISTS:
        value = [each.strip() for each in value.split(";") if each.strip()]
    if fact in DATES:
        value = understood(text)
    if fact == "relationship":
        value = kinship.kept(text)
    about = {key: str(typed.get(f"{name}.{key}", "")).strip() for key in ABOUT}
    about["source_date"] = understood(about["source_date"]) if about["source_date"] else ""
    if about["certainty"] not in CERTAINTIES:
        about["certainty"] = ""
    more = {key: each for key, each in {**about, "original_script": script}.items() if each}
    return {"value": value, **more} if more else value


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def doubts_in(found: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """By field, why what stands in it is hardly true, in the language of the page."""
    parts = ((part, doubts(stated_in(found[part]))) for part in ("subject", "enquirer"))
    return {f"{part}.{fact}": said(what) for part, those in parts for fact, what in those.items()}


def begun(drafts: Iterable[tuple[Draft, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Drafts of new cards for a list, with the names that were typed of whom they are about."""
    return [
        {"id": each.id, "kind": each.kind, "changed_at": each.changed_at, "name": _named(typed)}
        for each, typed in drafts
    ]


def _named(typed: Mapping[str, Any]) -> str:
    for tail in ("", ".script"):
        for names in (("full_name",), ("given_name", "family_name"), ("nickname",)):
            told = " ".join(filter(None, (str(typed.get(f"subject.{name}{tail}", "")).strip() for name in names)))
            if told:
                return told
    return ""


def stated_in(found: Mapping[str, Any]) -> dict[str, Stated]:
    """Facts as the records have them; for looking for cards like this one."""
    return {name: stated(name, value) for name, value in found.items()}
