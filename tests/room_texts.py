"""What the rooms say to people, found where it stands: for the catalogs.

The rooms are plain Python and speak English. A *sentence* is any text of theirs, but docstrings, that begins and ends like one; a
*phrase* is a part of a sentence or a level of the evidence, taken from the modules that make such. What is put into a text
becomes a named placeholder: ``f"There is no card {number}."`` is ``There is no card %(number)s.``, which is what
:mod:`kintrace.site.sentences` looks for in the finished sentence.
"""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from string import Formatter

ROOMS = Path(__file__).parents[1] / "src/kintrace"
SENTENCES = ("casework/*.py", "matching/*.py", "vault/*.py", "ledger/*.py", "faces/*.py", "provenance/*.py", "evidence/**/*.py",
             "emblem/commitment.py", "emblem/state.py", "emblem/tokens.py", "emblem/validation.py", "emblem/dns/discovery.py",
             "emblem/dns/resolver.py", "site/**/*.py")  # fmt: skip
"""Modules whose sentences reach pages, but for those below."""
COMMANDS = frozenset({
    "casework/archive.py", "casework/backup.py", "casework/drill.py", "casework/importing.py", "casework/keyringback.py",
    "casework/models.py", "casework/restore.py", "evidence/facts.py", "evidence/fitting.py", "evidence/words.py",
    "evidence/prior.py", "evidence/names/learning.py", "evidence/names/weights.py", "faces/graph.py", "faces/install.py",
    "faces/runtime.py", "faces/template.py", "ledger/keeping.py", "ledger/proofs.py", "ledger/signatures.py",
    "provenance/groups.py", "site/demo.py", "site/demoreviews.py", "site/settings.py", "site/web.py", "vault/people.py",
    "vault/rotation.py",
})  # fmt: skip
"""Modules that only commands use, or whose words the pages say by themselves."""
PHRASES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((
        "evidence/births.py", "evidence/family.py", "evidence/height.py", "evidence/identifiers.py", "evidence/marks.py",
        "evidence/naming.py", "evidence/places.py", "evidence/sex.py", "evidence/together.py", "evidence/whereabouts.py",
        "evidence/names/saying.py", "evidence/names/comparing.py", "evidence/names/likeness.py",
        "evidence/names/joining.py", "casework/sources.py", "emblem/tokens.py", "provenance/words.py",
    ), ()),
    "provenance/assessing.py": ("STATES",), "provenance/grading.py": ("RELIABILITY", "CREDIBILITY"),
    "provenance/marks.py": ("GENERATED",), "provenance/metadata.py": ("_XMP_TIMES", "_EXIF_TEXTS", "_XMP_TEXTS", "_IPTC_TEXTS"),
    "site/sentences.py": ("MADE",),
}  # fmt: skip
"""Modules whose phrases are said, too; or the tables of a module whose words are."""
TABLES = {"evidence/marks.toml": ("kinds", "parts", "sides"), "evidence/relations.toml": ()}
"""Tables whose keys are said; of the relations also the groups."""
COUNTED = (
    r"(?:more )?(?:years|relatives|pairs|faces?|numbers|days|times|bytes|steps|characters|comparisons|entries|people|photos|"
    r"files|templates|triggers|values)\b"
)
"""What is counted: its number is called ``count``, and the text has plural forms."""
MARKED = ("_", "gettext", "gettext_lazy", "noop", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext")
MOST = 12
"""Ways to say one text, at most, for it to be taken apart."""
_SENTENCE = re.compile(r"(?s)[A-Z“%].*(?:[.!?…]”?\)?|: %\(\w+\)s)")
_PROSE = re.compile(r"[\w \n.,;:!?'’“”()×…%/*+−–-]*")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def texts() -> Iterator[tuple[str, str]]:
    """Where a text stands, and the text with its placeholders: of texts that differ in the names of these only, the first."""
    known: dict[str, str] = {}
    for where, text in _found():
        yield where, known.setdefault(_PLACEHOLDER.sub("%s", text), text)


def _found() -> Iterator[tuple[str, str]]:
    for pattern in SENTENCES:
        for path in sorted(ROOMS.glob(pattern)):
            where = path.relative_to(ROOMS).as_posix()
            if where not in COMMANDS and "/migrations/" not in where:
                yield from ((where, text) for text in dict.fromkeys(_of(path, PHRASES.get(where))))
    for name, tables in TABLES.items():
        held = tomllib.loads((ROOMS / name).read_text("utf-8"))
        words = [key for table in tables for key in held[table]] or [
            word for relation, about in held.items() for word in (relation, about["group"])
        ]
        yield from ((name, word.replace("_", " ")) for word in dict.fromkeys(words))


def counts(text: str) -> bool:
    """Whether a text has plural forms."""
    return "%(count)s" in text


def _of(path: Path, phrases: tuple[str, ...] | None) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    held = _constants(tree)
    inner: set[int] = set()
    for node in ast.walk(tree):
        if id(node) in inner:
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inner.add(id(node.value))  # a docstring
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKED:
            inner |= {id(each) for each in ast.walk(node)}  # the catalogs know it already
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and _target(node) in (phrases or ()):
            inner |= {id(each) for each in ast.walk(node)}
            yield from _table(node.value)
        elif isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            if isinstance(node, ast.JoinedStr):
                inner |= {id(each) for each in ast.walk(node)}
                yield from _else(node)
            for way in _ways(node, held):
                yield from _kept("".join(way), phrases == ())
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and _is_text(node):
            inner |= {id(each) for each in ast.walk(node)}
            for way in _ways(node, held):
                yield from _kept("".join(way), phrases == ())


def _else(node: ast.JoinedStr) -> Iterator[str]:
    """What is put into a text where there is nothing to put in."""
    for each in ast.walk(node):
        if isinstance(each, ast.BoolOp) and isinstance(each.op, ast.Or) and _says(each.values[-1]):
            yield from (word for word in [ast.literal_eval(each.values[-1])] if re.fullmatch("[a-z ]{3,}", word))


def _is_text(node: ast.BinOp) -> bool:
    return any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in ast.walk(node))


def _target(node: ast.Assign | ast.AnnAssign) -> str:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return target.id if isinstance(target, ast.Name) else ""


def _table(node: ast.expr | None) -> Iterator[str]:
    """The words of a table: its values, or what is listed."""
    for each in node.values if isinstance(node, ast.Dict) else node.elts if isinstance(node, ast.Tuple) else ():
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _kept(text: str, phrases: bool) -> Iterator[str]:
    """What is to be translated of a text: without what other sentences are put before or behind it."""
    text = re.sub(r"^(?:%\(\w+\)s ?)(?=[A-Z])|(?<=[.!?]) %\(\w+\)s$", "", text.strip()).strip(" \n,")
    literal = _PLACEHOLDER.sub("", text)
    if (
        not _PROSE.fullmatch(text)
        or re.search(r"kintrace |--|%\(", literal)
        or len(re.findall(r"[^\W\d_]", literal)) < 3
    ):
        return
    if (_SENTENCE.fullmatch(text) and " " in text) or (
        phrases and " " in text and not re.search(r"[\\_]|:\w", literal)
    ):
        yield _counted(text)


def _counted(text: str) -> str:
    found = re.search(rf"%\(((?!fraction)\w+)\)s(?= {COUNTED})", text)
    return text.replace(found[0], "%(count)s") if found else text


def _constants(tree: ast.Module) -> dict[str, list[str]]:
    """What names stand for in other texts: a module's texts, and either of two texts that a function chose between."""
    found: dict[str, list[str]] = {}
    often: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _target(node):
            (often.add if _target(node) in found else lambda _: None)(_target(node))
            way = node.value
            ways = [way.body, way.orelse] if isinstance(way, ast.IfExp) else [way] if node in tree.body else []
            found[_target(node)] = [str(each.value) for each in ways if _says(each)]
            if len(found[_target(node)]) < len(ways):
                found[_target(node)] = []
    return {name: ways for name, ways in found.items() if ways and name not in often}


def _says(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _ways(node: ast.expr, held: Mapping[str, list[str]]) -> list[tuple[str, ...]]:
    """All ways in which an expression may be said."""
    if isinstance(node, ast.Constant):
        return [(_formatted(node.value) if isinstance(node.value, str) else str(node.value),)]
    if isinstance(node, ast.Name) and node.id in held and all(re.search(r"[a-z]", each) for each in held[node.id]):
        return [(each,) for each in held[node.id]]
    if isinstance(node, ast.JoinedStr):
        return _joined([_ways(each, held) for each in node.values])
    if isinstance(node, ast.FormattedValue):
        ways = _ways(node.value, held)
        spec = ast.unparse(node.format_spec) if node.format_spec else ""
        fraction = re.search(r"\.[1-9]|g", spec) is not None and ways == _put(node.value)
        return [("%(fraction)s",)] if fraction else ways
    if isinstance(node, ast.IfExp):
        return [*_ways(node.body, held), *_ways(node.orelse, held)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and _is_text(node):
        return _joined([_ways(node.left, held), _ways(node.right, held)])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and isinstance(node.left, ast.Constant):
        return [(str(node.left.value),), ("",)] if isinstance(node.left.value, str) else _put(node)
    return _put(node)


def _joined(parts: list[list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    size = 1
    for each in parts:
        size *= len(each)
    if size > MOST:
        parts = [each if len(each) == 1 else [("%(value)s",)] for each in parts]
    return [(_unlike("".join(text for part in way for text in part)),) for way in product(*parts)]


def _unlike(text: str) -> str:
    """No two placeholders of one name, and none right behind another."""
    seen: dict[str, int] = {}

    def named(found: re.Match[str]) -> str:
        seen[found[1]] = seen.get(found[1], 0) + 1
        return f"%({found[1]})s" if seen[found[1]] == 1 else f"%({found[1]}{seen[found[1]]})s"

    return re.sub(r"%\((\w+)\)s(?:%\(\w+\)s)*", named, text)


def _formatted(text: str) -> str:
    """A text that ``str.format`` fills."""
    if not re.search(r"\{[\w:.,]*\}", text):
        return text
    made = ""
    for before, name, _spec, _conversion in Formatter().parse(text):
        made += before + (f"%({name or 'value'})s" if name is not None else "")
    return made


def _put(node: ast.expr) -> list[tuple[str, ...]]:
    return [(f"%({_name(node)})s",)]


def _name(node: ast.expr) -> str:
    """A word for what is put in."""
    if isinstance(node, ast.Name):
        return node.id.lower().strip("_")
    if isinstance(node, ast.Attribute):
        return node.attr.lower().strip("_")
    if isinstance(node, ast.Subscript):
        key = node.slice
        return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else _name(node.value)
    if isinstance(node, ast.Call):
        return _name(node.args[0]) if node.args else _name(node.func)
    if isinstance(node, (ast.BinOp, ast.BoolOp)):
        return _name(node.left if isinstance(node, ast.BinOp) else node.values[0])
    return "value"


if __name__ == "__main__":
    for place, said in texts():
        print(f"{place}\t{said}")
