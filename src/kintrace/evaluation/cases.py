"""The page's material: the figures, and the worst misses and false alarms with their photos."""

from collections.abc import Sequence

from kintrace.errors import PhotoError
from kintrace.evaluation.figures import FPIRS, worst_alarms, worst_misses
from kintrace.evaluation.honesty import curves
from kintrace.evaluation.report import Case, Picture, Report
from kintrace.evaluation.run import Acquired, Evaluation
from kintrace.faces import Reader, portrait


def report(evaluation: Evaluation, *, cases: int = 8, degraded: Sequence[tuple[str, dict[str, object]]] = ()) -> Report:
    """What the page shows: the figures, and the worst misses and false alarms with their photos."""
    protocol, searches = evaluation.protocol, evaluation.searches
    people = list(dict.fromkeys(row.subject for row in protocol.gallery))
    threshold = searches.threshold_at_fpir(FPIRS[-1])
    first_photo: dict[str, int] = {}
    for number, row in enumerate(protocol.gallery):
        if evaluation.gallery.samples[number] is not None:
            first_photo.setdefault(row.subject, number)

    with Reader() as reader:

        def picture(acquired: Acquired, number: int, score: float | None = None) -> Picture:
            row, sample = acquired.rows[number], acquired.samples[number]
            if sample is None:
                return Picture(row.image)
            try:
                photo = reader.read(row.path)
            except PhotoError:
                return Picture(row.image, None, sample.quality.overall, score)
            return Picture(row.image, portrait(photo.pixels, sample.face.landmarks), sample.quality.overall, score)

        def reference(person: int, score: float) -> Picture | None:
            number = first_photo.get(people[person]) if person >= 0 else None
            return None if number is None else picture(evaluation.gallery, number, float(score))

        misses = [
            Case(
                picture(evaluation.probes, int(i)),
                reference(int(searches.mate_person[i]), searches.mate[i]),
                reference(int(searches.rival[i]), searches.rival_score[i]),
                int(searches.rank[i]),
            )
            for i in worst_misses(searches, threshold, cases)
        ]
        alarms = [
            Case(
                picture(evaluation.probes, len(protocol.mated) + int(i)),
                first=reference(int(searches.alarm_person[i]), searches.alarm[i]),
            )
            for i in worst_alarms(searches, threshold, cases)
        ]
    checked = evaluation.figures.get("calibration")
    reliability, look_alikes = curves(checked, searches.gallery) if isinstance(checked, dict) else (None, None)
    return Report(
        evaluation.figures,
        searches,
        reliability=reliability,
        look_alikes=look_alikes,
        quality=evaluation.quality,
        misses=misses,
        alarms=alarms,
        degraded=degraded,
        notes=protocol.cautions,
    )
