"""One overall value for a face, fitted to predict recognition error, and advice for each low measure.

``quality.json`` is made by ``benchmarks/fit_quality.py``: a linear prediction of the score a face reaches against other
photos of the same person, from its measures, scaled so that 0 is the score of strangers and 100 that of good portraits.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from math import log

from kintrace.faces.face import Quality

USABLE = 20.0
"""Overall quality below which a face is kept out of candidates; no photo of lfw-dev falls below it, and dolls and
backgrounds do (tests/faces/test_not_a_face.py)."""

FEATURES: dict[str, Callable[[Mapping[str, float]], float]] = {
    "template_length": lambda m: m["template_length"],
    "detector_score": lambda m: m["detector_score"],
    "small": lambda m: 10.0 / max(m["inter_eye_distance"], 4.0),
    "pitch": lambda m: (m["head_pose_pitch"] / 30.0) ** 2,
    "roll": lambda m: min(abs(m["head_pose_roll"]), 90.0) / 45.0,
    "sharpness": lambda m: log(m["sharpness"] + 0.02),
    "noise": lambda m: log(m["noise"] + 0.3),
    "over_exposure": lambda m: m["over_exposure"],
}
"""What the prediction is made from; faces whose model gives no template length use the rest."""

# (measure, is it low?, what to tell the photographer)
ADVICE: tuple[tuple[Callable[[Mapping[str, float]], bool], str], ...] = (
    (
        lambda m: m["inter_eye_distance"] < 24,
        "The face is small: come closer, or scan the print at a higher resolution.",
    ),
    (
        lambda m: abs(m["head_pose_yaw"]) > 30,
        "The head is turned to the side: ask the person to face the camera.",
    ),
    (
        lambda m: abs(m["head_pose_pitch"]) > 15,
        "The head is bowed or raised: hold the camera level with the eyes.",
    ),
    (
        lambda m: m["sharpness"] < 0.08,
        "The picture is blurred: hold still, focus on the eyes, or clean the lens.",
    ),
    (lambda m: m["noise"] > 6, "The picture is grainy: use more light."),
    (lambda m: m["under_exposure"] > 0.25, "The face is too dark: turn it towards the light."),
    (lambda m: m["over_exposure"] > 0.15, "The face is too bright: move out of direct sun or flash."),
    (
        lambda m: m["illumination_uniformity"] < 0.25,
        "One half of the face is in shadow: let the light come from the front.",
    ),
    (
        lambda m: m["dynamic_range"] < 5.5,
        "The picture is faded: scan it again with more contrast, if you have the print.",
    ),
    (lambda m: m["face_completeness"] < 0.9, "Part of the face is outside the picture: show the whole head."),
)


@cache
def _fit() -> dict[str, dict[str, float]]:
    """The two fits of ``quality.json``: with and without a template length."""
    fits: dict[str, dict[str, float]] = json.loads(
        resources.files(__package__).joinpath("quality.json").read_text(encoding="utf-8")
    )["fits"]
    return fits


def assess(measures: Mapping[str, float]) -> Quality:
    """The quality of a face from its measures (see :func:`kintrace.faces.measure.measures`)."""
    fit = _fit()["with_template" if "template_length" in measures else "picture_only"]
    overall = fit["constant"] + sum(
        weight * FEATURES[name](measures) for name, weight in fit.items() if name != "constant"
    )
    advice = tuple(words for low, words in ADVICE if low(measures))
    return Quality(round(min(max(overall, 0.0), 100.0), 1), dict(measures), advice)
