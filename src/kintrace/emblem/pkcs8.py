"""Private keys in PKCS#8, encrypted with a passphrase: PBES2 with scrypt and AES-256-CBC (RFC 5958, RFC 8018, RFC 7914).

``cryptography`` reads this and writes PBKDF2 with 2,048 rounds, which a thief's graphics card tries by the million. So the
envelope is written here, with the key derivation that ``cryptography`` and OpenSSL both read, and read by ``cryptography`` alone.
"""

import base64
import os

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

COST, BLOCK, PARALLEL = 1 << 14, 8, 5
"""16 MiB of memory five times over for each try: as much memory as OpenSSL's command reads without being asked."""
_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_SCRYPT = bytes.fromhex("06092b06010401da47040b")
_AES_256_CBC = bytes.fromhex("060960864801650304012a")


def sealed(key: ec.EllipticCurvePrivateKey, passphrase: bytes) -> bytes:
    """An encrypted private key, PEM."""
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    salt, start = os.urandom(16), os.urandom(16)
    derived = Scrypt(salt=salt, length=32, n=COST, r=BLOCK, p=PARALLEL).derive(passphrase)
    pad = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES256(derived), modes.CBC(start)).encryptor()
    secret = encryptor.update(pad.update(plain) + pad.finalize()) + encryptor.finalize()
    numbers = b"".join(_der(2, one.to_bytes(one.bit_length() // 8 + 1, "big")) for one in (COST, BLOCK, PARALLEL))
    derivation = _der(0x30, _SCRYPT + _der(0x30, _der(4, salt) + numbers))
    cipher = _der(0x30, _AES_256_CBC + _der(4, start))
    whole = _der(0x30, _der(0x30, _PBES2 + _der(0x30, derivation + cipher)) + _der(4, secret))
    text = base64.encodebytes(whole).decode("ascii").replace("\n", "")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(
        ["-----BEGIN ENCRYPTED PRIVATE KEY-----", *lines, "-----END ENCRYPTED PRIVATE KEY-----", ""]
    ).encode()


def _der(tag: int, contents: bytes) -> bytes:
    length = len(contents)
    if length < 0x80:
        return bytes([tag, length]) + contents
    encoded = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(encoded)]) + encoded + contents
