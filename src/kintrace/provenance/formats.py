"""What a file really is, by its first bytes; its name and what a server said of it do not count."""

import re

SIGNATURES = {
    "AVIF": rb"....ftyp(avif|avis)",
    "BMP": rb"BM",
    "GIF": rb"GIF8[79]a",
    "HEIF": rb"....ftyp(hei[cxms]|hev[cxms]|m[is]f1)",
    "JPEG": rb"\xff\xd8\xff",
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "PPM": rb"P[1-6][ \t\r\n#]",
    "TIFF": rb"II[*+]\0|MM\0[*+]",
    "WEBP": rb"RIFF....WEBP",
}
"""Formats of photos that Kintrace reads."""
MOST_PIXELS = 80_000_000
"""Of a picture that is decoded."""
OTHERS = {
    "PDF": rb"%PDF-",
    "ZIP": rb"PK\x03\x04",
    "MP4": rb"....ftyp",
    "Windows program": rb"MZ",
    "HTML": rb"(?i:\s*<(!doctype html|html|\?php|script))",
    "SVG": rb"(?i:\s*(<\?xml[^>]*>\s*)?<svg)",
    "JPEG XL": rb"\xff\x0a|\0\0\0\x0cJXL ",
    "Photoshop": rb"8BPS",
}
"""What is no photo that Kintrace reads, and is told by its first bytes all the same."""


def real_format(data: bytes) -> str:
    """What the first bytes say a file is; empty where they say nothing that is known."""
    head = data[:256]
    for known in (SIGNATURES, OTHERS):
        for name, magic in known.items():
            if re.match(magic, head, re.DOTALL):
                return name
    return ""
