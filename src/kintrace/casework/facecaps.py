"""How far faces may speak, by what their photos may be used for."""

from collections.abc import Sequence
from dataclasses import replace

from kintrace.evidence import FaceEvidence, look_alikes_at_most
from kintrace.provenance import Assessment, Same, capped, lowest_cap


def held_back(
    face: FaceEvidence, assessments: Sequence[Assessment], same: Sequence[Same], among: int, *, only_same: bool
) -> FaceEvidence:
    """The evidence of faces within what their photos allow, and why in words.

    Args:
        face: as the calibration weighs it.
        assessments: of the photos that were compared.
        same: photos of the two people that are one picture; they were left out.
        among: people whose faces were compared.
        only_same: there were no others: the face counts for nothing.
    """
    said = tuple(dict.fromkeys(each.words() for each in same))
    if only_same:
        return replace(
            face,
            log10_lr=0.0,
            interval=(0.0, 0.0),
            expected_lookalikes=None,
            bounded=True,
            cautions=(*face.cautions, *said),
        )
    cap = lowest_cap(assessments)
    if cap is None:
        return replace(face, cautions=(*face.cautions, *said)) if said else face
    words = dict.fromkeys(each.cap_words() for each in assessments if each.cap is not None)
    low, high = (capped(bound, cap) for bound in face.interval)
    value = capped(face.log10_lr, cap)
    expected = face.expected_lookalikes
    if value < face.log10_lr:
        expected = max(expected or 0.0, look_alikes_at_most(value, among))
    return replace(
        face,
        log10_lr=value,
        interval=(low, high),
        expected_lookalikes=expected,
        cautions=(*face.cautions, *words, *said),
    )
