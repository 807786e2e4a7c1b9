"""What a photo may be used for: usable, a lead only, or quarantined; why, and who decided.

Three things can lower a photo: where it came from and how a person graded that; what a person decided; and what somebody *signed*
about it. What a file lacks, how it was compressed, and signs that merely fit lower nothing and raise nothing (DESIGN.md §5
rule 10).

The cap. A comparison of faces asks how much more likely two photos are this alike if they show one person. If a photo may be
false (stolen, made up, passed off as somebody) with probability p whoever it is of, it is as alike as whoever made it wished,
so that the likelihood ratio of the pair lies between p and 1/p, however alike the faces are: P(likeness | other person) ≥ p ·
P(likeness | false). For a lead, p is set to one in ten. That number is a policy, not a measurement; docs/provenance.md says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kintrace.errors import DecisionError
from kintrace.provenance.facts import PhotoFacts
from kintrace.provenance.grading import Grade
from kintrace.provenance.marks import GENERATED

Origin = Literal["family", "authority", "own_staff", "media", "social_media"]
State = Literal["usable", "lead_only", "quarantined"]

STATES: dict[State, str] = {
    "usable": "usable",
    "lead_only": "a lead only",
    "quarantined": "quarantined",
}
LEAD_CAP = 1.0
"""Log10 of the likelihood ratio at which a lead's faces stop counting, either way: ten times."""
CAPS: dict[State, float | None] = {"usable": None, "lead_only": LEAD_CAP, "quarantined": 0.0}

SOCIAL_MEDIA = "It comes from social media: a lead, until a person raises it with a reason."
DOUBTED = "A person graded it {grade}: {words}"
UNTRUE_CREDENTIALS = (
    "Its content credentials are not valid for this file: it was changed after it was signed, or they are broken. A messenger "
    "that saves it anew does so, too. Ask for the file as it was first saved."
)
GENERATED_SIGNED = "A signer on the agency's trust list recorded that it was {made}."
GENERATED_SAID = "The file says of itself that it was {made}. Anybody can write that; ask who brought it."
GENERATED_PART = (
    "Its content credentials hold that a picture that went into it was {made}. Nobody on the agency's trust list vouches for "
    "that; ask who brought it."
)
SAME_PICTURE = "The same picture is on record under another identity. A person must settle whose it is."
BLOCKED = "It is on the block list of pictures known to be false."
ORDINARY = "Nothing that is known of it lowers it. That it is what it is said to be is not shown by that."
RAISED = "{by} raised it: {reason}"
SETTLED = "{by} settled that it belongs here: {reason}"
NOT_HERE = "{by} settled that it does not belong here, and it stays in quarantine until it is withdrawn: {reason}"


@dataclass(frozen=True)
class Decision:
    """A person's decision on a photo."""

    by: str
    """Who, as the records name them."""
    reason: str

    def __post_init__(self) -> None:
        """Refuse a decision that nobody made, or for no reason."""
        if not self.by.strip() or not self.reason.strip():
            raise DecisionError(
                "A decision needs a person's name and a reason.",
                "Nothing was changed.",
                "Say who decides, and why.",
            )


@dataclass(frozen=True)
class Assessment:
    """What a photo may be used for."""

    state: State
    reasons: tuple[str, ...]
    """In words; never empty."""
    by: str
    """Who decided: a person, or "rule" where the rules alone did."""

    @property
    def cap(self) -> float | None:
        """How far the log10 likelihood ratio of its face may go from 0, either way; None: as far as the faces carry."""
        return CAPS[self.state]

    def cap_words(self) -> str:
        """What the cap means, for the page; empty where there is none."""
        if self.cap is None:
            return ""
        if self.cap == 0:
            return "Its face counts for nothing until a person settles it."
        return f"Its face counts {10**self.cap:.0f} times at most, however alike, since it is {STATES[self.state]}."


def assess(
    facts: PhotoFacts | None,
    origin: Origin,
    grade: Grade,
    raised_by: Decision | None = None,
    *,
    same_picture_elsewhere: bool = False,
    blocked: bool = False,
    settled_by: Decision | None = None,
    belongs: bool = True,
) -> Assessment:
    """What a photo may be used for.

    Args:
        facts: of the file; None where it is gone or was never looked into.
        origin: who brought it, as the card says.
        grade: a person's judgement of source and information.
        raised_by: a person who raises a lead to usable, with the reason. Raises nothing out of quarantine.
        same_picture_elsewhere: the same picture is on record under another identity.
        blocked: the picture is on the block list.
        settled_by: a person who settled the quarantine, with the reason.
        belongs: what they settled: whether the picture belongs to this identity.
    """
    quarantine = [*([SAME_PICTURE] if same_picture_elsewhere else []), *([BLOCKED] if blocked else [])]
    leads = [*([SOCIAL_MEDIA] if origin == "social_media" else [])]
    if grade.doubted:
        leads.append(DOUBTED.format(grade=grade, words=grade.words()))
    if facts is not None:
        signed, told_by_itself = _generated(facts)
        quarantine += signed
        leads += told_by_itself
        if facts.credentials.state == "invalid":
            leads.append(UNTRUE_CREDENTIALS)
    if quarantine and settled_by is None:
        return Assessment("quarantined", (*quarantine, *leads), "rule")
    if quarantine and settled_by is not None and not belongs:
        still = [each for each in quarantine if each != SAME_PICTURE]  # that somebody must settle it is over
        said = NOT_HERE.format(by=settled_by.by, reason=settled_by.reason)
        return Assessment("quarantined", (said, *still, *leads), settled_by.by)
    told = (
        (*quarantine, SETTLED.format(by=settled_by.by, reason=settled_by.reason)) if quarantine and settled_by else ()
    )
    person = settled_by.by if told and settled_by else "rule"
    if leads and raised_by is None:
        return Assessment("lead_only", (*told, *leads), person)
    if leads and raised_by is not None:
        return Assessment(
            "usable", (*told, *leads, RAISED.format(by=raised_by.by, reason=raised_by.reason)), raised_by.by
        )
    return Assessment("usable", told or (ORDINARY,), person)


def lowest_cap(assessments: Iterable[Assessment]) -> float | None:
    """The cap on a comparison of these photos: the lowest; None where no photo has one."""
    caps = [each.cap for each in assessments if each.cap is not None]
    return min(caps, default=None)


def capped(log10_lr: float, cap: float | None) -> float:
    """A log10 likelihood ratio, held within a cap on both sides."""
    return log10_lr if cap is None else max(-cap, min(cap, log10_lr))


def made_by_signers_word(facts: PhotoFacts) -> list[str]:
    """Which of :data:`~kintrace.provenance.marks.GENERATED` a signer on the agency's list recorded; empty where none did."""
    trusted = facts.credentials.state == "trusted"
    return [kind for kind in facts.credentials.source_types if kind in GENERATED] if trusted else []


def _generated(facts: PhotoFacts) -> tuple[list[str], list[str]]:
    """Reasons to quarantine, and to take it as a lead: what is recorded of how the picture was made."""
    if signed := made_by_signers_word(facts):
        return [GENERATED_SIGNED.format(made=GENERATED[signed[0]])], []
    credentials = facts.credentials
    said = [*(credentials.source_types if credentials.state == "untrusted" else ()), facts.metadata.source_type]
    known = [kind for kind in said if kind in GENERATED]
    if known:
        return [], [GENERATED_SAID.format(made=GENERATED[known[0]])]
    valid = credentials.state in ("untrusted", "trusted")
    parts = [kind for kind in credentials.parts_source_types if kind in GENERATED] if valid else []
    return [], [GENERATED_PART.format(made=GENERATED[kind]) for kind in parts[:1]]
