"""The translations are whole: every text of every page in every language, with its placeholders, compiled as it stands."""

import re

import catalogs
import pytest

HOLDS = re.compile(r"%\(\w+\)[sd]")


def said(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


@pytest.fixture(scope="module")
def every():
    return {(each.id, each.context) for each in catalogs.texts() if each.id}


def test_no_template_is_left_out():
    """Whatever its name ends with: the letter to the family is no page, and stood in English in every language."""
    taken = {place for each in catalogs.texts() for place, _line in each.locations}
    marked = [
        path
        for path in catalogs.SITE.rglob("templates/**/*")
        if path.is_file() and re.search(r"\{% (?:block)?translate", path.read_text("utf-8"))
    ]
    assert marked
    assert not [path for path in marked if path.relative_to(catalogs.SITE).as_posix() not in taken]


def test_texts_inside_of_f_strings_are_found(every):
    """Python before 3.12 gives them as one token: “Relatives may have.” stood in English in every language."""
    assert {("Relatives may have.", None), ("borrowed", None)} <= every


@pytest.mark.parametrize("language", catalogs.languages())
def test_every_text_is_translated(every, language):
    held = catalogs.catalog(language)
    known = {(each.id, each.context): each for each in held if each.id}
    missing = [key for key in every if key not in known or not all(said(known[key]))]
    assert not missing, f"make catalogs; then translate {missing[:5]}"
    for each in known.values():
        original = each.id if isinstance(each.id, str) else each.id[1]
        for form in said(each):
            holds = set(HOLDS.findall(form))
            assert holds <= set(HOLDS.findall(original)), (each.id, form)
            assert isinstance(each.id, tuple) or holds == set(HOLDS.findall(original)), (each.id, form)
        assert not isinstance(each.string, tuple) or len(each.string) == held.num_plurals, each.id


@pytest.mark.parametrize("language", catalogs.languages())
def test_what_programs_read_is_what_stands_in_the_catalog(language):
    held = (catalogs.LOCALE / language / "LC_MESSAGES" / "django.mo").read_bytes()
    assert held == catalogs.compiled(catalogs.catalog(language)), "run: make catalogs"
