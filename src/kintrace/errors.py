"""Everything that can go wrong by a user's doing, in one tree.

KintraceError
├── PhotoError                  a file is not a photo Kintrace can use
│   ├── EmptyPhoto              it holds no bytes
│   ├── NotAPhoto               its bytes are of no picture format Kintrace reads
│   ├── TruncatedPhoto          it ends before the picture does
│   ├── CorruptPhoto            it says it is a picture, and cannot be decoded
│   └── PhotoLimit              it is larger than the settings allow
│       ├── TooManyBytes
│       ├── TooManyPixels       a decompression bomb, too
│       └── TooSlow             decoding took longer than the settings allow
├── FaceError
│   ├── NoFace                  no face was found, or none good enough
│   └── SeveralFaces            more than one, and nobody said which
├── PackError                   a model pack cannot be used
│   ├── PackNotFound
│   ├── PackInvalid             pack.toml or the ONNX file is not what Kintrace expects
│   ├── PackHashMismatch        the weights are not the ones pack.toml names
│   └── PackMismatch            templates of different packs were to be compared
├── GalleryError                an id unknown, or a template of the wrong shape
├── CalibrationError            a calibration is missing, damaged, or has too little data
├── ProtocolError               an evaluation protocol is not one
├── ProvenanceError             what is said about a photo's origin cannot be used
│   ├── TrustListError          a list of trusted signers holds no certificate of an authority
│   ├── GradeError              a grade of source or information is not one
│   ├── DecisionError           a decision on a photo lacks a name or a reason
│   └── BlockListError          a list of false pictures is damaged, or of another kind
├── CaseError
│   ├── FormError               a card's form has a key or a value that cannot be used
│   ├── Denied                  the user may not do this, or see this
│   └── NotPossible             the record's state does not allow it
├── LedgerError                 the ledger cannot be written, or is not what it was
│   ├── NotForLedger            something may not stand in the ledger: it could name a person
│   └── LedgersPart             two copies of the ledger differ
├── VaultError                  a key or a sealed value cannot be used
│   ├── KeyDestroyed            the person was erased
│   ├── KeyMissing              the keyring has no key for this person or office
│   ├── SealBroken              a sealed value or a wrapped key was changed, moved, or is under another key
│   └── RootKeyError            the root key is absent, damaged, or open to others
├── NoDeployment                the data folder holds no installation of Kintrace, or there is one already
├── BackupError                 a backup cannot be written, or is damaged, foreign or of another kind
├── EmblemError                 a digital emblem cannot be made, read or published
│   ├── NotReadable             bytes are no token, key, certificate or log list
│   ├── NotAuthorised           no recorded authorisation covers what was asked
│   ├── EmblemKeyError          a key is absent, locked, damaged, or open to others
│   ├── RecordError             a DNS record or a zone line cannot carry an emblem, or is not one
│   ├── NotListening            the responder cannot use an address or port
│   └── DiscoveryError          what a name bears could not be found out
│       ├── NameUnknown         the name does not exist
│       ├── ResolverTimeout     no resolver answered in time
│       ├── ResolverFailure     the resolver says that it cannot answer
│       └── PartialRRset        part of the records is missing in the answer
├── CacheError                  the encrypted cache of templates cannot be opened
└── MissingPart                 an optional program or package is needed and absent

Every message says what happened, what was kept, and what to do.
"""


class KintraceError(Exception):
    """Something a user can cause, and mend.

    Args:
        what: what happened, in one sentence.
        kept: what was kept or left untouched; empty where nothing was at stake.
        todo: what to do now; empty where nothing can be done.
    """

    def __init__(self, what: str, kept: str = "", todo: str = "") -> None:
        super().__init__(what, kept, todo)
        self.what = what
        self.kept = kept
        self.todo = todo

    def __str__(self) -> str:
        """The three sentences, joined."""
        return " ".join(part for part in (self.what, self.kept, self.todo) if part)


class PhotoError(KintraceError):
    """A file is not a photo Kintrace can use."""


class EmptyPhoto(PhotoError):
    """The file holds no bytes."""


class NotAPhoto(PhotoError):
    """The bytes are of no picture format Kintrace reads."""


class TruncatedPhoto(PhotoError):
    """The file ends before the picture does."""


class CorruptPhoto(PhotoError):
    """The file says it is a picture and cannot be decoded."""


class PhotoLimit(PhotoError):
    """The photo is larger than the settings allow."""


class TooManyBytes(PhotoLimit):
    """The file has more bytes than allowed."""


class TooManyPixels(PhotoLimit):
    """The picture has more pixels than allowed."""


class TooSlow(PhotoLimit):
    """Decoding took longer than allowed."""


class FaceError(KintraceError):
    """A photo does not give the one face that was asked for."""


class NoFace(FaceError):
    """No face was found, or none good enough to compare."""


class SeveralFaces(FaceError):
    """More than one face was found, and nobody said which."""


class PackError(KintraceError):
    """A model pack cannot be used."""


class PackNotFound(PackError):
    """No model pack has this name."""


class PackInvalid(PackError):
    """The pack's description or its ONNX file is not what Kintrace expects."""


class PackHashMismatch(PackError):
    """The weights are not the ones the pack's description names."""


class PackMismatch(PackError):
    """Templates of different packs were to be compared."""


class GalleryError(KintraceError):
    """An id is unknown, or a template has the wrong shape."""


class CalibrationError(KintraceError):
    """A calibration is missing or damaged, or there is too little data to make one."""


class ProtocolError(KintraceError):
    """An evaluation protocol is not one."""


class ProvenanceError(KintraceError):
    """What is said about a photo's origin cannot be used."""


class TrustListError(ProvenanceError):
    """A list of trusted signers holds no certificate of an authority."""


class GradeError(ProvenanceError):
    """A grade of source or information is not one."""


class DecisionError(ProvenanceError):
    """A decision on a photo lacks a name or a reason."""


class BlockListError(ProvenanceError):
    """A list of false pictures is damaged, or of another kind."""


class CaseError(KintraceError):
    """A verb on the records cannot be carried out."""


class FormError(CaseError):
    """A card's form has a key or a value that cannot be used."""


class Denied(CaseError):
    """The user may not do this, or see this."""


class NotPossible(CaseError):
    """The record's state does not allow it."""


class LedgerError(KintraceError):
    """The ledger cannot be written, or is not what it was."""


class NotForLedger(LedgerError):
    """Something may not stand in the ledger: it could name a person."""


class LedgersPart(LedgerError):
    """Two copies of the ledger differ. ``number`` is the first entry that does."""

    number: int = 0


class VaultError(KintraceError):
    """A key or a sealed value cannot be used."""


class KeyDestroyed(VaultError):
    """The person was erased: the key is gone for good."""


class KeyMissing(VaultError):
    """The keyring has no key for this person or office."""


class SealBroken(VaultError):
    """A sealed value or a wrapped key was changed, moved from its place, or is under another key."""


class RootKeyError(VaultError):
    """The root key is absent, damaged, or open to others."""


class NoDeployment(KintraceError):
    """The data folder holds no installation of Kintrace, or holds one already."""


class BackupError(KintraceError):
    """A backup cannot be written, or is damaged, foreign or of another kind."""


class EmblemError(KintraceError):
    """A digital emblem cannot be made, read or published."""


class NotReadable(EmblemError):
    """Bytes are no token, key, certificate or log list as the profiles of the emblem have them."""


class NotAuthorised(EmblemError):
    """No recorded authorisation of a competent authority covers what was asked."""


class EmblemKeyError(EmblemError):
    """A key is absent, locked, damaged, or open to others."""


class RecordError(EmblemError):
    """A DNS record or a zone line cannot carry an emblem, or is not one."""


class NotListening(EmblemError):
    """The responder cannot use an address or port."""


class DiscoveryError(EmblemError):
    """What a name bears could not be found out."""


class NameUnknown(DiscoveryError):
    """The name does not exist."""


class ResolverTimeout(DiscoveryError):
    """No resolver answered in time."""


class ResolverFailure(DiscoveryError):
    """The resolver says that it cannot answer. ``code`` is its word for that, such as SERVFAIL."""

    code: str = ""


class PartialRRset(DiscoveryError):
    """Part of the records is missing in the answer: it is too long for UDP and TCP gave none, or two answers disagree."""


class CacheError(KintraceError):
    """The encrypted cache of templates cannot be opened."""


class MissingPart(KintraceError):
    """An optional program or package is needed and absent."""
