"""What two people's names say: a likelihood ratio, and how it was reached.

After Fellegi and Sunter ("A theory for record linkage", Journal of the American Statistical Association 64, 1969), with the
weight of each word by how common the name is (Newcombe et al., Science 130, 1959). Against one person stand strangers, to whom
all words fall by chance, and close kin, who share family and father's name: the ratio is

    P(names | one person) / ((1 − k) · P(names | strangers) + k · P(names | kin))

so that what kin share does not count twice, and brothers do not look like one person.
"""

from math import log10

from kintrace.evidence.names.commonness import Commonness, Told
from kintrace.evidence.names.joining import Join, Joining, join
from kintrace.evidence.names.likeness import Level, likeness
from kintrace.evidence.names.parts import Part, Role, Version
from kintrace.evidence.names.people import Names
from kintrace.evidence.names.saying import NOTHING, Joined, NameEvidence, Reached
from kintrace.evidence.names.weights import Weights, shipped

KIN_AT_LEAST = 1.0
"""Kin at more than this many times the chance of strangers are named as an explanation."""


DEFAULT = Commonness()


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
    one, other = one.borne, other.borne
    turned = one.order > other.order
    if turned:
        one, other = other, one
    best: tuple[float, bool, Version, Version, Joining] | None = None
    for mine in one.versions:
        for yours in other.versions:
            joining = join(mine, yours)
            if not joining.joins and not joining.differ:
                continue
            llr, kin = _weigh(mine, yours, joining, common, used)
            if mine.alternate or yours.alternate:
                # The best of several names agrees by chance more often than one name does.
                llr -= log10(1 + sum(each.alternate for each in (*one.versions, *other.versions)))
            if best is None or llr > best[0]:
                best = (llr, kin, mine, yours, joining)
    mothers = _mothers(one, other, common, used) if one.mother_maiden and other.mother_maiden else None
    if best is None and mothers is None:
        return NOTHING
    least, most = used.bounds
    llr = (best[0] if best else 0.0) + (mothers.log10_lr if mothers else 0.0)
    llr = least if llr < least else most if llr > most else llr
    if best is None:
        return NameEvidence(llr, False, Reached(mothers=mothers, turned=turned))
    _, kin, mine, yours, joining = best
    ratios = tuple(_ratio(each, common, used) for each in joining.joins)
    return NameEvidence(llr, kin, Reached(mine, yours, joining, ratios, mothers, turned))


def _ratio(each: Join, common: Commonness, weights: Weights) -> float:
    same, chance = _factors(each, common, weights)
    return log10(same / chance)


def _weigh(one: Version, other: Version, joining: Joining, common: Commonness, weights: Weights) -> tuple[float, bool]:
    """Log10 ratio of a joining, and whether kin explain it better than chance."""
    same, chance, kin = 1.0, 1.0, 1.0
    given, swapped, seconds = False, False, 0
    for each in joining.joins:
        same_factor, chance_factor = _factors(each, common, weights)
        roles = {each.one.role, each.other.role}
        kin_factor = chance_factor
        if roles == {Role.GIVEN, Role.FAMILY}:
            given = True
            if not swapped:
                same_factor *= weights.place["swapped" if one.sure and other.sure else "swapped_unsure"]
            swapped = True
        elif roles == {Role.GIVEN, Role.FATHER}:
            same_factor *= weights.place["given_father"]
            kin_factor = weights.kin["given_father"]
        elif roles == {Role.GIVEN, Role.OTHER} and _has_given(one if each.one.role is Role.OTHER else other):
            # The other record has another given name: rather the father's name here, or a second given name.
            seconds += 1
            kin_factor = weights.kin["given_father"] if seconds == 1 else same_factor
            same_factor *= weights.place["second_given" if seconds == 1 else "exchanged"]
        elif Role.GIVEN in roles:
            given = True
        elif Role.FATHER in roles:
            kin_factor = max(chance_factor, weights.kin["father"] * same_factor)
        else:
            kin_factor = max(chance_factor, weights.kin["family"] * same_factor)
        if roles == {Role.FATHER, Role.FAMILY}:
            same_factor *= weights.place["father_family"]
        elif len(roles) == 2 and Role.OTHER in roles and not seconds:
            same_factor *= weights.place["other"]
        if (
            each.one.daughter is not None
            and each.other.daughter is not None
            and each.one.daughter != each.other.daughter
        ):
            same_factor *= weights.place["daughter"]
        same *= same_factor
        chance *= chance_factor
        kin *= kin_factor
    if swapped and given and _both_given(joining):
        # Abebe Bekele and Bekele Abebe: where names are chains, a father and his child.
        same *= weights.place["exchanged"]
        kin = weights.kin["given_father"]
        given = False
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


def _has_given(version: Version) -> bool:
    return any(part.role is Role.GIVEN for part in version.parts)


def _both_given(joining: Joining) -> bool:
    """Whether given and family name are exchanged, and either could be a given name."""
    crossed = [each for each in joining.joins if {each.one.role, each.other.role} == {Role.GIVEN, Role.FAMILY}]
    return len(crossed) == 2 and all(each.one.word.given and each.other.word.given for each in crossed)


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
