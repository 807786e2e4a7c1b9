"""Does one thing to a deployment, again and again where it can, until somebody kills it: python kill_me.py WHAT FOLDER

Prints ``go`` once it has begun. WHAT ``check`` prints what is wrong; ``mend`` ends what a kill left, and prints
what is there then. Used by tests/casework/test_kills.py and test_backup.py.
"""

import json
import os
import sys
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "kintrace.site.settings"
django.setup()

from kintrace.casework import cards, erasure  # noqa: E402
from kintrace.casework.backup import make_backup  # noqa: E402
from kintrace.casework.importing import import_folder  # noqa: E402
from kintrace.casework.people import Role, User  # noqa: E402
from kintrace.casework.records import Card  # noqa: E402
from kintrace.casework.scope import scope_for  # noqa: E402
from kintrace.casework.setup import office_coded  # noqa: E402
from kintrace.casework.soundness import check_records, sweep  # noqa: E402
from kintrace.vault import rotate_office, rotate_person_keys  # noqa: E402


def main() -> None:
    """Begin, say so, and go on."""
    what, folder = sys.argv[1], Path(sys.argv[2])
    scope = scope_for(User.objects.get(), office_coded("local"), "administration")
    assert Role.ADMINISTRATOR in scope.roles
    if what == "check":
        print(json.dumps([each.what for each in check_records()]))
        return
    if what == "mend":
        sweep(scope)
        told = {card.subject_id: cards.read(scope, str(card.id)) for card in Card._all.select_related("subject")}
        held = {each["subject"]["facts"]["full_name"]["value"]: each["subject"]["photos"] for each in told.values()}
        print(json.dumps({"problems": [each.what for each in check_records()], "cards": held}))
        return
    print("go", flush=True)
    if what == "import":
        import_folder(scope, folder)
    elif what == "erase":
        for card in list(Card._all.order_by("local")):
            erasure.erase(scope, str(card.id))
    elif what == "rotate":
        while True:
            rotate_person_keys(settle=0)
            rotate_office()
    elif what == "rotate-once":
        rotate_person_keys(settle=0)
        rotate_office()
    elif what == "backup":
        while True:
            make_backup(scope, folder)
    print("end", flush=True)


if __name__ == "__main__":
    main()
