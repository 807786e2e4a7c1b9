"""Which module has which sub-command: a command imports its own only, and starts in a fraction of the time."""

from collections.abc import Mapping, Sequence
from importlib import import_module

MODULES: Mapping[str, Sequence[str]] = {
    "backup": ["safety"],
    "benchmark": ["doctor"],
    "blocklist": ["blocklist"],
    "breach-drill": ["safety"],
    "bureau": ["deployment"],
    "calibrate": ["evaluate", "names"],
    "candidate": ["candidates"],
    "card": ["cards", "cardfind", "cardsearch"],
    "compare": ["compare"],
    "conclude": ["outcomes"],
    "consent": ["consent"],
    "demo": ["demo"],
    "disclosure": ["outcomes"],
    "doctor": ["doctor"],
    "emblem": ["emblem", "emblemask", "emblemcheck", "emblemdns", "emblemkey", "emblemserve", "emblemwithdraw"],
    "evaluate": ["evaluate"],
    "import": ["work"],
    "init": ["deployment"],
    "keys": ["keys"],
    "ledger": ["ledger"],
    "migrate": ["deployment"],
    "models": ["models"],
    "names": ["names"],
    "office": ["deployment"],
    "photo": ["photos", "inspect", "pictures"],
    "restore": ["safety"],
    "retention": ["work"],
    "review": ["reviews"],
    "search": ["search"],
    "serve": ["serve"],
    "trust": ["trust"],
    "user": ["deployment"],
    "worker": ["work"],
}


def load(arguments: Sequence[str] = ()) -> None:
    """Import the modules of the sub-command that arguments name; all of them where they name none."""
    asked = next((each for each in arguments if each in MODULES), None)
    if "--version" in arguments and asked is None:
        return
    wanted = MODULES[asked] if asked else sorted({name for names in MODULES.values() for name in names})
    for name in wanted:
        import_module(f"kintrace.cli.{name}")
