"""What was done, as the ledger keeps it (``photo.assess``), in words that people read; marked for translation.

The words name the deed and not its end, since an entry also says how it ended: assessing a photo may have been refused.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

DEEDS: Mapping[str, Any] = {
    "card.register": _("registering a card"), "card.amend": _("changing what a card says"), "card.read": _("reading a card"),
    "card.list": _("listing cards"), "card.like": _("looking for cards like the one being written"),
    "card.draft": _("opening the draft of a card"), "card.close": _("closing a card"),
    "card.reopen": _("opening a closed card again"), "card.transfer": _("giving a card to another office"),
    "card.mark": _("marking a card for a bureau"), "card.dates": _("setting the dates of a card"),
    "consent.record": _("recording what somebody agreed to"), "consent.withdraw": _("withdrawing a consent"),
    "consent.void": _("ending a consent that does not hold"), "consent.restore": _("letting a consent hold again"),
    "consent.register": _("reading the register of consents"),
    "photo.add": _("adding a photo"), "photo.read": _("looking at a photo"),
    "photo.list": _("listing photos that need somebody"), "photo.original": _("opening the original file of a photo"),
    "photo.show": _("reading what is known of a photo"), "photo.source": _("recording where a photo was found"),
    "photo.custody": _("recording through whose hands a photo went"), "photo.assess": _("assessing a photo"),
    "photo.settle": _("settling whom a photo shows"), "photo.same_picture": _("finding one picture on two cards"),
    "photo.quarantined": _("putting a photo into quarantine"), "photo.waiting": _("listing photos in quarantine"),
    "photo.groups": _("looking for one face on unrelated cards"), "photo.choose": _("choosing the face in a photo"),
    "photo.withdraw": _("taking a photo back"), "photo.acquired": _("finding the faces in a photo"),
    "photo.checked": _("looking into the file of a photo"),
    "photo.compared": _("comparing new faces to find one picture twice"),
    "photo.refused": _("setting photos aside that cannot be read"),
    "photo.renewed": _("letting photos wait for another model"),
    "template.revoke": _("deleting the templates of somebody’s face"),
    "blocklist.read": _("reading the block list"), "blocklist.change": _("changing the block list"),
    "blocklist.add": _("putting a picture on the block list"), "blocklist.remove": _("taking a picture off the block list"),
    "trust.read": _("reading the list of trusted authorities"), "trust.change": _("changing the list of trusted authorities"),
    "trust.add": _("adding trusted authorities"), "trust.remove": _("taking an authority off the list of the trusted"),
    "trust.again": _("having photos looked into again after the trusted authorities changed"),
    "person.erase": _("erasing somebody"),
    "erase.begin": _("beginning to erase a card"), "erase.done": _("erasing a card"),
    "retention.run": _("erasing what has expired"), "retention.plan": _("looking what has expired"),
    "registry.search": _("searching the registry"), "registry.keep": _("keeping a search of the registry"),
    "registry.kept": _("opening a kept search of the registry"), "registry.drop": _("deleting a kept search of the registry"),
    "face.search": _("searching by face"),
    "search": _("searching by face from a card"), "search.standing": _("searching for candidates for a card"),
    "dead.read": _("reading of the dead"), "dead.list": _("listing cards of the dead"),
    "candidate.search": _("asking for a search for candidates"), "candidate.read": _("reading a candidate"),
    "candidate.list": _("listing candidates"), "candidate.picture": _("looking at a face of a candidate"),
    "candidate.proposed": _("proposing a candidate"), "candidate.changed": _("weighing a candidate anew"),
    "candidate.removed": _("taking a candidate away"),
    "review.first": _("making a first review"), "review.second": _("making a second review"),
    "review.arbitrate": _("making a third review"), "review.seat": _("taking a pair to review"),
    "review.picture": _("looking at a face in a review"), "review.blind": _("judging two faces without knowing more"),
    "review.statement": _("making a reviewer’s statement"), "review.conflict": _("declaring a conflict of interest"),
    "review.given_back": _("taking a review back from somebody who cannot end it"),
    "review.known": _("asking how a known pair is"), "review.control": _("adding a known pair"),
    "review.report": _("reading how often reviewers err"),
    "report.read": _("reading the reports"), "report.export": _("exporting a report"),
    "conclude": _("drawing a conclusion"), "conclude.death": _("concluding on the fate of somebody dead"),
    "conclusion.list": _("listing conclusions"), "conclusion.read": _("reading a conclusion"),
    "conclusion.void": _("ending a conclusion that no longer holds"),
    "disclosure.ask": _("recording whether the found person agrees that the family may know"),
    "disclosure.approve": _("approving that a family is told"), "disclosure.tell": _("recording that a family was told"),
    "disclosure.refuse": _("not approving that a family is told"),
    "disclosure.come_of": _("recording what came of telling a family"),
    "disclosure.take_back": _("taking back that a family was told, or what came of it"),
    "disclosure.letter": _("preparing a letter to a family"),
    "names.learn": _("learning how names are written from conclusions"),
    "today.read": _("opening the page of today"),
    "user.manage": _("managing accounts"), "user.add": _("adding an account"), "user.password": _("giving a password"),
    "user.role": _("giving a role, or taking it back"), "user.enable": _("letting somebody in again"),
    "user.disable": _("shutting somebody out"), "user.sessions": _("signing somebody out everywhere"),
    "user.second_factor": _("forgetting somebody’s second factor"),
    "office.manage": _("managing offices"), "office.add": _("adding an office"),
    "office.apart": _("keeping two offices apart, or no longer"),
    "bureau.add": _("adding a bureau"),
    "keys.rotate": _("changing the keys"), "keys.rotate.begin": _("beginning to change the keys"),
    "backup.make": _("making a backup"), "backup.restore": _("putting a backup back"),
    "backup.drill": _("practising to put a backup back"),
    "breach.drill": _("trying what a thief of the disk could read"),
    "deployment.init": _("setting the installation up"), "deployment.migrate": _("bringing the records to another release"),
    "records.check": _("checking the records"),
    "daily.done": _("doing the daily work"),
    "demo.users": _("making the people of the demonstration"),
    "ledger.read": _("reading the ledger"), "ledger.verify": _("verifying the ledger"),
    "ledger.prove": _("proving an entry of the ledger"), "ledger.burst": _("noticing that somebody reads very much"),
    "protection.report": _("making the impact assessment"),
    "scope.enter": _("working in an office"),
    "web.sign_in": _("signing in to the pages"), "web.sign_out": _("signing out of the pages"),
    "web.password": _("choosing one’s own password"), "web.limit": _("asking too often"),
    "web.csrf": _("sending a form that was open too long, or came from elsewhere"),
}  # fmt: skip
"""Every action that Kintrace writes to the ledger."""
OTHER = _("something that another release of Kintrace did")


def deed(action: str) -> str:
    """An action in the language of the page; what only other releases wrote is said to be so."""
    return str(DEEDS.get(action, OTHER))
