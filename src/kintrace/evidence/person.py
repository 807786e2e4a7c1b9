"""A person as one record has them: stated facts, ready to be compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

CERTAINTIES = ("documented", "stated", "estimated", "unknown")
T = TypeVar("T")


@dataclass(frozen=True)
class Statement:
    """One fact as somebody stated it."""

    value: Any
    original_script: str = ""
    source: str = ""
    source_date: str = ""
    certainty: str = "stated"

    @property
    def text(self) -> str:
        """The value in one line, as it is shown."""
        return _line(self.value)

    @classmethod
    def of(cls, told: Any) -> "Statement":
        """From a plain value, a table with these keys, or anything with these attributes."""
        if isinstance(told, cls):
            return told
        get: Callable[[str], Any]
        if isinstance(told, Mapping) and "value" in told:
            get = told.get
        elif not isinstance(told, Mapping) and hasattr(told, "value") and hasattr(told, "certainty"):
            get = lambda key: getattr(told, key, "")  # noqa: E731
        else:
            return cls(told)
        script, source, day = (str(get(key) or "") for key in ("original_script", "source", "source_date"))
        certainty = str(get("certainty") or "stated")
        return cls(get("value"), script, source, day, certainty if certainty in CERTAINTIES else "unknown")


@dataclass(frozen=True, eq=False)
class Person:
    """A sought or found person. Keys of ``facts`` are DESIGN.md §4's words, as docs/cards.md lists them."""

    facts: Mapping[str, Statement]
    enquirer: "Person | None" = None
    """Who asks, on a tracing request; their fact ``relationship`` says what they are to the person."""
    _read: dict[Any, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any], enquirer: Mapping[str, Any] | None = None) -> "Person":
        """A person from facts as the records keep them.

        Args:
            facts: by name, each a table ``{value, original_script, source, source_date, certainty}`` (other keys are passed
                over), an object with these attributes, or a plain value. Empty values are left out.
            enquirer: the same of who asks.
        """
        read = {str(name): Statement.of(told) for name, told in facts.items()}
        kept = {name: told for name, told in read.items() if told.value not in (None, "", [], {})}
        return cls(kept, cls.from_facts(enquirer) if enquirer else None)

    def get(self, name: str) -> Statement | None:
        """A fact, where it is stated."""
        return self.facts.get(name)

    def text(self, name: str) -> str:
        """A fact in one line; "" where it is not stated."""
        kept = self._read.get(name)
        if kept is None:
            told = self.facts.get(name)
            kept = self._read[name] = told.text if told else ""
        return str(kept)

    def once(self, read: Callable[["Person"], T]) -> T:
        """What a comparison reads of this person, read once however many it is compared with."""
        if read not in self._read:
            self._read[read] = read(self)
        kept: T = self._read[read]
        return kept


def _line(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(_line(each) for each in value.values() if each not in (None, ""))
    if isinstance(value, list | tuple):
        return "; ".join(filter(None, map(_line, value)))
    return " ".join(str(value).split())
