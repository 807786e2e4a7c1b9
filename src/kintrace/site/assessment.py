"""The data protection impact assessment: what is configured and measured here, section by section, and as a PDF.

Its parts follow article 35(7) of the GDPR and the ICRC's Handbook on Data Protection in Humanitarian Action: what is done with
which data, whether that is needed, what may go wrong, what is done against it. What only people can answer is left open, and
says so.
"""

import json
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import typst
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kintrace.casework.oversight import last_times
from kintrace.casework.protection import consent_register, measured, retention_calendar
from kintrace.casework.scope import Scope
from kintrace.errors import KintraceError
from kintrace.faces import active_packs
from kintrace.folder import calibration_for
from kintrace.site.accounts import holders_of_second_factor
from kintrace.site.language import RIGHT_TO_LEFT
from kintrace.site.sentences import said
from kintrace.site.uploads import unseen_left_out
from kintrace.site.words import WORDS
from kintrace.vault import key_ages

Row = tuple[str, str]


def sections(scope: Scope) -> list[dict[str, Any]]:
    """The assessment as plain data: each section has ``heading``, ``text``, ``rows`` (label, value) and ``open`` questions."""
    counts, last = measured(scope), last_times(scope)
    return [
        _purpose(counts),
        _data(counts),
        _consent(consent_register(scope)),
        _retention(scope, counts),
        _access(counts),
        _security(last),
        _models(),
        _risks(),
        _oversight(last, counts),
    ]


def to_pdf(scope: Scope, told: list[dict[str, Any]]) -> bytes:
    """The same as a PDF, made on this machine without a network; that it was made is in the ledger."""
    language = get_language() or "en"
    data = {
        "title": _("Data protection impact assessment"),
        "under": _("Kintrace %(release)s, made %(at)s (UTC). Figures are those of this installation at that moment.")
        % {"release": version("kintrace"), "at": _when(timezone.now())},
        "open": _("To be answered by you"),
        "language": language.split("-")[0],
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "sections": told,
    }
    template = files("kintrace.site").joinpath("assessment.typ").read_bytes()
    made = typst.compile(template, sys_inputs={"data": json.dumps(_plain(data), ensure_ascii=False)})
    with transaction.atomic():
        scope.note("protection.report")
    return bytes(made)


def _plain(told: Any) -> Any:
    """The same without characters that nobody sees, or that turn the direction of what stands after them."""
    if isinstance(told, str):
        return unseen_left_out(told)
    if isinstance(told, dict):
        return {name: _plain(each) for name, each in told.items()}
    return [_plain(each) for each in told]


def _section(
    heading: str, text: list[str], rows: list[Row] | None = None, questions: list[str] | None = None
) -> dict[str, Any]:
    return {"heading": heading, "text": text, "rows": rows or [], "open": questions or []}


def _say(word: str) -> str:
    return str(WORDS.get(word, word.replace("_", " ")))


def _when(moment: Any) -> str:
    return str(date_format(moment, "DATETIME_FORMAT"))


def _count(number: int) -> str:
    return str(number_format(number, force_grouping=True))


def _purpose(counts: dict[str, Any]) -> dict[str, Any]:
    return _section(
        _("What is done, and what for"),
        [
            _("Tracing cards of people sought and people found are kept and compared, so that families learn where their "
              "relatives are or what became of them. Nothing else is done with them."),
            _("Faces in the agency's own photos, names, dates, places and other facts are weighed together. The program "
              "proposes candidates. Two trained people, the first without seeing names or scores, decide; a face alone "
              "decides nothing, and no death is recorded from a face."),
        ],
        [(_("Offices"), _count(counts["offices"]))],
        [_("On which mandate and legal basis does the agency trace people here?"),
         _("Could the same be reached with less data, and without faces?"),
         _("Who was consulted: people concerned, communities, authorities?")],
    )  # fmt: skip


def _data(counts: dict[str, Any]) -> dict[str, Any]:
    rows = [(_("Cards: %(kind)s") % {"kind": _say(name)}, _count(count)) for name, count in counts["cards"].items()]
    rows += [(_("People: %(kind)s") % {"kind": _say(name)}, _count(count)) for name, count in counts["people"].items()]
    rows += [
        (_("Photos"), _count(counts["photos"])),
        (_("Face templates (biometric data)"), _count(counts["templates"])),
        (_("Tombstones of erased cards"), _count(counts["tombstones"])),
    ]
    return _section(
        _("Which data, of how many people"),
        [_("Of each person: names, birth, origin, what they look like, where they were last heard of, family, photos with what "
           "the file itself tells, and what they agreed to. Some of them are children, detained, wounded or dead.")],
        rows,
        [_("Which of these facts are asked for and never used?")],
    )  # fmt: skip


def _consent(register: dict[str, Any]) -> dict[str, Any]:
    rows = [
        (f"{office} · {_say(purpose)}", _("yes: %(yes)s, no: %(no)s") % {"yes": _count(yes), "no": _count(no)})
        for office, purpose, yes, no in register["purposes"]
    ]
    without = sum(register["without"].values())
    rows += [(f"{office} · {_say(capacity)}", _count(people)) for office, capacity, people in register["capacities"]]
    rows.append((_("People on cards without a recorded consent"), _count(without)))
    return _section(
        _("What people agreed to"),
        [_("Nothing is allowed that was not granted, and consent is a condition inside each query. Who did not agree to face "
           "search has no template. Whoever withdraws is erased: keys, templates, crops, candidates, in backups too.")],
        rows,
        [_("On what ground are the cards kept of people who could not be asked?")],
    )  # fmt: skip


def _retention(scope: Scope, counts: dict[str, Any]) -> dict[str, Any]:
    told = retention_calendar(scope)
    return _section(
        _("How long"),
        [_("On the day after its last day a card is erased by the daily work; a tombstone with its number remains.")],
        [
            (_("Kept for, where a card does not say (days)"), _count(told["keep_days"])),
            (_("Looked at again after (days)"), _count(told["review_days"])),
            (_("Cards without a last day"), _count(told["without"])),
            (_("Cards that have expired and wait for the daily work"), _count(told["expired"])),
            (_("Cards due to be looked at again"), _count(told["review_due"])),
        ],
        [_("Is this no longer than tracing needs?")],
    )


def _access(counts: dict[str, Any]) -> dict[str, Any]:
    factor = settings.SECOND_FACTOR
    needs = {"all": _("everybody"), "none": _("nobody")}.get(factor) or ", ".join(
        _say(each) for each in factor.replace(",", " ").split()
    )
    rows = [(_say(role), _count(count)) for role, count in counts["roles"].items()]
    have, active = holders_of_second_factor()
    rows += [
        (_("Who must sign in with a second factor"), needs),
        (_("Users who have set one up"), f"{_count(have)} / {_count(active)}"),
        (_("Signed out without work after (minutes)"), _count(settings.IDLE_MINUTES)),
        (_("Longest session (hours)"), _count(settings.SESSION_COOKIE_AGE // 3600)),
        (_("Reached over TLS"), _("yes") if settings.SECURE else _("no: this machine only")),
        (_("The agency's own directory signs people in"), _("yes") if settings.SOCIALACCOUNT_PROVIDERS else _("no")),
    ]
    return _section(
        _("Who may see them"),
        [_("Each role may do only what its table permits, in its own office. Administrators see no case; data protection "
           "officers read one only with a reason. Enquirers never learn where somebody is without that person's consent.")],
        rows,
    )  # fmt: skip


def _security(last: dict[str, Any]) -> dict[str, Any]:
    ages = key_ages()
    places = {
        "file": _("a file on the server"),
        "service": _("a key management service"),
        "setting": _("a setting of the server"),
    }
    engine = settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[1]
    return _section(
        _("How they are guarded"),
        [_("Everything known of a person is sealed under that person's own key, photos too; that key under the office's, that "
           "one under the root key, which is kept apart. Photos are opened in memory only, in a process with limits. The "
           "program opens no connection but to the databases, the key service and the directory set for it.")],
        [
            (_("Database"), engine),
            (_("Root key"), places[ages.root_in] + (f", {date_format(ages.root)}" if ages.root else "")),
            (_("Oldest office key"), date_format(min(ages.offices.values())) if ages.offices else "–"),
            (_("Oldest key of a person"), date_format(ages.oldest_person) if ages.oldest_person else "–"),
            (_("Keys destroyed by erasure"), _count(ages.destroyed)),
            (_("Last rotation of keys"), _last(last["keys.rotate"])),
            (_("Last backup"), _last(last["backup.make"])),
            (_("Last restore here"), _last(last["backup.restore"])),
            (_("Last restore drill"), _last(last["backup.drill"], good=_("everybody was back"))),
            (_("Last breach drill"), _last(last["breach.drill"], good=_("nothing could be read"))),
        ],
        [_("Where is the root key's copy, and who can reach it?"), _("When was a restore last practised on another machine?")],
    )  # fmt: skip


def _last(told: dict[str, Any] | None, good: str = "") -> str:
    if told is None:
        return _("never yet")
    if not good:
        return _when(told["at"])
    return f"{_when(told['at'])}: {good if told['outcome'] == 'done' else _('failed')}"


def _models() -> dict[str, Any]:
    rows: list[Row] = []
    try:
        packs = active_packs()
        calibration = calibration_for(packs)
    except KintraceError as problem:
        return _section(_("The models and what their scores are worth"), [said(problem.what)])
    for each in packs:
        rows += [(each.name, f"{each.version}, {each.licence}"), (_("Trained on"), each.training_data)]
        rows.append(("SHA-256", each.sha256))
    if calibration:
        source = calibration.source
        rows.append((_("Calibration made"), calibration.made))
        rows.append((_("People, pairs of one person, pairs of two"),
                     " / ".join(_count(int(source.get(name) or 0)) for name in ("people", "mated", "nonmated"))))  # fmt: skip
        for band in calibration.bands:
            low, high = band.bounds
            words = _("log10 likelihood ratios from %(low)s to %(high)s") % {"low": f"{low:.1f}", "high": f"{high:.1f}"}
            rows.append(
                (
                    _("Band “%(name)s”") % {"name": _(band.name)},
                    words + (f" ({_('borrowed')})" if band.borrowed else ""),
                )
            )
    return _section(
        _("The models and what their scores are worth"),
        [_("The calibration says in numbers how far a likeness of faces can be relied on, by the quality of the photos. The one "
           "that comes with Kintrace was made from photos of adults, mostly public figures; children, other ages and other "
           "origins may be served worse. "
           "How this agency's own reviewers and evidence do is under “Reports”.")],
        rows,
        [_("Were the figures checked on photos like those kept here, of both sexes, all ages and origins?")],
    )  # fmt: skip


def _risks() -> dict[str, Any]:
    rows = [
        (_("Somebody is taken for another"),
         _("Two blind, independent reviews; a fact that is not the face; kin and look-alikes warned of; errors of reviewers "
           "measured.")),
        (_("A place of refuge becomes known"),
         _("Where a found person is, is told to nobody without their consent; asked first, approved by a second senior.")),
        (_("The data folder or a backup is stolen"),
         _("All is sealed; the breach drill looks for everything known of everybody in what a thief would have.")),
        (_("Staff look up people they should not"),
         _("No search without a case and a purpose; every reading is in a ledger that shows tampering; bursts are flagged.")),
        (_("An authority demands the data"), _("Mandate and emblem; the agency holds the keys; no cloud has a face.")),
        (_("Consent is withdrawn, or runs out"),
         _("Keys are destroyed, so older backups cannot be read for that person either; a proof can be handed over.")),
        (_("A child is put at risk"),
         _("Guardian or best-interest basis, three reviews, a warning of years between photos, never published.")),
    ]  # fmt: skip
    return _section(
        _("What may go wrong, and what is done against it"),
        [],
        rows,
        [_("How likely and how grave is each of these where this office works? What remains, and who accepts it?")],
    )


def _oversight(last: dict[str, Any], counts: dict[str, Any]) -> dict[str, Any]:
    return _section(
        _("Oversight"),
        [_("Every reading, search, export and decision is in the ledger, with random ids only.")],
        [
            (_("Entries in the ledger"), _count(counts["entries"])),
            (_("Ledger last verified"), _last(last["ledger.verify"], good=_("sound"))),
            (_("Records last checked from the pages"), _last(last["records.check"], good=_("sound"))),
            (_("Version of the information notice"), str(counts["notice"])),
        ],
        [_("Who signs this assessment, and when is it made again?")],
    )
