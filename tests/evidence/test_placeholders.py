"""Words for “no name” say nothing, in nine languages; and names that are near them are names."""

import pytest
from two_cards import NAMES, person

from kintrace.evidence import weigh
from kintrace.evidence.family import plain_names
from kintrace.evidence.names import Names, compare_names
from kintrace.evidence.placeholders import says_nothing

NOBODY = (
    "Unknown male", "unknown", "UNKNOWN FEMALE 3", "N.N.", "NN", "n/a", "Baby boy", "Baby Girl", "Baby girl 2", "Baby of Fatima",
    "B/O Fatima", "John Doe", "Jane Doe #4", "not known", "name not known", "unidentified body", "no name", "deceased", "X",
    "inconnu", "Homme non identifié", "sans nom", "bébé de Fatima", "desconocido", "mujer no identificada", "sin nombre",
    "fulano de tal",
    "مجهول الهوية", "مجهولة", "رجل مجهول", "غير معروف", "امرأة غير معروفة", "Невідомий чоловік", "невідома", "Ім’я невідоме",
    "не встановлено", "Неизвестный", "Неизвестная женщина", "не установлено", "unbekannt", "unbekannter Mann", "nicht bekannt",
    "ناشناس", "مجهول الهویه", "nieznany", "mężczyzna nieznany",
)  # fmt: skip
NAMED = (
    "Nil", "Man", "Man Li", "Eva Mann", "Na", "Baby", "Baby Kovalenko", "Ali Baby", "Kind", "Child", "Stefan Junge", "Del Rey",
    "Male", "Ne Win", "John Doerr", "Jane Smith", "Ernst Neizvestny", "Эрнст Неизвестный", "معروف",
    "بنت علي", "محمد", "Li", "Data Tutashkhia", "A. B. Karim", "Fatima", "No Min",
)  # fmt: skip


@pytest.mark.parametrize("text", NOBODY)
def test_a_word_for_no_name_says_nothing(text: str) -> None:
    assert says_nothing(text)
    for other in (text, "Petro Kovalenko"):
        evidence = compare_names(Names.of(text), Names.of(other))
        assert evidence.llr == 0
        assert evidence.state == "blank"
        assert evidence.words == "The names speak neither for nor against this being the same person."
        assert evidence.why == "There was no name to compare on one side or both."
    assert plain_names(text, text) == 0


@pytest.mark.parametrize("text", NAMED)
def test_a_name_near_such_a_word_is_a_name(text: str) -> None:
    assert not says_nothing(text)
    names = Names.of(text)
    assert names.borne is names
    assert compare_names(names, names).llr > 0.3


def test_a_part_that_is_not_known_leaves_the_others() -> None:
    one, other = Names.of(given="unknown", family="Zborovskyi"), Names.of(given="невідомо", family="Зборовський")
    alone = compare_names(Names.of(family="Zborovskyi"), Names.of(family="Зборовський"))
    assert compare_names(one, other).llr == alone.llr > 0
    two = Names.of(["Unknown male", "Orest Zborovskyi"])
    assert compare_names(two, two).llr == compare_names(Names.of("Orest Zborovskyi"), Names.of("Orest Zborovskyi")).llr


@pytest.mark.parametrize("text", ["Unknown Zborovskyi", "Zborovskyi, unknown", "Inconnue Zborovskyi"])
def test_unknown_beside_a_name_is_no_given_name(text: str) -> None:
    alone = compare_names(Names.of("Zborovskyi"), Names.of("Зборовський"))
    assert compare_names(Names.of(text), Names.of("Зборовський")).llr == alone.llr
    assert compare_names(Names.of(text), Names.of(text)).llr < alone.llr + 0.5


def test_two_cards_of_nobody_have_nothing_in_common() -> None:
    facts = {
        "full_name": {"value": "Unknown male", "original_script": "Невідомий чоловік"}, "father_first_name": "unknown",
        "mother_maiden_name": "unknown", "serial_number": "not issued", "place_of_birth": "unknown (invented)",
        "last_residence": "refugee camp", "nationality": "not known", "date_of_birth": "1900-01-01",
        "family": [{"relation": "mother", "person": "unknown"}],
    }  # fmt: skip
    evidence = weigh(person(**facts), person(**facts), names=NAMES, today=2026)
    assert evidence.log10_lr == 0
    assert all(fact.outcome == "blank" for fact in evidence.facts)
