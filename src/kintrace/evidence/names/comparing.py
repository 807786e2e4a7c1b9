"""What two people's names say: a likelihood ratio, and how it was reached.

After Fellegi and Sunter ("A theory for record linkage", Journal of the American Statistical Association 64, 1969), with the
weight of each word by how common the name is (Newcombe et al., Science 130, 1959). Against one person stand strangers, to whom
all words fall by chance, and close kin, who share family and father's name: the ratio is

    P(names | one person) / ((1 − k) · P(names | strangers) + k · P(names | kin))

so that what kin share does not count twice, and brothers do not look like one person.
"""

from dataclasses import dataclass
from math import log10
from typing import Any

from kintrace.evidence.names.commonness import Commonness, Told
from kintrace.evidence.names.joining import Join, Joining, join
from kintrace.evidence.names.likeness import Level, likeness
from kintrace.evidence.names.people import Names, Part, Role, Version
from kintrace.evidence.names.weights import Weights, shipped
from kintrace.evidence.words import number, support

BLANK_BELOW = 0.0005
KIN_AT_LEAST = 10.0
"""Kin at this many times the chance of strangers are named as an explanation."""


@dataclass(frozen=True)
class Joined:
    """Two words that were joined, and why."""

    one: str
    other: str
    place: str
    """What the words are: "given name", "father's name", …"""
    how: str
    log10_lr: float
    """What it weighs alone, against strangers."""


@dataclass(frozen=True)
class NameEvidence:
    """What the names of two records say."""

    llr: float
    """Log10 likelihood ratio, within the bounds of the weights; 0 where nothing could be compared."""
    state: str
    """``agree`` above 0, ``differ`` below, ``blank`` where nothing could be compared."""
    why: str
    words: str
    """The strength in words."""
    joined: tuple[Joined, ...] = ()
    differ: tuple[tuple[str, str, str], ...] = ()
    """Words that stand in the same place and are different: one, other, place."""
    alone: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Words of each name that were left alone, particles and titles among them."""
    compared: tuple[str, str] = ("", "")
    """The ways to write the two names that were compared, of all the ways that the records give."""
    kin: bool = False
    """The names are those of two relatives much rather than of strangers: family or father's names agree, given names do not."""

    def as_json(self) -> dict[str, Any]:
        """Ready for ``json.dumps``."""
        return {
            "llr": round(self.llr, 4),
            "state": self.state,
            "why": self.why,
            "words": self.words,
            "joined": [
                {
                    "a": each.one,
                    "b": each.other,
                    "place": each.place,
                    "how": each.how,
                    "log10_lr": round(each.log10_lr, 4),
                }
                for each in self.joined
            ],
            "differ": [{"a": one, "b": other, "place": place} for one, other, place in self.differ],
            "alone": [list(side) for side in self.alone],
            "compared": list(self.compared),
            "kin": self.kin,
        }


NOTHING = NameEvidence(0.0, "blank", "There was no name to compare on one side or both.", "The names say nothing.")
DEFAULT = Commonness()
_PLACES = {
    frozenset((Role.GIVEN,)): "given name", frozenset((Role.FATHER,)): "father's name",
    frozenset((Role.FAMILY,)): "family name", frozenset((Role.OTHER,)): "further name",
}  # fmt: skip


def compare_names(
    one: Names,
    other: Names,
    commonness: Commonness | Told | None = None,
    weights: Weights | None = None,
) -> NameEvidence:
    """Compare two people's names; the same either way round.

    Args:
        one: all names of one person.
        other: of the other.
        commonness: how common names are: learned from a registry (:meth:`Commonness.learned`), or a function from a word
            (case folded) to a share; by default by the table of known names and by sound.
        weights: the numbers behind it; the shipped ones by default.
    """
    used = weights or shipped()
    common = (
        commonness if isinstance(commonness, Commonness) else Commonness(told=commonness) if commonness else DEFAULT
    )
    best: tuple[float, Version, Version, Joining, bool] | None = None
    for mine in one.versions:
        for yours in other.versions:
            joining = join(mine, yours)
            if not joining.joins and not joining.differ:
                continue
            llr, kin = _weigh(mine, yours, joining, common, used)
            if best is None or llr > best[0]:
                best = (llr, mine, yours, joining, kin)
    mothers = _mothers(one, other, common, used)
    if best is None:
        if mothers is None:
            return NOTHING
        llr = max(used.bounds[0], min(used.bounds[1], mothers.log10_lr))
        return _evidence(llr, None, None, None, False, mothers, common, used)
    llr, mine, yours, joining, kin = best
    if mothers is not None:
        llr = max(used.bounds[0], min(used.bounds[1], llr + mothers.log10_lr))
    return _evidence(llr, mine, yours, joining, kin, mothers, common, used)


def _weigh(one: Version, other: Version, joining: Joining, common: Commonness, weights: Weights) -> tuple[float, bool]:
    """Log10 ratio of a joining, and whether kin explain it better than chance."""
    same, chance, kin = 1.0, 1.0, 1.0
    given, swapped = False, False
    for each in joining.joins:
        same_factor, chance_factor = _factors(each, common, weights)
        roles = {each.one.role, each.other.role}
        kin_factor = chance_factor
        second = roles == {Role.GIVEN, Role.OTHER} and _has_given(joining.alone[each.one.role is Role.GIVEN])
        if roles == {Role.GIVEN, Role.FAMILY}:
            if not swapped:
                same_factor *= weights.place["swapped" if one.sure and other.sure else "swapped_unsure"]
            swapped = True
            given = True
        elif roles == {Role.GIVEN, Role.FATHER}:
            same_factor *= weights.place["given_father"]
            kin_factor = weights.kin["given_father"]
        elif second:
            # The other record has another given name: rather the father's name here, or a second given name.
            kin_factor = weights.kin["given_father"]
        elif roles == {Role.GIVEN} or roles == {Role.GIVEN, Role.OTHER}:
            given = True
        elif Role.FATHER in roles:
            kin_factor = max(chance_factor, weights.kin["father"] * same_factor)
        else:
            kin_factor = max(chance_factor, weights.kin["family"] * same_factor)
        if roles == {Role.FATHER, Role.FAMILY}:
            same_factor *= weights.place["father_family"]
        elif len(roles) == 2 and Role.OTHER in roles:
            same_factor *= weights.place["second_given" if second else "other"]
        if (
            each.one.daughter is not None
            and each.other.daughter is not None
            and each.one.daughter != each.other.daughter
        ):
            same_factor *= weights.place["daughter"]
        same *= same_factor
        chance *= chance_factor
        kin *= kin_factor
    for mine, yours in joining.differ:
        role = mine.role if mine.role is yours.role else Role.OTHER
        same *= weights.differ[role]
        if role is Role.FAMILY:
            kin *= 1 - weights.kin["family"]
        elif role is Role.FATHER:
            kin *= 1 - weights.kin["father"]
    share = weights.kin["share" if given else "share_without_given"]
    against = (1 - share) * chance + share * kin
    least, most = weights.bounds
    llr = max(least, min(most, log10(max(same, 1e-30) / max(against, 1e-30))))
    return llr, not given and bool(joining.joins) and share * kin > KIN_AT_LEAST * (1 - share) * chance


def _has_given(parts: tuple[Part, ...]) -> bool:
    return any(part.role is Role.GIVEN for part in parts)


def _factors(each: Join, common: Commonness, weights: Weights) -> tuple[float, float]:
    """How likely two words are alike in this way if it is one person, and if it is not."""
    role = each.one.role if each.one.role is each.other.role else Role.OTHER
    level = Level.GENDER if each.likeness.level is Level.SEXED else each.likeness.level
    same = weights.same[role][level]
    if level is Level.INITIAL:
        return 1.0, weights.chance[level]
    share = max(common.share(each.one.word, weights), common.share(each.other.word, weights))
    if level in (Level.SAME, Level.SOUND):
        # In which letters it is written says nothing of whose name it is.
        return weights.same[role][Level.SAME] + weights.same[role][Level.SOUND], min(1.0, share * weights.chance[level])
    if level in (Level.NEAR, Level.LOOSE):
        return same, min(1.0, max(share * same, weights.chance[level]))
    return max(same, 0.5), min(1.0, share * weights.chance[level])


def _mothers(one: Names, other: Names, common: Commonness, weights: Weights) -> Joined | None:
    """The mothers' maiden names, where both records have them; a fact that only brothers and sisters share."""
    if not one.mothers or not other.mothers:
        return None
    found = [(likeness(mine, yours), mine, yours) for mine in one.mothers for yours in other.mothers]
    best, mine, yours = min(found, key=lambda each: (each[0].level, each[0].distance, each[1].text, each[2].text))
    level = Level.GENDER if best.level is Level.SEXED else best.level
    if level is Level.APART:
        ratio = weights.differ[Role.FATHER]
    else:
        part = Part((mine,), Role.FAMILY, mine.text), Part((yours,), Role.FAMILY, yours.text)
        same, chance = _factors(Join(*part, best), common, weights)
        share = weights.kin["share_without_given"]
        ratio = same / ((1 - share) * chance + share * weights.kin["mother"])
    return Joined(mine.text, yours.text, "mother's maiden name", best.how, log10(ratio))


def _place(one: Part, other: Part) -> str:
    roles = frozenset((one.role, other.role))
    if roles in _PLACES:
        return _PLACES[roles]
    if roles == {Role.GIVEN, Role.FAMILY}:
        return "given name with family name"
    known = [_PLACES[frozenset((role,))] for role in sorted(roles) if role is not Role.OTHER]
    return known[0] if len(known) == 1 else " with ".join(known)


def _evidence(
    llr: float, one: Version | None, other: Version | None, joining: Joining | None, kin: bool, mothers: Joined | None,
    common: Commonness, weights: Weights,
) -> NameEvidence:  # fmt: skip
    joined: list[Joined] = []
    for each in joining.joins if joining else ():
        same, chance = _factors(each, common, weights)
        how = each.likeness.how
        joined.append(Joined(each.one.shown, each.other.shown, _place(each.one, each.other), how, log10(same / chance)))
    differ = tuple(
        (mine.shown, yours.shown, _place(mine, yours)) for mine, yours in (joining.differ if joining else ())
    )
    if mothers is not None and mothers.log10_lr > 0:
        joined.append(mothers)
    elif mothers is not None:
        differ = (*differ, (mothers.one, mothers.other, mothers.place))
    alone = ((), ()) if not joining or not one or not other else (
        (*(part.shown for part in joining.alone[0]), *one.weak), (*(part.shown for part in joining.alone[1]), *other.weak),
    )  # fmt: skip
    state = "agree" if llr > BLANK_BELOW else "differ" if llr < -BLANK_BELOW else "blank"
    why = _why(joined, differ, alone, kin)
    compared = (one.shown if one else "", other.shown if other else "")
    return NameEvidence(llr, state, why, _strength(llr), tuple(joined), differ, alone, compared, kin)


def _why(joined: list[Joined], differ: tuple[tuple[str, str, str], ...], alone: Any, kin: bool) -> str:
    told = [f"{each.one} and {each.other} ({each.place}): {each.how}." for each in joined]
    told += [f"{mine} and {yours} ({place}) differ." for mine, yours, place in differ]
    left = [name for side in alone for name in side]
    if left:
        told.append(f"Left alone: {', '.join(left)}.")
    if kin:
        told.append("What agrees is what relatives share: these may be two of one family.")
    return " ".join(told)


def _strength(llr: float) -> str:
    told = support(llr)
    if told == "no":
        return "The names speak neither for nor against this being the same person."
    case = "one person" if llr > 0 else "two"
    return f"The names give {told} support to {case}: about {number(abs(llr))} times likelier if so than if not."
