"""A card as people read it."""

from collections.abc import Mapping
from typing import Any

from kintrace.cli.app import out
from kintrace.cli.photos import HELD_BACK, STATES

_TITLES = {
    ("tracing_request", "subject"): "The person sought",
    ("found_person", "subject"): "The person found",
    ("tracing_request", "enquirer"): "Who asks",
}


def plain(word: str) -> str:
    """A word of the records as people read it."""
    return word.replace("_", " ")


def say_card(card: Mapping[str, Any]) -> None:
    """Print a card, as :func:`kintrace.casework.cards.read` gives it."""
    out.print(f"Card {card['card']}: {plain(card['kind'])}, {plain(card['status'])}", style="bold", markup=False)
    days = [f"opened {card['opened'][:10]}"]
    for name, words in (("review_due", "to be looked at again on"), ("expires", "expires after")):
        if card[name]:
            days.append(f"{words} {card[name]}")
    out.print(f"  {', '.join(days)}; office {card['office']}", markup=False)
    if card["closure_reason"]:
        out.print(f"  closed {card['closed'][:10]}: {card['closure_reason']}", markup=False)
    if card["bureaus"]:
        out.print(f"  marked for {', '.join(card['bureaus'])}", markup=False)
    for part in ("subject", "enquirer"):
        if part in card:
            out.print(f"\n{_TITLES[card['kind'], part]}", style="bold", markup=False)
            _say_person(card[part])


def _say_person(person: Mapping[str, Any]) -> None:
    for name, fact in person["facts"].items():
        if name == "closure_reason":  # told of the card already
            continue
        out.print(f"  {plain(name)}: {shown(fact['value'])}{around(fact)}", markup=False)
    _say_consent(person["consent"])
    for photo in person["photos"]:
        told = [STATES[photo["state"]]]
        if photo["quality"] is not None:
            told.append(f"quality {photo['quality']} of 100")
        if photo.get("taken"):
            told.append(f"taken {photo['taken']}")
        told.append(f"from: {plain(photo['origin'])}")
        if words := HELD_BACK.get((photo.get("assessment") or {}).get("state", "")):
            told.append(words)
        out.print(f"  photo {photo['id']}: {'; '.join(told)}", markup=False)
        if photo["state"] == "choose":
            out.print(f"    it shows {len(photo.get('faces', ()))} faces; 1 is the largest")
        for words in photo.get("advice", ()):
            out.print(f"    {words}", markup=False)
        if photo.get("problem"):
            out.print(f"    {photo['problem']}", markup=False)


def _say_consent(consent: Mapping[str, Any] | None) -> None:
    if consent is None:
        out.print("  consent: none recorded")
        return
    answers = consent["purposes"]
    yes, no = ([plain(name) for name, answer in answers.items() if answer is wanted] for wanted in (True, False))
    given = f"  consent of {consent['given_on']} ({plain(consent['capacity'])}"
    given += f", given by {consent['given_by']})" if consent.get("given_by") else ")"
    out.print(f"{given}: yes to {', '.join(yes) or 'nothing'}; no to {', '.join(no) or 'nothing'}", markup=False)


def shown(value: Any) -> str:
    """A fact's value on one line."""
    if isinstance(value, list):
        return "; ".join(shown(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{plain(str(key))} {shown(each)}" for key, each in value.items())
    return str(value)


def around(fact: Mapping[str, Any]) -> str:
    """What is known about a fact's value, in brackets."""
    told = [fact["original_script"]] if fact["original_script"] else []
    told += [fact["certainty"]] if fact["certainty"] != "stated" else []
    told += [f"source: {fact['source']}"] if fact["source"] else []
    told += [f"as of {fact['source_date']}"] if fact["source_date"] else []
    return f" ({', '.join(told)})" if told else ""
