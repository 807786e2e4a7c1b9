"""DESIGN.md §5 rule 1: the system never identifies anyone: no state, word or screen says so."""

import ast
import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "kintrace"
VERDICTS = re.compile(
    r"\bidentif(y|ies|ied)\b|\bpositive match\b|\bmatch(es|ed)?\b|\bis the person sought\b", re.IGNORECASE
)
DENIALS = ("cumulative match characteristic", "never identifies", "never says who", "Never “", "never a word")


def told() -> list[tuple[str, str]]:
    """Every text of the program that a user could meet: string constants that are not docstrings, and the pages' HTML."""
    found = []
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
        }
        found += [
            (path.name, node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
        ]
    found += [(path.name, path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.html")]
    return found


def test_no_text_says_that_anybody_is_identified() -> None:
    texts = told()
    assert len(texts) > 500
    bad = [(name, text) for name, text in texts if VERDICTS.search(text) and not any(d in text for d in DENIALS)]
    assert not bad
