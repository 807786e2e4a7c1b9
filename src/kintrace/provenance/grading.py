"""How far a source and what it says can be trusted: the Admiralty grades, as investigators use them.

Six grades for the source and six for the information, given apart from each other: a reliable source may pass on something
doubtful. NATO STANAG 2511 (2003); UK College of Policing and UNODC, "Criminal Intelligence: Manual for Analysts" (2011),
annex. A grade is a person's judgement; Kintrace keeps it and suggests none but "cannot be judged".
"""

import re
from dataclasses import dataclass

from kintrace.errors import GradeError

RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "its reliability cannot be judged",
}
"""Of the source: who gave or published the photo."""
CREDIBILITY = {
    1: "confirmed by others",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "its truth cannot be judged",
}
"""Of the information: that the photo shows whom, and what, it is said to show."""


@dataclass(frozen=True)
class Grade:
    """Both grades, such as ``B2``."""

    reliability: str = "F"
    credibility: int = 6

    def __post_init__(self) -> None:
        """Refuse what is no grade."""
        if self.reliability not in RELIABILITY or self.credibility not in CREDIBILITY:
            raise GradeError(
                f"There is no grade {str(self.reliability)[:10]}{str(self.credibility)[:10]}.",
                "Nothing was changed.",
                "Use a letter from A to F for the source and a number from 1 to 6 for the information, such as B2.",
            )

    @classmethod
    def parse(cls, text: str) -> "Grade":
        """Read ``B2`` or ``b 2``.

        Raises:
            GradeError: it is no grade.
        """
        found = re.fullmatch(r"\s*([A-Za-z])\s*([0-9])\s*", text)
        if found is None:
            return cls(text.strip() or "?", 0)  # says what is wrong with it
        return cls(found[1].upper(), int(found[2]))

    @property
    def doubted(self) -> bool:
        """Whether somebody judged the source or the information poor; "cannot be judged" is no such judgement."""
        return self.reliability in "DE" or self.credibility in (4, 5)

    def words(self) -> str:
        """In a sentence."""
        source = f"Source: {RELIABILITY[self.reliability]} ({self.reliability})."
        return f"{source} Information: {CREDIBILITY[self.credibility]} ({self.credibility})."

    def __str__(self) -> str:
        """``B2``."""
        return f"{self.reliability}{self.credibility}"
