"""Model packs: a folder with an ONNX file, ``pack.toml`` and calibrations.

The built-in pack lives beside this file; packs an agency adds live in ``models/`` of Kintrace's home folder
(``KINTRACE_HOME``, by default ``.kintrace`` in the user's). A pack whose weights have a wrong hash does not load.
"""

import hashlib
import importlib.util
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kintrace import home
from kintrace.errors import PackHashMismatch, PackInvalid, PackNotFound

BUILT_IN = Path(__file__).parent / "packs"
POINTS = ("right_eye", "left_eye", "nose", "right_mouth", "left_mouth")
MAX_PACK_BYTES = 2_000_000_000
NAME = r"[a-z0-9][a-z0-9-]{0,40}"
MODEL = re.compile(r"(package:[A-Za-z_]\w*(/[\w. -]+)+)|(?!\.{1,2}$)(?!package:)[^/\\\0]+")


@dataclass(frozen=True, eq=False)
class Pack:
    """One model, and all that is needed to feed it."""

    name: str
    version: str
    licence: str
    training_data: str
    folder: Path
    model: str
    sha256: str
    dimensions: int
    size: int
    channels: str
    mean: float
    scale: float
    mirror: bool
    batch: int
    length_tells: bool
    """The length of the model's raw output tells a face's quality, as ``quality.json`` was fitted to it."""
    landmarks: NDArray[np.float32]
    """(5, 2) pixels of the warped face, in the order of :class:`~kintrace.faces.Face`'s."""

    @property
    def path(self) -> Path:
        """Where the ONNX file is; inside an installed package where ``model`` says so."""
        if not self.model.startswith("package:"):
            return self.folder / self.model
        package, _, inner = self.model.removeprefix("package:").partition("/")
        return packaged(package, inner)

    @property
    def built_in(self) -> bool:
        """True for packs that come with Kintrace."""
        return self.folder.parent == BUILT_IN

    def read_model(self) -> bytes:
        """The ONNX bytes, after their hash was checked.

        Raises:
            PackNotFound: the file is absent.
            PackHashMismatch: the file is not the one ``pack.toml`` names.
        """
        return checked(self.path, self.sha256, self.name)


def packaged(package: str, inner: str) -> Path:
    """Path of a data file of an installed package, found without running the package's code."""
    spec = importlib.util.find_spec(package)
    for place in (spec.submodule_search_locations or []) if spec else []:
        return Path(place) / inner
    raise PackNotFound(
        f"The package “{package}”, which carries model weights, is not installed.",
        todo="Run “make” again; “kintrace doctor” says what is missing.",
    )


def checked(path: Path, sha256: str, name: str) -> bytes:
    """A file's bytes, if they have the hash expected."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise PackNotFound(
            f"The model file of the pack “{name}” cannot be read ({problem.strerror}).",
            todo="Add the pack again with “kintrace models add”.",
        ) from problem
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise PackHashMismatch(
            f"The model file of the pack “{name}” is not the one its pack.toml names "
            f"(SHA-256 {found[:12]}… instead of {sha256[:12]}…).",
            kept="It was not loaded.",
            todo="Get the file again from its source; if nobody changed it on purpose, tell your administrator.",
        )
    return data


def load_pack(folder: Path) -> Pack:
    """Read and check a pack's description; the weights are read, and checked, when they are needed.

    Raises:
        PackNotFound: there is no ``pack.toml`` in the folder.
        PackInvalid: it lacks something, or holds something impossible.
    """
    try:
        table = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))
    except OSError as problem:
        raise PackNotFound(
            f"There is no readable pack.toml in {folder}.", todo="Name the folder that holds the pack."
        ) from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise PackInvalid(f"{folder / 'pack.toml'} is not TOML: {problem}", todo="See docs/models.md.") from problem
    try:
        pack = _pack(folder, table)
    except (KeyError, TypeError, ValueError, OverflowError) as problem:
        raise PackInvalid(
            f"{folder / 'pack.toml'} is incomplete or wrong: {problem}",
            todo="docs/models.md shows a whole one.",
        ) from problem
    return pack


def _pack(folder: Path, table: dict[str, Any]) -> Pack:
    feed, points = table["preprocessing"], table["landmarks"]
    pack = Pack(
        name=str(table["name"]),
        version=str(table["version"]),
        licence=str(table["licence"]),
        training_data=str(table["training_data"]),
        folder=folder,
        model=str(table["model"]),
        sha256=str(table["sha256"]).lower(),
        dimensions=int(table["dimensions"]),
        size=int(feed["size"]),
        channels=str(feed["channels"]),
        mean=float(feed["mean"]),
        scale=float(feed["scale"]),
        mirror=bool(feed.get("mirror", False)),
        batch=int(feed.get("batch", 1)),
        length_tells=bool(feed.get("length_tells", False)),
        landmarks=np.array([points[name] for name in POINTS], dtype=np.float32),
    )
    rules = {
        "name: small letters, digits and - only": re.fullmatch(NAME, pack.name),
        "sha256: 64 hex digits": re.fullmatch(r"[0-9a-f]{64}", pack.sha256),
        "dimensions: 16 to 4096": 16 <= pack.dimensions <= 4096,
        "size: 32 to 512": 32 <= pack.size <= 512,
        "channels: RGB or BGR": pack.channels in ("RGB", "BGR"),
        "scale: not 0": np.isfinite(pack.scale) and pack.scale != 0 and np.isfinite(pack.mean),
        "batch: 1 to 64": 1 <= pack.batch <= 64,
        "landmarks: five points inside the face": pack.landmarks.shape == (5, 2)
        and bool(((pack.landmarks >= 0) & (pack.landmarks < pack.size)).all()),
        "model: a file of this folder, or package:NAME/FILE": MODEL.fullmatch(pack.model)
        and ".." not in pack.model.split("/"),
    }
    broken = [rule for rule, kept in rules.items() if not kept]
    if broken:
        raise ValueError("; ".join(broken))
    return pack


def installed_packs() -> list[Pack]:
    """Every pack on this machine, the built-in one first, the rest by name.

    Raises:
        PackInvalid: one of them has a wrong description.
    """
    added = home() / "models"
    folders = sorted(BUILT_IN.glob("*/pack.toml")) + sorted(added.glob("*/pack.toml"))
    return [load_pack(path.parent) for path in folders]


def active_packs(names: str | None = None) -> list[Pack]:
    """The packs to use, in a fixed order.

    Args:
        names: comma-separated pack names; by default ``KINTRACE_PACKS``, or else every installed pack.

    Raises:
        PackNotFound: a name is not installed.
    """
    packs = installed_packs()
    wish = names or os.environ.get("KINTRACE_PACKS")
    if not wish:
        return packs
    wanted = {name.strip() for name in wish.split(",") if name.strip()}
    unknown = sorted(wanted - {pack.name for pack in packs})
    if unknown or not wanted:
        raise PackNotFound(
            f"No model pack is called {', '.join(unknown) or wish!r}.",
            todo=f"Installed are: {', '.join(pack.name for pack in packs)}. “kintrace models add” adds one.",
        )
    return [pack for pack in packs if pack.name in wanted]


def set_name(packs: list[Pack]) -> str:
    """The name of packs used together, as templates and calibrations bear it: "sface+faceplugin"."""
    return "+".join(pack.name for pack in packs)
