"""``kintrace models``: list, add, remove, verify."""

from typing import Annotated

import typer
from rich.table import Table

from kintrace.cli.app import FAILED, Json, app, err, out, print_json
from kintrace.errors import KintraceError
from kintrace.faces import active_packs, add_pack, installed_packs, recipes, remove_pack, set_name, try_out
from kintrace.folder import calibration_for

models = typer.Typer(help="Model packs: what makes templates of faces.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(models, name="models")


@models.command("list")
def list_(json: Json = False) -> None:
    """Show the installed packs, and those that can be added by name."""
    packs, active = installed_packs(), {pack.name for pack in active_packs()}
    addable = [name for name in recipes() if name not in {pack.name for pack in packs}]
    calibrated = calibration_for(active_packs()) is not None
    if json:
        rows = [
            {
                "name": pack.name,
                "version": pack.version,
                "licence": pack.licence,
                "training_data": pack.training_data,
                "dimensions": pack.dimensions,
                "sha256": pack.sha256,
                "active": pack.name in active,
                "built_in": pack.built_in,
            }
            for pack in packs
        ]
        print_json({"packs": rows, "can_be_added": addable, "calibrated": calibrated})
        return
    table = Table("pack", "version", "licence", "numbers", "in use", "trained on", box=None, pad_edge=False)
    for pack in packs:
        table.add_row(
            pack.name, pack.version, pack.licence, str(pack.dimensions),
            "yes" if pack.name in active else "no", pack.training_data,
        )  # fmt: skip
    out.print(table)
    if not calibrated:
        out.print(f"There is no calibration for {set_name(active_packs())}: strength cannot be stated.")
    for name in addable:
        out.print(f"Can be added: kintrace models add {name}")


@models.command()
def add(
    what: Annotated[str, typer.Argument(help="A pack's folder, or the name of a recipe.")], json: Json = False
) -> None:
    """Add a pack; its hash is checked and its model tried out first."""
    pack = add_pack(what)
    used, calibrated = set_name(active_packs()), calibration_for(active_packs()) is not None
    if json:
        print_json({"added": pack.name, "version": pack.version, "in_use": used, "calibrated": calibrated})
        return
    out.print(f"Added {pack.name} {pack.version} ({pack.licence}; trained on: {pack.training_data}).")
    out.print(f"Searches now use {used}. Templates made before are made anew when next needed.")
    if not calibrated:
        out.print(f"There is no calibration for {used} yet: see kintrace calibrate.")


@models.command()
def remove(name: Annotated[str, typer.Argument(help="The pack's name.")], json: Json = False) -> None:
    """Remove a pack that was added."""
    remove_pack(name)
    if json:
        print_json({"removed": name, "in_use": set_name(active_packs())})
    else:
        out.print(f"Removed {name}. Searches now use {set_name(active_packs())}.")


@models.command()
def verify(json: Json = False) -> None:
    """Check every pack's hash and try its model."""
    results = {}
    for pack in installed_packs():
        try:
            try_out(pack)
            results[pack.name] = ""
        except KintraceError as problem:
            results[pack.name] = str(problem)
    if json:
        print_json({name: {"sound": not fault, "problem": fault} for name, fault in results.items()})
    else:
        for name, fault in results.items():
            (err if fault else out).print(f"{name}: {fault or 'sound'}")
    if any(results.values()):
        raise typer.Exit(FAILED)
