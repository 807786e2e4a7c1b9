"""A form by questions, for ``kintrace card new``. Each answer is checked as it is given, and asked again if it cannot be used."""

from pathlib import Path
from typing import Any

import typer
from rich.prompt import Confirm, Prompt

from kintrace.cli.app import err
from kintrace.errors import FormError

_OF_ALL = (
    ("full_name", "Full name (Enter where it is not known)"),
    ("sex", "Sex: male, female, other or unknown"),
    ("date_of_birth", "Date of birth: 1987, 1987-05, 1987-05-03, or an age: 7 as of 2020-01"),
    ("place_of_birth", "Place of birth"),
    ("nationality", "Nationality"),
    ("marks", "What the person could be known by: scars, tattoos, teeth"),
)
_OF_SOUGHT = (
    ("last_residence", "Where the person last lived"),
    ("last_contact", "Where, and with whom, the person was last in contact"),
    ("last_contact_date", "When"),
)
_OF_FOUND = (
    ("found_kind", "Who the person is here: alive_self_registered, patient, detainee_pow, civilian_internee, "
     "unaccompanied_child, unidentified_living or deceased_unidentified"),
    ("found_date", "When the person was found or registered"),
    ("found_place", "Where"),
    ("current_location", "Where the person is now"),
    ("agrees_to_be_found", "Does the person agree to be found: yes, no or not_asked"),
)  # fmt: skip
_OF_ENQUIRER = (
    ("full_name", "Full name of who asks"),
    ("relationship", "Who that is to the person sought, such as father"),
    ("contact", "How to reach them"),
    ("safe_contact", "In what way and when that is safe for them"),
)
_PURPOSES = (
    ("tracing", "Yes to being traced: that this record is kept, and used for that?"),
    ("face_search", "Yes to comparing the face with those of other records?"),
    ("publish", "Yes to publication of the photo?"),
    ("research", "Yes to use for research?"),
)


def ask_form() -> dict[str, Any]:
    """Ask for a card; the answers as a form.

    Raises:
        typer.Abort: the input ended.
    """
    try:
        return _asked()
    except EOFError as ended:
        raise typer.Abort from ended


def _asked() -> dict[str, Any]:
    kind = Prompt.ask("What card", console=err, choices=["tracing_request", "found_person"])
    tracing = kind == "tracing_request"
    form: dict[str, Any] = {"kind": kind}
    form["sought" if tracing else "found"] = _facts((*_OF_ALL, *(_OF_SOUGHT if tracing else _OF_FOUND)))
    if tracing:
        form["enquirer"] = _facts(_OF_ENQUIRER)
        while not form["enquirer"]:
            err.print("A tracing request needs who asks. Where nobody knows the name, write “unknown”.")
            err.print("Ctrl-C leaves; then nothing is kept. Without anybody who asks, open a found_person card.")
            form["enquirer"] = _facts(_OF_ENQUIRER)
    form["consent"] = _consent(form)
    form["photos"] = _photos()
    return form


def _facts(questions: tuple[tuple[str, str], ...]) -> dict[str, str]:
    from kintrace.casework.forms import stated

    facts = {}
    for name, words in questions:
        while answer := Prompt.ask(words, console=err, default="", show_default=False).strip():
            try:
                stated(name, answer)
            except FormError as problem:
                err.print(f"  {problem}", markup=False)
                continue
            facts[name] = answer
            break
    return facts


def _consent(form: dict[str, Any]) -> dict[str, Any] | None:
    from kintrace.casework.forms import card_form

    while Confirm.ask("Was consent asked for", console=err):
        consent: dict[str, Any] = {
            "capacity": Prompt.ask(
                "Who consents: the person, a guardian, or was it decided in the person's best interest",
                console=err, choices=["self", "guardian", "best_interest"],
            ),
            "given_by": Prompt.ask("Name of who consents, or decided", console=err, default="", show_default=False),
            "purposes": {name: Confirm.ask(words, console=err) for name, words in _PURPOSES},
        }  # fmt: skip
        try:
            card_form({**form, "consent": consent})
        except FormError as problem:
            err.print(f"  {problem}", markup=False)
            continue
        return consent
    return None


def _photos() -> list[str]:
    photos: list[str] = []
    while answer := Prompt.ask("A photo's file (Enter for no more)", console=err, default="", show_default=False):
        if Path(answer).expanduser().is_file():
            photos.append(str(Path(answer).expanduser().resolve()))
        else:
            err.print("  There is no such file.")
    return photos
