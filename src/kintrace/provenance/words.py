"""What a photo's facts say, in plain sentences: all that this room says to people, in one place.

Nothing here calls a photo real or false. What cannot be known is said to be unknown, and what is missing is said to prove nothing
(DESIGN.md §5 rule 10).
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

from kintrace.provenance.facts import Credentials, FileFacts, PhotoFacts, Step, Thumbnail, Undecoded
from kintrace.provenance.formats import MOST_PIXELS, SIGNATURES
from kintrace.provenance.marks import GENERATED

Topic = Literal["file", "metadata", "compression", "thumbnail", "marks", "credentials", "hash", "problems"]

NO_METADATA = (
    "The file holds no metadata. Messengers take them away, as many programs do: it proves nothing either way."
)
METADATA = "It holds {kinds}. Anybody can write or change metadata, so they say what somebody, or some program, wrote."
PLACE = "It records a place. Only those who may see the original can see it; it is not in the working copy."
SERIAL = "It holds a serial number or an owner's name. Only those who may see the original can see them."
WITHHELD = "A place or a serial number stands in a text that was written beside the picture: it is shown only with the original."
NOT_AS_CLAIMED = (
    "Its name says {claimed}, but it is {format}. Programs and people rename files; that alone proves nothing."
)
EMPTY = "The file is empty."
NOT_A_PHOTO = "Its first bytes are not those of a photo that Kintrace knows{format}."
UNDECODED: dict[Undecoded, str] = {
    "too_many_pixels": (
        "The picture was not decoded: it has {width:,} × {height:,} pixels, and Kintrace decodes {most:,} pixels at most."
    ),
    "too_many_parts": "The picture was not decoded: the file has more parts than any program writes.",
    "too_much_text": "The picture was not decoded: the file holds more text than Kintrace unpacks.",
    "cut_off": "The picture cannot be decoded: the file is cut off. Ask for another copy.",
    "damaged": "It is {format} by its first bytes, but its picture could not be decoded.",
}
FRAMES = (
    "The file holds {frames:,} pictures; only the first is used. Somebody else may be in the others: look at them, too."
)
TRAILING = (
    "Behind the end of the picture there are {size:,} more bytes{kind}. "
    "Phones keep moving pictures there; others hide things."
)
TABLES_KNOWN = (
    "How it is compressed fits {program} at setting {setting}: "
    "that is what saved the file last, not what took the photo."
)
TABLES_LIBJPEG = (
    "How it is compressed is the common library's (libjpeg) at quality {setting}. Phones, browsers, messengers and most programs "
    "use it, so this does not tell which saved the file last."
)
TABLES_MOZJPEG = (
    "How it is compressed fits MozJPEG at quality {setting}. Web sites, and programs that prepare photos for them, use it: "
    "that is what saved the file last, not what took the photo."
)
TABLES_UNKNOWN = (
    "How it is compressed is not known here. That is so for most cameras, and says nothing against the photo."
)
THUMBNAIL_SAME = "The small picture in the file ({where}) shows the same as the picture."
THUMBNAIL_DIFFERS = (
    "The small picture in the file ({where}) does not show the same as the picture. The picture was cut, turned or changed after "
    "the small one was made, and the small one was left. Look at both; an ordinary crop does this, too."
)
THUMBNAIL_NOT = "There is a small picture in the file ({where}) that cannot be compared with the picture."
MARK_SAYS = "{words}"
MARK_FITS = "{words} Countless other files fit, too."
CREDENTIALS_ABSENT = "It has no content credentials. Most photos have none: it proves nothing either way."
CREDENTIALS_ELSEWHERE = (
    "It points to content credentials on a server. Kintrace fetches nothing, so what they say is not known."
)
CREDENTIALS_INVALID = (
    "It has content credentials, but they are not valid for this file. It was changed after it was signed, or they are broken. "
    "Saving a photo anew does that, too, so it does not tell why."
)
CREDENTIALS_UNTRUSTED = (
    "Its content credentials are valid: nothing was changed since it was signed. But the signer, {signer}, is not on the "
    "agency's trust list, and anybody can make a signature."
)
CREDENTIALS_TRUSTED = (
    "Its content credentials are valid, and signed by {signer}, whom the agency trusts. They vouch for what was recorded, not "
    "for what the picture shows."
)
RECORDED = "Recorded there: {steps}."
MADE = "They record that it was {made}."
PARTS_RECORDED = "Recorded of pictures that went into it, for which nobody on the agency's trust list vouches: {steps}."
PART_MADE = "It is recorded there that a picture that went into it was {made}."
NO_HASH = "The picture could not be read, so it cannot be looked for elsewhere."
PLAIN = "The picture shows so little that it cannot be told from other plain pictures."
NOTHING = hashlib.sha256().hexdigest()
"""Of a file of 0 bytes, and of no other."""
CODE_KINDS = {"ICC": "a colour profile", "C2PA": "content credentials", "comments": "comments"}


@dataclass(frozen=True)
class Sentence:
    """One sentence and what it is about."""

    topic: Topic
    text: str


def sentences(facts: PhotoFacts) -> tuple[Sentence, ...]:
    """Everything that is worth saying of a photo's file, in the order in which to read it."""
    if facts.sha256 == NOTHING:
        return (Sentence("file", EMPTY),)
    told = [
        *_file(facts), *_metadata(facts), *_compression(facts), *(_thumbnail(each) for each in facts.thumbnails),
        *(Sentence("marks", (MARK_SAYS if each.says_so else MARK_FITS).format(words=each.words)) for each in facts.marks),
        *(Sentence("credentials", text) for text in credential_words(facts.credentials)),
    ]  # fmt: skip
    if facts.hash is None:
        told.append(Sentence("hash", NO_HASH))
    elif not facts.hash.telling:
        told.append(Sentence("hash", PLAIN))
    told += [Sentence("problems", text) for text in facts.problems]
    return tuple(told)


def credential_words(credentials: Credentials) -> tuple[str, ...]:
    """What the content credentials say."""
    signer = ", ".join(filter(None, dict.fromkeys((credentials.signer, credentials.issuer)))) or "somebody unnamed"
    first = {
        "absent": CREDENTIALS_ELSEWHERE if credentials.elsewhere else CREDENTIALS_ABSENT,
        "invalid": CREDENTIALS_INVALID,
        "untrusted": CREDENTIALS_UNTRUSTED.format(signer=signer),
        "trusted": CREDENTIALS_TRUSTED.format(signer=signer),
    }[credentials.state]
    told = [first]
    if credentials.state == "invalid":
        told += credentials.problems
    if credentials.actions:
        told.append(RECORDED.format(steps=_steps(credentials.actions)))
    told += [MADE.format(made=GENERATED[kind]) for kind in credentials.source_types if kind in GENERATED]
    if credentials.parts_actions:
        told.append(PARTS_RECORDED.format(steps=_steps(credentials.parts_actions)))
    told += [PART_MADE.format(made=GENERATED[kind]) for kind in credentials.parts_source_types if kind in GENERATED]
    return tuple(told)


def _steps(actions: tuple[Step, ...]) -> str:
    return "; ".join(
        " ".join(filter(None, (step.action, f"by {step.program}" if step.program else "", step.when)))
        for step in actions[:12]
    )


def _file(facts: PhotoFacts) -> list[Sentence]:
    file = facts.file
    told = []
    if file.format in SIGNATURES:
        if file.undecoded or not (file.width or facts.hashes):
            told.append(Sentence("file", _undecoded(file)))
    elif not file.width and not facts.hashes:
        named = f", but those of {file.format}" if file.format else ""
        told.append(Sentence("file", NOT_A_PHOTO.format(format=named)))
    if not file.agrees:
        told.append(
            Sentence("file", NOT_AS_CLAIMED.format(claimed=file.claimed, format=file.format or "of no known kind"))
        )
    if file.frames > 1:
        told.append(Sentence("file", FRAMES.format(frames=file.frames)))
    if file.trailing:
        kind = f", which begin like {file.trailing_kind}" if file.trailing_kind else ""
        told.append(Sentence("file", TRAILING.format(size=file.trailing, kind=kind)))
    return told


def _undecoded(file: FileFacts) -> str:
    words = UNDECODED[file.undecoded or "damaged"]
    return words.format(format=file.format, width=file.width, height=file.height, most=MOST_PIXELS)


def _metadata(facts: PhotoFacts) -> list[Sentence]:
    metadata = facts.metadata
    if not set(metadata.present) - {"ICC", "C2PA"}:
        return [Sentence("metadata", NO_METADATA)]
    kinds = ", ".join(CODE_KINDS.get(kind, kind) for kind in metadata.present)
    told = [METADATA.format(kinds=kinds)]
    told += [each.sentence() for each in metadata.times]
    if metadata.camera:
        told.append(f"Camera: {metadata.camera}{f', {metadata.lens}' if metadata.lens else ''}")
    told += [f"Program, by {each.where}: {each.value}" for each in metadata.software]
    told += [each.sentence() for each in metadata.texts]
    kept = (PLACE, metadata.place), (SERIAL, metadata.serial), (WITHHELD, metadata.withheld)
    told += [text for text, there in kept if there]
    return [Sentence("metadata", text) for text in told]


def _compression(facts: PhotoFacts) -> list[Sentence]:
    found = facts.compression
    if found is None:
        return []
    if found.family == "libjpeg":
        return [Sentence("compression", TABLES_LIBJPEG.format(setting=found.setting))]
    if found.family == "mozjpeg":
        return [Sentence("compression", TABLES_MOZJPEG.format(setting=found.setting))]
    if found.family:
        setting = found.setting.replace("_", " ")
        return [Sentence("compression", TABLES_KNOWN.format(program="Adobe Photoshop", setting=setting))]
    return [Sentence("compression", TABLES_UNKNOWN)]


def _thumbnail(found: Thumbnail) -> Sentence:
    words = {"same": THUMBNAIL_SAME, "differs": THUMBNAIL_DIFFERS, "not comparable": THUMBNAIL_NOT}[found.compared]
    return Sentence("thumbnail", words.format(where=found.where))
