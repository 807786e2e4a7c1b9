"""``kintrace init``, ``migrate``, ``user``, ``office``, ``bureau``: the installation, and who works with it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from kintrace.cli.app import Json, app, out, print_json, say_done
from kintrace.cli.records import Data, begun, command, database_errors, pending, present, who
from kintrace.errors import NoDeployment

if TYPE_CHECKING:
    from kintrace.casework.scope import Scope

user = typer.Typer(help="Users, and what they may do.", no_args_is_help=True, rich_markup_mode=None)
office = typer.Typer(
    help="Offices, each with its own cards and its own key.", no_args_is_help=True, rich_markup_mode=None
)
bureau = typer.Typer(
    help="Bureaus: offices for one situation, across offices.", no_args_is_help=True, rich_markup_mode=None
)
for group, name in ((user, "user"), (office, "office"), (bureau, "bureau")):
    app.add_typer(group, name=name)

Login = Annotated[str, typer.Argument(help="The user's login name.")]
Code = Annotated[str, typer.Argument(help="A short code in small letters, digits and hyphens.")]
FullName = Annotated[str, typer.Argument(metavar="NAME", help="Its name, in words.")]


@app.command()
def init(
    domain: Annotated[str, typer.Option(help="The domain that record ids begin with; your agency's own.")] = (
        "kintrace.local"
    ),
    office: Annotated[str, typer.Option(help="Code of the first office.")] = "local",
    office_name: Annotated[str, typer.Option(help="Its name, in words.")] = "Local office",
    data: Data = None,
    json: Json = False,
) -> None:
    """Make an installation: database, keys, one office, and you as its first user."""
    begun(data)
    from django.conf import settings

    from kintrace.casework.setup import initialise

    login = who()
    with database_errors():
        initialise(domain.lower(), office, office_name, login)
    key = settings.ROOT_KEY_URI or ("KINTRACE_ROOT_KEY" if settings.ROOT_KEY else str(settings.ROOT_KEY_FILE))
    if json:
        told = {"data": str(settings.DATA), "domain": domain.lower(), "office": office, "user": login, "root_key": key}
        print_json(told)
        return
    out.print(f"Kintrace is set up in {settings.DATA}.", markup=False)
    out.print(f"Its first user is {login}, in the office “{office}”.", markup=False)
    out.print(f"\nThe root key: {key}", markup=False)
    if key == str(settings.ROOT_KEY_FILE):
        out.print("Copy it now to a place apart from this computer and from every backup, such as a safe.")
        out.print("Whoever has it and the data folder can read everything; without it nobody can, you neither.")
    out.print("\nWhat to do next:")
    for words in (
        "kintrace card new                  fill a card by questions (or --from FILE; see docs/cards.md)",
        "kintrace import DIR                many cards at once, from a CSV file with photos beside it",
        "kintrace card search NUMBER        who on other cards may be this person",
        "kintrace user add LOGIN            others who work here; then kintrace user role",
        "kintrace backup DIR                every day, to another disk",
    ):
        out.print(f"  {words}", markup=False)


@app.command()
def migrate(data: Data = None, json: Json = False) -> None:
    """Bring the records to this release's form. Make a copy of the data folder first."""
    folder = begun(data)
    from kintrace.casework.setup import keep_quick, note_system
    from kintrace.casework.setup import migrate as bring

    with database_errors():
        if not present():
            raise NoDeployment(f"There is no installation of Kintrace in {folder}.", "Nothing was changed.")
        needed = pending()
        if needed:
            bring()
            keep_quick()
            note_system("deployment.migrate")
    if json:
        print_json({"migrated": needed})
    else:
        out.print("Done: the records are of this release." if needed else "The records are of this release already.")


@command(user, "add", purpose="administration")
def user_add(scope: "Scope", login: Login, json: Json = False) -> None:
    """Add a user, who may do nothing until given a role."""
    from kintrace.casework.setup import add_user

    added = add_user(scope, login)
    say_done(
        f"Added. Give a role: kintrace user role {added.username} ROLE", json, login=added.username, id=str(added.id)
    )


@command(user, "role", purpose="administration")
def user_role(
    scope: "Scope",
    login: Login,
    role: Annotated[
        str,
        typer.Argument(
            help="field_officer, caseworker, senior_reviewer, forensic_officer, data_protection_officer or administrator."
        ),
    ],
    where: Annotated[
        str | None, typer.Option("--in", help="Code of the office; by default the one you work for.")
    ] = None,
    for_bureau: Annotated[str, typer.Option("--in-bureau", help="Only while working for this bureau.")] = "",
    back: Annotated[bool, typer.Option("--back", help="Take the role back.")] = False,
    json: Json = False,
) -> None:
    """Give a user a role in an office, or take it back."""
    from kintrace.casework.setup import set_role

    code = where or scope.office_code
    set_role(scope, login, code, role, bureau=for_bureau, take_back=back)
    say_done(
        "Taken back." if back else "Done.", json, login=login, role=role, office=code, bureau=for_bureau, held=not back
    )


@command(user, "password", purpose="administration")
def user_password(
    scope: "Scope",
    login: Login,
    from_file: Annotated[
        Path | None, typer.Option("--from", help="Read it from this file, its first line; else it is asked for.")
    ] = None,
    json: Json = False,
) -> None:
    """Give a user a password for the web pages; another than yourself must change it when they first sign in."""
    from kintrace.casework.setup import set_password

    scope.require("user.manage")
    if from_file is not None:
        password = (from_file.read_text(encoding="utf-8").splitlines() or [""])[0]
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    given = login != who()
    set_password(scope, login, password, given=given)
    say_done("Done. They sign in with it on the pages: kintrace serve.", json, login=login, must_change=given)


@command(user, "disable", purpose="administration")
def user_disable(
    scope: "Scope",
    login: Login,
    enable: Annotated[bool, typer.Option("--enable", help="Let them in again.")] = False,
    json: Json = False,
) -> None:
    """Shut a user out; what they did stays in the ledger."""
    from kintrace.casework.setup import disable_user

    disable_user(scope, login, enable=enable)
    words = "They may work here again." if enable else "They may do nothing here any more."
    say_done(words, json, login=login, active=enable)


@command(user, "list", purpose="administration")
def user_list(scope: "Scope", json: Json = False) -> None:
    """Show the users and their roles."""
    from kintrace.casework.setup import users

    rows = users(scope)
    if json:
        print_json({"users": rows})
        return
    table = Table("user", "may work", "roles", box=None, pad_edge=False)
    for row in rows:
        held = [
            each["role"].replace("_", " ")
            + f" in {each['office']}"
            + (f" for {each['bureau']}" if each["bureau"] else "")
            for each in row["roles"]
        ]
        table.add_row(row["login"], "yes" if row["active"] else "no", "\n".join(held) or "none")
    out.print(table)


@command(office, "add", purpose="administration")
def office_add(scope: "Scope", code: Code, name: FullName, json: Json = False) -> None:
    """Add an office, with a key of its own."""
    from kintrace.casework.setup import add_office

    added = add_office(scope, code, name)
    words = f"Added. Give somebody a role there: kintrace user role LOGIN ROLE --in {added.code}"
    say_done(words, json, code=added.code, name=added.name, id=str(added.id))


@command(office, "list", purpose="administration")
def office_list(scope: "Scope", json: Json = False) -> None:
    """Show the offices and the bureaus."""
    from kintrace.casework.setup import offices_and_bureaus

    told = offices_and_bureaus(scope)
    if json:
        print_json(told)
        return
    for name, listed in told.items():
        for each in listed:
            out.print(f"{name[:-1]} {each['code']}: {each['name']}", markup=False)


@command(office, "apart", purpose="administration")
def office_apart(
    scope: "Scope",
    code: Code,
    other: Annotated[str, typer.Argument(help="Code of the other office.")],
    back: Annotated[bool, typer.Option("--back", help="Let them be compared again.")] = False,
    json: Json = False,
) -> None:
    """Have the records of two offices never compared, whatever the people on them agreed to."""
    from kintrace.matching.comparable import keep_apart

    keep_apart(scope, code, other, take_back=back)
    words = "They may be compared again, where the people agreed." if back else "They are never compared."
    say_done(words, json, offices=[code, other], apart=not back)


@command(bureau, "add", purpose="administration")
def bureau_add(scope: "Scope", code: Code, name: FullName, json: Json = False) -> None:
    """Add a bureau; offices mark cards for it (kintrace card mark)."""
    from kintrace.casework.setup import add_bureau

    added = add_bureau(scope, code, name)
    words = f"Added. Its members: kintrace user role LOGIN ROLE --in-bureau {added.code}"
    say_done(words, json, code=added.code, name=added.name, id=str(added.id))
