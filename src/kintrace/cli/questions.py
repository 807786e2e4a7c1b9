"""A form by questions, for ``kintrace card new``. Each answer is checked as it is given, and asked again if it cannot be used."""

import json
from pathlib import Path
from typing import Any

import typer
from rich.prompt import Confirm, Prompt

from kintrace.cli.app import err, write_whole
from kintrace.cli.photos import read_photo
from kintrace.errors import FormError, KintraceError

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
    part = "sought" if tracing else "found"
    form: dict[str, Any] = {"kind": kind}
    form[part] = _facts((*_OF_ALL, *(_OF_SOUGHT if tracing else _OF_FOUND)))
    if not form[part]:
        form[part] = _one_of(
            form,
            "A card needs one thing at least that is known of the person.",
            ("marks", "Anything they are known by"),
        )
    if tracing:
        form["enquirer"] = _facts(_OF_ENQUIRER) or _one_of(
            form,
            "A tracing request needs somebody who asks. One answer is enough; the rest can follow: kintrace card edit.",
            ("relationship", "Who asks, such as father, or a neighbour whose name is not known"),
        )
    form["consent"] = _consent(form)
    form["photos"] = _photos()
    return form


def _one_of(form: dict[str, Any], needed: str, question: tuple[str, str]) -> dict[str, str]:
    """The one fact without which there is no card; whoever cannot give it may leave, with the answers in a file.

    Raises:
        typer.Abort: they left.
    """
    while True:
        err.print(f"{needed} What you answered so far is kept while you are here.", markup=False)
        if facts := _facts((question,)):
            return facts
        if Confirm.ask("Leave without a card", console=err, default=False):
            _put_by(form)
            raise typer.Abort


def _put_by(form: dict[str, Any]) -> None:
    """Write the answers to a form, where that is wanted."""
    while answer := Prompt.ask(
        "A new file for your answers, not encrypted (Enter to throw them away)",
        console=err, default="", show_default=False,
    ).strip():  # fmt: skip
        file = Path(answer).expanduser()
        if file.exists():
            err.print("  There is such a file already; it was left as it is.")
            continue
        try:
            write_whole(file, json.dumps(form, ensure_ascii=False, indent=2) + "\n")
        except KintraceError as problem:
            err.print(f"  {problem}", markup=False)
            continue
        err.print(f"Written: {file}. Complete it, then: kintrace card new --from {file}; then delete it.", markup=False)
        return


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
    """The consent as answered; where it cannot be used it is asked again, with what was answered to go on with by Enter."""
    from kintrace.casework.forms import card_form

    if not Confirm.ask("Was consent asked for", console=err):
        return None
    given: dict[str, Any] = {}
    while True:
        told = given.get("purposes", {})
        given = {
            "capacity": _chosen(
                "Who consents: the person, a guardian, or was it decided in the person's best interest",
                ("self", "guardian", "best_interest"), given.get("capacity"),
            ),
            "given_by": Prompt.ask(
                "Name of who consents, or decided",
                console=err, default=given.get("given_by", ""), show_default=bool(given.get("given_by")),
            ),
            "purposes": {name: _yes(words, told.get(name)) for name, words in _PURPOSES},
        }  # fmt: skip
        try:
            card_form({**form, "consent": given})
        except FormError as problem:
            err.print(f"  {problem}", markup=False)
            err.print("  Go through the consent again; Enter keeps an answer.")
            continue
        return given


def _chosen(words: str, choices: tuple[str, ...], before: str | None) -> str:
    if before is None:
        return Prompt.ask(words, console=err, choices=list(choices))
    return Prompt.ask(words, console=err, choices=list(choices), default=before)


def _yes(words: str, before: bool | None) -> bool:
    if before is None:
        return Confirm.ask(words, console=err)
    return Confirm.ask(words, console=err, default=before)


def _photos() -> list[str]:
    photos: list[str] = []
    while answer := Prompt.ask("A photo's file (Enter for no more)", console=err, default="", show_default=False):
        file = Path(answer).expanduser()
        try:
            usable = bool(read_photo(file))
        except KintraceError as problem:
            err.print(f"  {problem}", markup=False)
            continue
        if usable:
            photos.append(str(file.resolve()))
        else:
            err.print("  The file is empty.")
    return photos
