"""Signs that screenshots, messengers, social networks and generators leave in a file, and where each is documented.

A sign that the file *says* can have been written by anybody. A sign that merely *fits* is shared by countless other files.
Neither proves anything; together they tell a caseworker what to ask the person who brought the photo.
"""

import re
from collections.abc import Iterator

from kintrace.provenance.facts import Compression, Mark, Metadata
from kintrace.provenance.parts import Parts

GENERATED = {
    "trainedAlgorithmicMedia": "made by a program that was trained on pictures (“AI-generated”)",
    "compositeWithTrainedAlgorithmicMedia": "put together with parts that a trained program made (“AI-generated”)",
    "algorithmicMedia": "made by a program",
    "compositeSynthetic": "put together with made-up parts",
}
"""IPTC digital source types that say that not everything in the picture was before a camera."""
_IPTC_SOURCES = "IPTC NewsCodes, Digital Source Type"

_SCREENSHOT_TOOLS = {
    "gnome-screenshot": "GNOME's gnome-screenshot, screenshot-application.c",
    "spectacle": "KDE's Spectacle",
    "flameshot": "Flameshot",
    "greenshot": "Greenshot",
    "shutter": "Shutter",
    "snipping tool": "Microsoft's Snipping Tool",
}
_GENERATORS = (
    "stable diffusion", "midjourney", "dall-e", "dall·e", "adobe firefly", "novelai", "comfyui", "invokeai", "automatic1111",
)  # fmt: skip
_ANDROID = re.compile(r"Android [A-Z0-9][\w.]{3,}")

# Longest side and libjpeg quality: Telegram for Android, SendMessagesHelper (scaleAndSaveImage with the photo size, 1280, and
# 80); Telegram Desktop saves at 87.
_TELEGRAM = {(1280, "80"): "Telegram for Android", (1280, "87"): "Telegram Desktop"}

# Width × height of common phone and computer screens, upright.
_SCREENS = {
    (640, 1136), (750, 1334), (828, 1792), (1080, 1920), (1080, 2220), (1080, 2280), (1080, 2340), (1080, 2400), (1080, 2408),
    (1125, 2436), (1170, 2532), (1179, 2556), (1206, 2622), (1242, 2208), (1242, 2688), (1284, 2778), (1290, 2796), (1320, 2868),
    (1440, 2960), (1440, 3040), (1440, 3088), (1440, 3120), (1440, 3200), (720, 1280), (720, 1520), (720, 1560), (720, 1600),
    (768, 1366), (900, 1440), (900, 1600), (1200, 1920), (1440, 2560), (2160, 3840), (1536, 2048), (1620, 2160), (1668, 2388),
    (2048, 2732),
}  # fmt: skip


def marks(parts: Parts, metadata: Metadata, compression: Compression | None, size: tuple[int, int]) -> tuple[Mark, ...]:
    """The signs found.

    Args:
        parts: the file taken apart.
        metadata: what its metadata say.
        compression: of a JPEG.
        size: width and height as stored.
    """
    services = _services(parts, metadata, compression, size)
    return (*_screenshot(parts, metadata, size), *services, *_made(parts, metadata))


def _screenshot(parts: Parts, metadata: Metadata, size: tuple[int, int]) -> Iterator[Mark]:
    comments = {each.value for each in metadata.texts if each.what.lower() in ("comment", "usercomment")}
    if "Screenshot" in comments:
        yield Mark("screenshot", True, "The file's comment is “Screenshot”, as iPhones and Macs write it.",
                   "written by iOS and macOS as EXIF UserComment; read by photo libraries for that")  # fmt: skip
    if metadata.source_type == "screenCapture":
        yield Mark("screenshot", True, "The file says of itself that it is a picture of a screen.", _IPTC_SOURCES)
    software = [each.value for each in metadata.software]
    for name in software:
        tool = next((tool for tool in _SCREENSHOT_TOOLS if tool in name.lower()), "")
        if tool:
            yield Mark(
                "screenshot", True, f"The file names a program that takes screenshots: {name}.", _SCREENSHOT_TOOLS[tool]
            )
    if parts.format == "PNG" and not metadata.camera and any(_ANDROID.match(name) for name in software):
        yield Mark("screenshot", True, "A PNG whose software is “Android …” with no camera, as Android writes its screenshots.",
                   "Android Open Source Project, SystemUI ImageExporter.java")  # fmt: skip
    if size and tuple(sorted(size)) in _SCREENS and not metadata.camera:
        yield Mark("screenshot", False, f"It has the size of a common screen ({size[0]} × {size[1]}) and names no camera.",
                   "sizes of screens, as their makers give them")  # fmt: skip


def _services(
    parts: Parts, metadata: Metadata, compression: Compression | None, size: tuple[int, int]
) -> Iterator[Mark]:
    if parts.iptc.get("instructions", "").startswith("FBMD"):
        yield Mark("social network", True, "IPTC holds a line beginning “FBMD”, which Facebook and Instagram put into photos.",
                   "Dang-Nguyen et al., arXiv 2302.12133, 2023")  # fmt: skip
    if compression is None or metadata.camera or (metadata.present and set(metadata.present) != {"ICC"}):
        return
    sender = _TELEGRAM.get((max(size), compression.setting)) if compression.family == "libjpeg" else None
    if sender:
        yield Mark("messenger", False, f"Its size and compression fit {sender}, which also takes all metadata away.",
                   "Telegram's published source code")  # fmt: skip
    elif max(size) in (1600, 2048, 1280, 960) and compression.family == "libjpeg":
        yield Mark("messenger", False, f"No metadata, saved by a common library, longest side {max(size)}: it fits many "
                   "messengers and networks, which make photos smaller and take metadata away.",
                   "Giudice et al., “A classification engine for image ballistics of social data”, ICIAP 2017")  # fmt: skip


def _made(parts: Parts, metadata: Metadata) -> Iterator[Mark]:
    if metadata.source_type in GENERATED:
        words = f"The file says of itself that it was {GENERATED[metadata.source_type]}."
        yield Mark("generated", True, words, _IPTC_SOURCES)
    named = [each.value for each in (*metadata.software, *metadata.texts)]
    if any(name in value.lower() for name in _GENERATORS for value in named):
        yield Mark("generated", True, "The metadata name a program that generates pictures.", "names of the programs")
    elif any(keyword in ("parameters", "prompt", "workflow") for keyword, _ in parts.texts) and parts.format == "PNG":
        yield Mark("generated", False, "It has a text such as programs that generate pictures write beside them.",
                   "Stable Diffusion web UI and ComfyUI, PNG text “parameters”, “prompt”, “workflow”")  # fmt: skip
    if metadata.edits:
        agents = ", ".join(dict.fromkeys(step.program for step in metadata.edits if step.program))
        yield Mark("edited", True, f"XMP records {len(metadata.edits)} steps of editing{f' by {agents}' if agents else ''}.",
                   "XMP Specification Part 2, xmpMM:History")  # fmt: skip
    width, height = metadata.recorded_width, metadata.recorded_height
    if parts.coding and width and height and {width, height} != {parts.coding.width, parts.coding.height}:
        yield Mark("edited", True, f"The camera recorded {width} × {height}; the picture has {parts.coding.width} × "
                   f"{parts.coding.height}: it was made smaller or cut since.", "Exif 3.0, PixelXDimension")  # fmt: skip
