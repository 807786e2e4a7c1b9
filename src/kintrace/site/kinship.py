"""Words for what a relative is to a person: offered and shown in the page's language, kept in English for all offices alike."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

KINSHIP: Mapping[str, Any] = {
    "mother": _("mother"), "father": _("father"), "sister": _("sister"), "brother": _("brother"), "wife": _("wife"),
    "husband": _("husband"), "daughter": _("daughter"), "son": _("son"), "grandmother": _("grandmother"),
    "grandfather": _("grandfather"), "granddaughter": _("granddaughter"), "grandson": _("grandson"), "aunt": _("aunt"),
    "uncle": _("uncle"), "niece": _("niece"), "nephew": _("nephew"), "cousin": _("cousin"), "guardian": _("guardian"),
}  # fmt: skip


def relation(kept: str) -> str:
    """A relation as the page says it; words of one's own as they were written."""
    return str(KINSHIP.get(kept.strip().casefold(), kept))


def kept(typed: str) -> str:
    """A relation as records keep it: a word that the page's language offers becomes the English one."""
    return next((word for word, said in KINSHIP.items() if str(said).casefold() == typed.strip().casefold()), typed)
