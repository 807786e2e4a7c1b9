"""Content credentials: absent, invalid, valid, trusted; by the agency's own list, and without asking anybody."""

import io
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import c2pa
import pytest
from files import photo, saved, with_segments
from PIL import Image
from signing import MADE_BY_AI, authority, signed

from kintrace.errors import TrustListError
from kintrace.provenance import Grade, PhotoFacts, TrustList, assess, inspect, sentences


def trust(name: str = "Test authority") -> TrustList:
    return TrustList.read(b"our list\n" + authority(name).pem)


def jpeg() -> bytes:
    return saved(photo(), "JPEG", quality=90)


def credential_words(facts: PhotoFacts) -> str:
    return " ".join(each.text for each in sentences(facts) if each.topic == "credentials")


def test_most_photos_have_none() -> None:
    facts = inspect(jpeg(), trust=trust())
    assert facts.credentials.state == "absent"
    assert "proves nothing either way" in credential_words(facts)


@pytest.mark.parametrize(
    ("format", "kind"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("TIFF", "image/tiff")]
)
def test_valid_and_trusted(format: str, kind: str) -> None:
    found = inspect(signed(saved(photo(), format), kind), trust=trust()).credentials
    assert found.state == "trusted"
    assert (found.signer, found.issuer, found.generator) == ("Test camera", "Kintrace tests", "kintrace-tests 1")
    assert [step.action for step in found.actions] == ["created", "edited"]
    assert found.actions[1].program == "Test editor 2"
    assert found.source_types == ("digitalCapture",)
    assert found.problems == ()


def test_valid_but_nobody_said_to_trust_the_signer() -> None:
    data = signed(jpeg())
    for whom in (None, trust("Another authority")):
        facts = inspect(data, trust=whom)
        assert facts.credentials.state == "untrusted"
        assert facts.credentials.problems == ("The signer is not on the agency's trust list.",)
        assert "anybody can make a signature" in credential_words(facts)


@pytest.mark.parametrize("place", [0.3, 0.6, 0.95])
def test_one_byte_of_the_picture_changed(place: float) -> None:
    data = bytearray(signed(jpeg()))
    start = bytes(data).rindex(b"\xff\xda")  # the compressed picture
    at = start + 20 + int((len(data) - start - 30) * place)
    data[at] ^= 0x10
    found = inspect(bytes(data), trust=trust()).credentials
    assert found.state == "invalid"
    assert "The file was changed after it was signed." in found.problems


def test_what_was_recorded_is_changed() -> None:
    data = signed(jpeg()).replace(b"digitalCapture", b"digitalArtwork")
    found = inspect(data, trust=trust()).credentials
    assert found.state == "invalid"
    assert any("recorded" in problem for problem in found.problems)


def test_credentials_moved_to_another_picture() -> None:
    data = signed(jpeg())
    segment = data[data.index(b"\xff\xeb") : data.index(b"\xff\xdb")]
    body = []
    while segment.startswith(b"\xff\xeb"):
        length = int.from_bytes(segment[2:4]) + 2
        body.append((0xEB, segment[4:length]))
        segment = segment[length:]
    moved = with_segments(saved(photo(1), "JPEG"), *body)
    assert inspect(moved, trust=trust()).credentials.state == "invalid"


def test_saved_anew_they_are_gone() -> None:
    again = saved(Image.open(io.BytesIO(signed(jpeg()))), "JPEG", quality=75)
    assert inspect(again, trust=trust()).credentials.state == "absent"


def test_an_expired_certificate_without_a_time_stamp() -> None:
    data = signed(jpeg(), seconds=3)
    assert inspect(data, trust=trust()).credentials.state == "trusted"
    time.sleep(4.2)  # certificates count whole seconds
    found = inspect(data, trust=trust()).credentials
    assert found.state == "invalid"
    assert any("certificate" in problem for problem in found.problems)


def test_made_by_a_program_is_said() -> None:
    facts = inspect(signed(jpeg(), source_type=MADE_BY_AI), trust=trust())
    assert facts.credentials.source_types == ("trainedAlgorithmicMedia",)
    assert "“AI-generated”" in credential_words(facts)


@pytest.mark.parametrize("relation", ["componentOf", "inputTo"])
def test_what_went_into_a_picture_is_its_own_signers_word(relation: str) -> None:
    """A trusted signer vouches for what they recorded, not for what strangers recorded of a picture they put into theirs."""
    part = signed(saved(photo(1), "JPEG"), by="Another authority", source_type=MADE_BY_AI)
    data = signed(jpeg(), part=part, relation=relation)
    facts = inspect(data, trust=trust())
    found = facts.credentials
    assert (found.state, found.source_types) == ("trusted", ("digitalCapture",))
    assert found.parts_source_types == ("trainedAlgorithmicMedia",)
    assert "nobody on the agency's trust list vouches" in credential_words(facts)
    assert "They record that it was" not in credential_words(facts)
    assessment = assess(facts, "family", Grade())
    assert assessment.state == "lead_only"
    assert "a picture that went into it" in assessment.reasons[0]
    # Where both signers are on the list, both vouch.
    both = TrustList.read(trust().pem.encode() + trust("Another authority").pem.encode())
    facts = inspect(data, trust=both)
    assert set(facts.credentials.source_types) == {"digitalCapture", "trainedAlgorithmicMedia"}
    assert facts.credentials.parts_source_types == ()
    assert assess(facts, "family", Grade()).state == "quarantined"
    # And where only the other is, nobody vouches for the whole.
    assert inspect(data, trust=trust("Another authority")).credentials.state == "untrusted"
    assert assess(inspect(data, trust=trust("Another authority")), "family", Grade()).state == "lead_only"


def test_facts_of_an_earlier_release_are_read() -> None:
    facts = inspect(signed(jpeg()), trust=trust())
    told = facts.as_dict()
    for name in ("parts_actions", "parts_source_types"):
        del told["credentials"][name]
    assert PhotoFacts.from_dict(told) == facts
    del told["credentials"]["state"]
    with pytest.raises(ValueError, match="state"):
        PhotoFacts.from_dict(told)


def test_credentials_on_a_server_are_not_fetched() -> None:
    asked: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        data = signed(jpeg(), remote=f"http://127.0.0.1:{server.server_port}/manifest.c2pa")
        with pytest.raises(c2pa.C2paError):
            c2pa.Reader("image/jpeg", io.BytesIO(data))
        assert asked == ["/manifest.c2pa"]  # as the library comes, it asks: so the file would have it fetched
        facts = inspect(data, trust=trust())
        assert asked == ["/manifest.c2pa"]
    finally:
        server.shutdown()
        server.server_close()
    assert facts.credentials.state == "absent"
    assert facts.credentials.elsewhere
    assert "fetches nothing" in credential_words(facts)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.8])
def test_broken_in_the_middle(cut: float) -> None:
    data = signed(jpeg())
    assert inspect(data[: int(len(data) * cut)], trust=trust()).credentials.state == "invalid"


def test_a_trust_list_lists_authorities() -> None:
    for data in (b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        with pytest.raises(TrustListError):
            TrustList.read(data)
    chain = signed(jpeg())  # makes a signer
    assert chain
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding
    from signing import certificate, named

    key = ec.generate_private_key(ec.SECP256R1())
    leaf = certificate("Somebody", key, named("x"), key, authority=False, seconds=60)
    with pytest.raises(TrustListError, match="Somebody"):
        TrustList.read(leaf.public_bytes(Encoding.PEM))
