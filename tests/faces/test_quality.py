"""Every measure moves the right way when a real face is made worse, and the overall value falls."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from kintrace.faces import Acquirer, Photo, Sample, assess, measures
from kintrace.faces.measure import head_pose
from kintrace.faces.quality import ADVICE


def measured(portrait, pixels=None, face=None):
    return measures(portrait.pixels if pixels is None else pixels, face or portrait.face)


def share(portraits, better) -> float:
    """Of the portraits, the part for which ``better`` holds."""
    return float(np.mean([better(portrait) for portrait in portraits]))


def blurred(pixels, sigma=2.0):
    return cv2.GaussianBlur(pixels, (0, 0), sigma)


def dark(pixels, factor=0.15):
    return (pixels * factor).astype(np.uint8)


def bright(pixels, factor=2.5):
    return np.clip(pixels * factor, 0, 255).astype(np.uint8)


def faded(pixels, contrast=0.15):
    return np.round(120 + contrast * (pixels.astype(float) - 128)).astype(np.uint8)


def grainy(pixels, sigma=20.0):
    grain = np.random.default_rng(1).normal(0, sigma, pixels.shape)
    return np.clip(pixels + grain, 0, 255).astype(np.uint8)


def half_in_shadow(portrait):
    shaded = portrait.pixels.copy()
    middle = round(float(portrait.face.landmarks[2, 0]))
    shaded[:, :middle] = shaded[:, :middle] // 4
    return shaded


@pytest.mark.parametrize(
    ("name", "worse", "sign"),
    [
        ("sharpness", blurred, -1),
        ("under_exposure", dark, 1),
        ("over_exposure", bright, 1),
        ("dynamic_range", faded, -1),
        ("noise", grainy, 1),
        ("noise", blurred, -1),
    ],
)
def test_a_measure_follows_what_was_done_to_the_picture(portraits, name, worse, sign):
    moves = [sign * (measured(p, worse(p.pixels))[name] - measured(p)[name]) for p in portraits]
    print(name, worse.__name__, "median change", round(float(np.median(moves)) * sign, 4))
    assert min(moves) > 0


def test_half_a_face_in_shadow_is_not_uniform(portraits):
    name = "illumination_uniformity"
    moves = [measured(p, half_in_shadow(p))[name] - measured(p)[name] for p in portraits]
    print("median change", round(float(np.median(moves)), 3))
    assert np.mean(np.array(moves) < 0) >= 0.95
    for portrait in portraits:
        even = np.full_like(portrait.pixels, 128)
        assert measured(portrait, even)[name] == pytest.approx(1)


def test_colourfulness_tells_grey_from_colour(portraits):
    for portrait in portraits:
        grey = np.repeat(cv2.cvtColor(portrait.pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
        assert measured(portrait, grey)["colourfulness"] == 0
    assert share(portraits, lambda p: p.photo.grey or measured(p)["colourfulness"] > 0.03) == 1


def test_a_face_cut_off_is_less_complete(portraits, finder):
    lost = []
    for portrait in portraits:
        right_eye = portrait.face.landmarks[0]
        cut = np.ascontiguousarray(portrait.pixels[:, round(float(right_eye[0])) :])
        faces = finder.find(cut)
        whole = measured(portrait)["face_completeness"]
        assert whole > 0.95
        for face in faces[:1]:
            assert measures(cut, face)["face_completeness"] < whole, portrait.path
            lost.append(whole - measures(cut, face)["face_completeness"])
    print(
        f"{len(lost)} faces cut at the right eye; completeness lost: median {np.median(lost):.2f}, least {min(lost):.2f}"
    )
    assert len(lost) >= 30
    assert np.median(lost) > 0.08


def test_inter_eye_distance_grows_with_the_picture(portraits, finder):
    for portrait in portraits[:20]:
        double = cv2.resize(portrait.pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        ratios = [face.inter_eye_distance / portrait.face.inter_eye_distance for face in finder.find(double)]
        assert any(ratio == pytest.approx(2, rel=0.08) for ratio in ratios), portrait.path


def test_a_mirrored_head_looks_the_other_way(portraits, finder):
    pairs = []
    for portrait in portraits:
        width = portrait.pixels.shape[1]
        mirrored = np.ascontiguousarray(portrait.pixels[:, ::-1])
        there = width - 1 - portrait.face.landmarks[:, 0].mean()
        face = min(finder.find(mirrored), key=lambda face: abs(face.landmarks[:, 0].mean() - there))
        one, other = measured(portrait), measures(mirrored, face)
        pairs.append((one["head_pose_yaw"], other["head_pose_yaw"]))
        assert one["head_pose_roll"] == pytest.approx(-other["head_pose_roll"], abs=3)
        assert one["head_pose_pitch"] == pytest.approx(other["head_pose_pitch"], abs=6)
    yaw = np.array(pairs)
    print("yaw from", yaw.min().round(1), "to", yaw.max().round(1), "; greatest sum", abs(yaw.sum(axis=1)).max())
    assert abs(yaw.sum(axis=1)).max() < 8
    assert (abs(yaw[:, 0]) > 15).sum() >= 5, "the photos should hold some heads that are turned"
    turned = abs(yaw[:, 0]) > 8
    assert (np.sign(yaw[turned, 0]) == -np.sign(yaw[turned, 1])).all()


def test_yaw_is_positive_to_the_persons_left(portraits):
    """Whoever turns to the own left shows the nose nearer to the left eye, on the right of the picture."""
    for portrait in portraits:
        right_eye, left_eye, nose = portrait.face.landmarks[:3]
        along = (nose - (right_eye + left_eye) / 2) @ (left_eye - right_eye) / np.sum((left_eye - right_eye) ** 2)
        yaw = measured(portrait)["head_pose_yaw"]
        if abs(yaw) > 15:
            assert np.sign(yaw) == np.sign(along), (portrait.path, yaw, along)


@pytest.mark.parametrize("degrees", [-170, -60, -25, 12, 25, 90])
def test_roll_is_the_angle_by_which_the_landmarks_are_turned_clockwise(portraits, degrees):
    errors = []
    for portrait in portraits:
        matrix = cv2.getRotationMatrix2D((75, 75), -degrees, 1)  # OpenCV counts counter-clockwise
        points = (portrait.face.landmarks @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
        gained = head_pose(replace(portrait.face, landmarks=points))[2] - head_pose(portrait.face)[2]
        errors.append((gained - degrees + 180) % 360 - 180)
    print(f"turned by {degrees}: median error {np.median(errors):.2f}, greatest {np.abs(errors).max():.2f}")
    assert abs(np.median(errors)) < 2
    assert np.abs(errors).max() < 15


@pytest.mark.parametrize("degrees", [-25, 25])
def test_a_head_that_is_tilted_in_the_picture_has_a_roll_to_that_side(portraits, finder, degrees):
    """How much of the tilt the detector's landmarks follow is another matter; the sign must be right."""
    gains = []
    for portrait in portraits[:30]:
        height, width = portrait.pixels.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
        tilted = cv2.warpAffine(portrait.pixels, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
        there = matrix @ [*portrait.face.landmarks.mean(axis=0), 1]
        face = min(finder.find(tilted), key=lambda face: abs(face.landmarks.mean(axis=0) - there).sum())
        gains.append(measures(tilted, face)["head_pose_roll"] - measured(portrait)["head_pose_roll"])
    print(f"tilted by {degrees}: roll gained, median {np.median(gains):.1f}, from {min(gains):.1f} to {max(gains):.1f}")
    assert np.mean(np.sign(gains) == np.sign(degrees)) >= 0.9


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_roll_of_a_photo_on_its_side_is_what_is_left_once_it_is_turned(portraits, finder, quarters):
    for portrait in portraits[:10]:
        turned = np.ascontiguousarray(np.rot90(portrait.pixels, quarters))
        roll = measures(turned, finder.find(turned)[0])["head_pose_roll"]
        upright = measured(portrait, face=finder.find(portrait.pixels)[0])["head_pose_roll"]
        assert abs(roll - upright) < 4


def near(acquisition, portrait) -> Sample | None:
    """The sample at the portrait's place."""
    middle = portrait.face.landmarks.mean(axis=0)
    there = [s for s in acquisition.samples if abs(s.face.landmarks.mean(axis=0) - middle).max() < 15]
    return there[0] if there else None


def shrunk(pixels, factor=0.3):
    small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, pixels.shape[1::-1], interpolation=cv2.INTER_CUBIC)


def jpeg(pixels, quality=5):
    packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(packed, cv2.IMREAD_COLOR)


@pytest.mark.parametrize(
    ("worse", "least"), [(blurred, 0.95), (shrunk, 0.95), (grainy, 0.95), (jpeg, 0.95), (faded, 0.7)]
)
def test_the_overall_value_falls_when_the_picture_gets_worse(portraits, samples, acquirer, worse, least):
    changes = []
    for portrait, sample in zip(portraits, samples, strict=True):
        picture = Photo(np.ascontiguousarray(worse(portrait.pixels)), "PNG", "", False)
        now = near(acquirer.acquire_photo(picture), portrait)
        changes.append((now.quality.overall if now else 0.0) - sample.quality.overall)
    print(f"{worse.__name__}: median change {np.median(changes):.1f}, fell for {np.mean(np.array(changes) < 0):.2f}")
    assert np.mean(np.array(changes) < 0) >= least
    assert np.median(changes) < -1


def test_the_more_blur_the_lower(portraits, acquirer: Acquirer):
    means = []
    for sigma in (0.01, 1, 2, 3):
        values = []
        for portrait in portraits[:20]:
            now = near(acquirer.acquire_photo(Photo(blurred(portrait.pixels, sigma), "PNG", "", False)), portrait)
            values.append(now.quality.overall if now else 0.0)
        means.append(float(np.mean(values)))
    print("mean overall by blur:", [round(mean, 1) for mean in means])
    assert means == sorted(means, reverse=True)


def test_overall_lies_between_0_and_100_and_good_portraits_are_high(samples):
    values = [sample.quality.overall for sample in samples]
    print("overall of 60 portraits:", np.percentile(values, [0, 10, 50, 90, 100]))
    assert min(values) >= 0
    assert max(values) <= 100
    assert np.median(values) > 50
    assert max(values) - min(values) > 15


def test_overall_is_cut_at_both_ends_also_without_a_template(samples):
    plain = {name: value for name, value in samples[0].quality.measures.items() if name != "template_length"}
    assert 0 <= assess(plain).overall <= 100
    assert assess(plain | {"detector_score": 0.0}).overall == 0
    assert assess(plain | {"detector_score": 9.0}).overall == 100
    assert assess(samples[0].quality.measures | {"template_length": 0.0, "detector_score": 0.0}).overall == 0


GOOD = {
    "inter_eye_distance": 90.0,
    "head_pose_yaw": 0.0,
    "head_pose_pitch": 0.0,
    "head_pose_roll": 0.0,
    "sharpness": 0.2,
    "under_exposure": 0.0,
    "over_exposure": 0.0,
    "illumination_uniformity": 0.7,
    "dynamic_range": 7.3,
    "face_completeness": 1.0,
    "colourfulness": 0.2,
    "noise": 1.0,
    "detector_score": 0.95,
}


def test_a_good_portrait_gets_no_advice():
    assert assess(GOOD).advice == ()


@pytest.mark.parametrize(
    ("low", "word"),
    [
        ({"inter_eye_distance": 15.0}, "small"),
        ({"head_pose_yaw": -40.0}, "turned"),
        ({"head_pose_yaw": 40.0}, "turned"),
        ({"head_pose_pitch": 20.0}, "bowed"),
        ({"sharpness": 0.02}, "blurred"),
        ({"noise": 9.0}, "grainy"),
        ({"under_exposure": 0.5}, "dark"),
        ({"over_exposure": 0.5}, "bright"),
        ({"illumination_uniformity": 0.1}, "shadow"),
        ({"dynamic_range": 4.0}, "faded"),
        ({"face_completeness": 0.5}, "outside"),
    ],
)
def test_each_low_measure_brings_its_own_sentence(low, word):
    (sentence,) = assess(GOOD | low).advice
    assert word in sentence
    assert sentence.endswith(".")


def test_real_bad_pictures_get_the_advice_that_fits(portraits):
    for worse, word in ((lambda p: blurred(p, 4.0), "blurred"), (lambda p: dark(p, 0.08), "dark"), (faded, "faded")):
        told = share(
            portraits, lambda p, worse=worse, word=word: word in " ".join(assess(measured(p, worse(p.pixels))).advice)
        )
        print(word, told)
        assert told >= 0.9
    assert len(ADVICE) == 10
