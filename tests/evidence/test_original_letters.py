"""Names proposed in the letters of the people, for a keyboard that has none of them."""

import pytest

from kintrace.evidence.names import LETTERS, original


@pytest.mark.parametrize(("typed", "letters", "proposed"), [
    ("Yusuf Haddad", "arabic", "يوسف حداد"), ("Karim Al-Aziz", "arabic", "كريم العزيز"),
    ("Fatima Khalil", "arabic", "فاطمة خليل"),
    ("Olena Shevchuk", "ukrainian", "Олена Шевчук"), ("Ivan Zelenskyi", "ukrainian", "Іван Зеленський"),
    ("Yurii Yushchenko", "ukrainian", "Юрій Ющенко"), ("Ivan Dostoevsky", "russian", "Иван Достоевский"),
    ("Anna-Mariia", "ukrainian", "Анна-Марія"), ("Dmitry Shcherbakov", "russian", "Дмитрий Щербаков"),
])  # fmt: skip
def test_names_are_proposed_as_their_people_write_them(typed: str, letters: str, proposed: str) -> None:
    assert original(typed, letters) == proposed


def test_one_name_of_another_language_is_not_put_in_its_place() -> None:
    """John and Иван are one name to a comparison; nobody who is called John writes Иван."""
    assert original("John", "russian") != "Иван"


@pytest.mark.parametrize("letters", LETTERS)
def test_what_is_in_other_letters_stays_and_anything_is_borne_with(letters: str) -> None:
    for text in ("Їжак", "يوسف", "", "-", "'", "123", "李 明", "a-", "al-", "Al-", "ß" * 50, "x" * 5000):
        assert isinstance(original(text, letters), str)
    assert original("يوسف", letters) == "يوسف"
    assert original("", letters) == ""
