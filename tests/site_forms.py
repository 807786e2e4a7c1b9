"""What a page holds, as a browser would take it: its forms with every field, and whatever in it could run."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
OPENS = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c") | dict.fromkeys("\u2066\u2067\u2068", "\u2069")
"""Characters that turn the direction of what follows, and what ends each."""


def turns(text: str) -> bool:
    """Whether a text turns what stands after it on its line."""
    waits: list[str] = []
    for each in text:
        if each in OPENS:
            waits.append(OPENS[each])
        elif waits and each == waits[-1]:
            waits.pop()
    return bool(waits)


@dataclass
class Field:
    """One field of a form."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)

    @property
    def typed(self) -> bool:
        """Whether people write in it freely."""
        return self.kind in ("text", "search", "textarea", "password", "date", "number", "email", "url", "tel")


@dataclass
class Form:
    """One form."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def filled(self, text: str, *, most: int = 1_000_000) -> dict[str, Any]:
        """As somebody sends it who writes the same everywhere, and chooses the last of what may be chosen."""
        made: dict[str, Any] = {}
        for each in self.fields:
            if each.typed:
                made[each.name] = text[:most]
            elif each.kind in ("select", "radio", "checkbox"):
                made[each.name] = each.options[-1] if each.options else each.value
            elif each.kind != "file":
                made[each.name] = each.value
        return made


class Page(HTMLParser):
    """One page, taken apart."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.runs: list[str] = []
        """What could run, or be loaded from elsewhere."""
        self.turned: list[str] = []
        """Texts whose characters turn the direction of what stands after them on the page."""
        self._open: list[tuple[str, bool]] = []
        self._form: Form | None = None
        self._loose: dict[str, list[Field]] = {}
        self._textarea: Field | None = None
        self._select: Field | None = None
        self.feed(text)
        for each in self.forms:
            each.fields += self._loose.get(each.action, [])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        told = {name: value or "" for name, value in attrs}
        self.runs += [f"{tag} {name}" for name in told if name.startswith("on") or name in ("style", "srcdoc")]
        if tag == "script" and "src" not in told and told.get("type") != "application/json":
            self.runs.append("script")
        if tag in ("iframe", "object", "embed", "base", "meta") and ("http-equiv" in told or tag != "meta"):
            self.runs.append(tag)
        for name in ("href", "src", "action", "formaction", "data", "hx-get", "hx-post", "xlink:href"):
            to = told.get(name, "").strip().lower()
            if to.startswith(("javascript:", "vbscript:", "data:text", "//", "http:", "https:")):
                self.runs.append(f"{tag} {name} {to[:60]}")
        if tag not in EMPTY:
            self._open.append((tag, tag == "bdi" or told.get("dir") == "auto"))
        self._formed(tag, told)

    def _formed(self, tag: str, told: dict[str, str]) -> None:
        if tag == "form":
            self._form = Form(told.get("action", ""), told.get("method", "get").lower())
            self.forms.append(self._form)
        name = told.get("name", "")
        if self._form is None and not told.get("form"):
            return
        where = self._form.fields if self._form is not None else self._loose.setdefault(told["form"], [])
        if tag == "input" and name:
            kind = told.get("type", "text")
            if kind in ("radio", "checkbox"):
                held = next((each for each in where if each.name == name), None)
                if held is None:
                    held = Field(name, kind)
                    where.append(held)
                held.options.append(told.get("value", "on"))
            else:
                where.append(Field(name, kind, told.get("value", "")))
        elif tag == "button" and name:
            where.append(Field(name, "button", told.get("value", "")))
        elif tag == "textarea" and name:
            self._textarea = Field(name, "textarea")
            where.append(self._textarea)
        elif tag == "select" and name:
            self._select = Field(name, "select")
            where.append(self._select)
        elif tag == "option" and self._select is not None:
            self._select.options.append(told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        """Text."""
        if self._textarea is not None:
            self._textarea.value += data
        apart = any(held for _, held in self._open) or (
            self._open and self._open[-1][0] in ("textarea", "title", "option")
        )
        if turns(data) and not apart:
            self.turned.append(" > ".join(tag for tag, _ in self._open[-4:]) + ": " + data.strip()[:60])
