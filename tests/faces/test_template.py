"""The same face gives the same template, whatever engine, batch or graph made it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from kintrace.errors import MissingPart, PackInvalid, PackMismatch
from kintrace.faces import Encoder, Template, active_packs, engine_name, mean_vector, score, warp
from kintrace.faces.graph import plain
from kintrace.faces.runtime import compile_network
from kintrace.faces.template import lifted


@pytest.fixture(scope="module")
def pack():
    (pack,) = active_packs("sface")
    return pack


@pytest.fixture(scope="module")
def encoder(pack):
    return Encoder([pack])


@pytest.fixture(scope="module")
def pairs(portraits):
    return [(portrait.pixels, portrait.face) for portrait in portraits[:22]]


def vectors(encoder: Encoder, pairs) -> np.ndarray:
    return np.stack([encoded.template.vector for encoded in encoder.encode(pairs)])


@pytest.fixture(scope="module")
def crops(pack, pairs) -> np.ndarray:
    warped = [lifted(warp(pixels, face.landmarks, pack.landmarks, pack.size)) for pixels, face in pairs]
    return np.stack(warped).transpose(0, 3, 1, 2).astype(np.float32)


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return (one * other).sum(axis=1) / lengths


def test_a_template_is_of_length_1_and_names_its_pack(encoder, pairs):
    made = encoder.encode(pairs)
    assert len(made) == len(pairs)
    for encoded in made:
        assert encoded.template.pack == "sface"
        assert encoded.template.vector.shape == (128,)
        assert encoded.template.vector.dtype == np.float32
        assert np.linalg.norm(encoded.template.vector) == pytest.approx(1, abs=1e-5)
        assert encoded.length is not None
        assert encoded.length > 0
    assert encoder.encode([]) == []


def test_both_engines_give_equal_templates(pack, pairs):
    assert engine_name() == "openvino"
    one, other = (vectors(Encoder([pack], engine=engine), pairs) for engine in ("openvino", "onnxruntime"))
    print("least cosine between engines", cosines(one, other).min())
    assert cosines(one, other).min() > 0.9999


def test_an_engine_that_does_not_exist_is_refused_by_name():
    with pytest.raises(MissingPart, match="openvino"):
        engine_name("tensorrt")


def test_the_plain_graph_equals_the_packaged_one(pack, crops):
    """The packaged model in ONNX Runtime, untouched, against what both engines make of the plain one."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(pack.read_model(), options, providers=["CPUExecutionProvider"])
    entrance, *stale = session.get_inputs()  # what was left of its training; only its weights' names, and unused
    rest = {value.name: np.zeros(value.shape, np.float32) for value in stale}
    packaged = np.concatenate([session.run(None, rest | {entrance.name: crop[None]})[0] for crop in crops[:6]])
    for engine in ("openvino", "onnxruntime"):
        ours = np.concatenate([compile_network(pack.read_model(), engine=engine)(crops[:6])[0]])
        assert cosines(ours.reshape(6, -1), packaged.reshape(6, -1)).min() > 0.99999
        np.testing.assert_allclose(ours.reshape(6, -1), packaged.reshape(6, -1), atol=2e-3)


def test_the_plain_graph_is_made_once_and_is_no_longer_than_needed(pack):
    graph = plain(pack.read_model())
    assert plain(graph) == graph
    assert b"DequantizeLinear" not in graph


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_eleven_at_once_equal_one_by_one(pack, pairs, engine):
    encoder = Encoder([pack], engine=engine)
    together = vectors(encoder, pairs[:11])
    alone = np.concatenate([vectors(encoder, [pair]) for pair in pairs[:11]])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_a_mirrored_photo_gives_nearly_the_same_template(encoder, pairs, finder):
    """SFace itself is not quite symmetric; a stranger's score is about 0.1."""
    scores = []
    for (pixels, face), straight in zip(pairs, vectors(encoder, pairs), strict=True):
        mirrored = np.ascontiguousarray(pixels[:, ::-1])
        there = pixels.shape[1] - 1 - face.landmarks[:, 0].mean()
        again = min(finder.find(mirrored), key=lambda other: abs(other.landmarks[:, 0].mean() - there))
        scores.append(float(vectors(encoder, [(mirrored, again)])[0] @ straight))
    print("scores with the mirrored photo: median", np.median(scores).round(3), "least", min(scores))
    assert min(scores) > 0.7


def test_mirror_averaging_makes_mirrored_crops_equal(pack, portraits):
    """With ``mirror = true`` a face and its exact mirror image have one template."""
    encoder = Encoder([replace(pack, mirror=True)])
    for portrait in portraits[:6]:
        crop = warp(portrait.pixels, portrait.face.landmarks, pack.landmarks, pack.size)
        face = replace(portrait.face, landmarks=pack.landmarks)
        made = vectors(encoder, [(crop, face), (np.ascontiguousarray(crop[:, ::-1]), face)])
        assert made[0] @ made[1] > 0.999


def test_mates_score_higher_than_strangers(encoder, lfw_photos, finder):
    from kintrace.faces import read

    people: dict[Path, list[Path]] = {}
    for path in lfw_photos:
        people.setdefault(path.parent, []).append(path)
    mates = [photos[:2] for photos in people.values() if len(photos) > 1][:30]
    pairs = []
    for path in (path for photos in mates for path in photos):
        pixels = read(path).pixels
        pairs.append((pixels, min(finder.find(pixels), key=lambda face: abs(face.landmarks.mean(axis=0) - 75).sum())))
    made = vectors(encoder, pairs)
    scores = made[::2] @ made[1::2].T
    mated, strangers = np.diag(scores), scores[~np.eye(30, dtype=bool)]
    print("mated: median", np.median(mated).round(3), "; strangers: median", np.median(strangers).round(3))
    assert np.median(mated) > 0.55
    assert np.median(strangers) < 0.2
    assert (scores.argmax(axis=1) == np.arange(30)).mean() >= 0.95


def test_templates_of_different_packs_do_not_compare(encoder, pairs):
    template = encoder.encode(pairs[:1])[0].template
    assert score(template, template) == pytest.approx(1, abs=1e-5)
    for other in ("sface+other", "other", ""):
        with pytest.raises(PackMismatch, match="anew"):
            score(template, Template(other, template.vector))


def second(pack, folder: Path):
    """A second pack made of SFace itself: another name, and another way to feed it, so that it scores differently."""
    return replace(pack, name="other", channels="BGR", batch=1, folder=folder)


@pytest.mark.parametrize("weights", [{"sface": 0.7, "other": 0.3}, {"sface": 2.0, "other": 6.0}, None])
def test_the_inner_product_of_joined_templates_is_the_weighted_sum(pack, encoder, pairs, tmp_path, weights):
    pairs = pairs[:7]
    other = second(pack, tmp_path)
    joined = Encoder([pack, other], weights)
    assert joined.name == "sface+other"
    assert joined.dimensions == 256
    ours = vectors(joined, pairs)
    one, two = vectors(encoder, pairs), vectors(Encoder([other]), pairs)
    given = weights or {"sface": 1.0, "other": 1.0}
    share = given["sface"] / sum(given.values())
    np.testing.assert_allclose(ours @ ours.T, share * one @ one.T + (1 - share) * two @ two.T, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
    assert joined.weights == pytest.approx({"sface": share, "other": 1 - share})
    assert abs(one @ one.T - two @ two.T).max() > 0.01, "the second pack should score differently"


@pytest.mark.parametrize("weights", [{"sface": 0.0}, {"sface": -1.0}, {"unknown": 1.0}])
def test_weights_that_mean_nothing_are_refused(pack, weights):
    with pytest.raises(PackInvalid, match="weight"):
        Encoder([pack], weights)


def test_no_pack_at_all_is_refused():
    with pytest.raises(PackInvalid):
        Encoder([])


def test_the_key_changes_with_all_that_changes_a_template(pack, tmp_path):
    other = second(pack, tmp_path)
    keys = [
        Encoder([pack]).key,
        Encoder([replace(pack, mirror=True)]).key,
        Encoder([pack, other]).key,
        Encoder([pack, other], {"sface": 0.7, "other": 0.3}).key,
    ]
    assert len(set(keys)) == len(keys)


def test_a_model_of_other_dimensions_than_promised_is_refused(pack, pairs):
    with pytest.raises(PackInvalid, match="128 numbers"):
        Encoder([replace(pack, dimensions=64)]).encode(pairs[:1])


def test_low_contrast_is_stretched_and_full_contrast_left_alone():
    ramp = np.repeat(np.linspace(0, 255, 112).astype(np.uint8)[None, :, None], 112, axis=0).repeat(3, axis=2)
    assert (lifted(ramp) == ramp).all()
    stretched = lifted((ramp // 4 + 60).astype(np.uint8))
    assert stretched.min() == 0
    assert stretched.max() == 255
    assert lifted(np.full((112, 112, 3), 77, np.uint8)).dtype == np.uint8


def test_mean_vector_is_of_length_1(encoder, pairs):
    made = vectors(encoder, pairs)
    mean = mean_vector(made)
    assert np.linalg.norm(mean) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(mean_vector(made[:1]), made[0], atol=1e-6)
    assert np.isfinite(mean_vector(np.stack([made[0], -made[0]]))).all()
