"""The translations' catalogs: every text of pages and words, in each language of the settings; ``make catalogs`` runs it.

Texts come from the templates (by Django's own ``templatize``), from Python, and from what the rooms say (:mod:`room_texts`);
catalogs are gettext's, kept by Babel. What a translator changed stays; what is gone from the pages goes; what is new is empty
until somebody translates it, and a test says so.
"""

import ast
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kintrace_test_settings")

import room_texts
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_javascript
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SITE = Path(__file__).parents[1] / "src/kintrace/site"
LOCALE = SITE / "locale"
KEYWORDS: dict[str, Any] = dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "noop")) | {
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
HEAD = "Kintrace. Translations made by a machine unless the line says by whom; see docs/translating.md."


def languages() -> list[str]:
    """Those to be translated into."""
    return [code for code, _ in settings.LANGUAGES if code != "en"]


def texts() -> Catalog:
    """Everything there is to translate, with where it stands."""
    found = Catalog(domain="django", header_comment=f"# {HEAD}", project="Kintrace", version="", fuzzy=False)
    for where, message, context in sorted(_extracted(), key=lambda each: (each[0], str(each[1]))):
        flags = ["python-format"] if re.search(r"%\(\w+\)[sd]", str(message)) else []
        found.add(message, locations=[(where, None)], flags=flags, context=context)
    return found


def _extracted() -> Iterator[tuple[str, Any, str | None]]:
    for path in sorted((*SITE.rglob("*.html"), *SITE.rglob("templates/**/*.txt"))):
        source = templatize(path.read_text("utf-8"), origin=str(path))
        yield from _with(path, extract_javascript(BytesIO(source.encode()), KEYWORDS, [], {"encoding": "utf-8"}))
    for path in sorted(SITE.rglob("*.py")):
        yield from _with(path, _calls(ast.parse(path.read_bytes())))
    for where, text in room_texts.texts():
        yield where.removeprefix("site/"), (text, text) if room_texts.counts(text) else text, None


def _calls(tree: ast.Module) -> Iterator[tuple[int, str, Any, None]]:
    """What Babel's own reader of Python gives, and the texts inside of f-strings, which it does not see before Python 3.12."""
    for call in ast.walk(tree):
        if (
            isinstance(call, ast.Call)
            and (name := getattr(call.func, "id", getattr(call.func, "attr", ""))) in KEYWORDS
        ):
            given = tuple(getattr(each, "value", None) for each in call.args)
            said = tuple(each if isinstance(each, str) else None for each in given)
            yield call.lineno, name, said if len(said) > 1 else said[0], None


def _with(path: Path, rows: Any) -> Iterator[tuple[str, Any, str | None]]:
    for _, function, said, _ in rows:
        message, context = said, None
        if function in ("pgettext", "npgettext"):
            context, *rest = said
            message = tuple(rest) if len(rest) > 1 else rest[0]
        elif isinstance(said, tuple):
            message = tuple(said[:2]) if function.startswith("n") else said[0]
        if message and message[0]:
            yield path.relative_to(SITE).as_posix(), message, context


def catalog(language: str) -> Catalog:
    """A language's catalog as it is."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return Catalog(locale=language, domain="django")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def written(found: Catalog) -> bytes:
    """A catalog as it stands in its file: without dates, which would change with every run."""
    out = BytesIO()
    write_po(out, found, width=110, omit_header=False, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    gone = (
        '"POT-Creation-Date',
        '"PO-Revision-Date',
        '"Last-Translator',
        '"Language-Team',
        '"Generated-By',
        '"Report-Msgid',
    )
    return "".join(each for each in lines if not each.startswith(gone)).encode()


def compiled(found: Catalog) -> bytes:
    """A catalog as programs read it."""
    found.creation_date = found.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # the same whenever it is made
    out = BytesIO()
    write_mo(out, found)
    return out.getvalue()


def main() -> None:
    """Bring every catalog up to date, and compile it."""
    every = texts()
    for language in languages():
        found = catalog(language)
        found.update(every, no_fuzzy_matching=True)
        found.obsolete.clear()
        found.header_comment, found.project, found.version, found.fuzzy = f"# {HEAD}", "Kintrace", "", False
        folder = LOCALE / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "django.po").write_bytes(written(found))
        (folder / "django.mo").write_bytes(compiled(catalog(language)))
        missing = sum(1 for each in found if each.id and not _whole(each))
        print(f"{language}: {len(found)} texts, {missing} without a translation")


def _whole(message: Any) -> bool:
    said = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(said) and not message.fuzzy


if __name__ == "__main__":
    import django

    django.setup()
    main()
