"""What the closed vocabularies of the records have in common."""

from enum import StrEnum


class Word(StrEnum):
    """A word of a closed vocabulary, kept in the database as it is."""

    @property
    def label(self) -> str:
        """The word as people read it."""
        return self.value.replace("_", " ")

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """For a Django field."""
        return [(word.value, word.label) for word in cls]

    @classmethod
    def values(cls) -> list[str]:
        """All words."""
        return [word.value for word in cls]
