"""Every command has its help, and docs/commands.md is what the program says of itself."""

from pathlib import Path

from kintrace.cli.reference import page

ROOT = Path(__file__).parents[2]


def test_commands_page_is_current() -> None:
    written = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert written == page(), "run: .venv/bin/python -m kintrace.cli.reference > docs/commands.md"


def test_links_of_the_readme_and_docs_lead_somewhere() -> None:
    import re

    for file in [ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", file.read_text(encoding="utf-8")):
            assert (file.parent / target).exists(), f"{file.name} points to {target}"
