"""What one does at a card, in a browser: names, family, consent, photos by every way, faces, likeness to other cards, slips."""

import base64
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import CHROMIUM, PASSWORD, Agency
from PIL import Image
from playwright.sync_api import Dialog, Page, Route, expect

PASTE = """([place, kind, data]) => {
  const held = new DataTransfer(), at = document.querySelector(place);
  if (kind === "text/plain") held.setData(kind, data);
  else held.items.add(new File([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))], "pasted.png", { type: kind }));
  at.focus();
  at.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }));
}"""
DROP = """([place, files]) => {
  const held = new DataTransfer(), at = document.querySelector(place);
  for (const [name, data] of files)
    held.items.add(new File([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))], name, { type: "image/jpeg" }));
  for (const kind of ["dragenter", "dragover", "drop"])
    at.dispatchEvent(new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def desk(shared_agency: Agency) -> Agency:
    """Of all of these tests; each makes its own card."""
    return shared_agency


def portrait(portraits: Path, person: int, number: int, *, wide: int = 368) -> Image.Image:
    """A volunteer's photo."""
    with Image.open(portraits / f"s{person}" / f"{number}.pgm") as found:
        return found.convert("RGB").resize((wide, wide * 112 // 92), Image.Resampling.LANCZOS)


def encoded(picture: Image.Image, form: str = "JPEG") -> str:
    """A file's bytes, as a page's script takes them."""
    to = io.BytesIO()
    picture.save(to, form, quality=92)
    return base64.b64encode(to.getvalue()).decode()


def new_card(page: Page, kind: int = 0) -> None:
    """An empty form."""
    page.goto("/new")
    page.locator("main form .main-act").nth(kind).click()
    page.wait_for_load_state("networkidle")


def opened(page: Page, name: str, **more: str) -> str:
    """A found person's card who agrees to face search; its address."""
    new_card(page, 1)
    page.fill("[name='subject.full_name']", name)
    page.select_option("[name='subject.found_kind']", "patient")
    for field, value in more.items():
        page.fill(f"[name='subject.{field}']", value)
    for purpose in ("tracing", "face_search"):
        page.check(f"[name='consent.subject.{purpose}'][value=yes]")
    page.click(".send .main-act")
    page.wait_for_url("**/photos", wait_until="networkidle")
    return page.url.removesuffix("/photos")


def thrown_away(page: Page) -> None:
    """The draft that is open, once it was asked for twice."""
    page.click("summary:has-text('Throw the draft away')")
    page.click("button:has-text('Throw it away')")


def test_names_in_two_scripts_are_pasted_apart_and_put_into_latin_letters(
    desk: Agency, sign_in: Callable[..., Page]
) -> None:
    """A name copied from a message finds its fields; the button proposes Latin letters; nothing that stands there is lost."""
    page = sign_in(desk, "rana")
    new_card(page)
    latin, script = "[name='subject.full_name']", "[name='subject.full_name.script']"
    page.evaluate(PASTE, [latin, "text/plain", "\u200eYusuf Haddad (يوسف حداد)\u200f"])
    expect(page.locator(latin)).to_have_value("Yusuf Haddad")
    expect(page.locator(script)).to_have_value("يوسف حداد")
    page.evaluate(PASTE, ["[name='subject.given_name']", "text/plain", "Олена"])
    expect(page.locator("[name='subject.given_name.script']")).to_have_value("Олена")
    expect(page.locator("[name='subject.given_name']")).to_have_value("")
    page.locator(".two", has=page.locator("[name='subject.given_name.script']")).locator(".latin").click()
    expect(page.locator("[name='subject.given_name']")).to_have_value("Olena")
    expect(page.locator("#kept .saved")).to_be_visible()
    page.select_option("#letters", "ukrainian")
    page.fill("[name='subject.family_name']", "Shevchuk")
    with page.expect_response("**/keep") as kept:
        page.locator(".two", has=page.locator("[name='subject.family_name']")).locator(".theirs").click()
        expect(page.locator("[name='subject.family_name.script']")).to_have_value("Шевчук")
    assert kept.value.ok
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.locator("[name='subject.family_name.script']")).to_have_value("Шевчук")
    thrown_away(page)


def test_what_is_typed_while_an_earlier_sending_is_under_way_is_kept_too(
    desk: Agency, sign_in: Callable[..., Page]
) -> None:
    """The network is slow, the officer types on and goes elsewhere at once."""
    page = sign_in(desk, "rana")
    new_card(page)
    under_way: list[str] = []

    def held_up(route: Route) -> None:
        answer = route.fetch()
        page.fill("[name='subject.occupation']", "baker (invented)")
        under_way.append(route.request.url)
        route.fulfill(response=answer)

    page.route("**/keep", held_up, times=1)
    page.fill("[name='subject.full_name']", "Yusuf Haddad (invented)")
    expect(page.locator("#kept .saved")).to_be_visible()
    assert under_way
    written = page.url
    page.goto("/")
    page.goto(written)
    expect(page.locator("[name='subject.full_name']")).to_have_value("Yusuf Haddad (invented)")
    expect(page.locator("[name='subject.occupation']")).to_have_value("baker (invented)")
    thrown_away(page)


def test_what_is_hardly_true_is_said_beside_its_field_while_typing(desk: Agency, sign_in: Callable[..., Page]) -> None:
    """And no more once it is mended; nothing is in the way of typing on."""
    page = sign_in(desk, "rana")
    new_card(page)
    page.fill("[name='subject.date_of_birth']", "1987")
    page.fill("[name='subject.last_contact_date']", "1978")
    said = page.locator("#f-subject-last_contact_date-d")
    expect(said).to_have_text("The last contact is before the birth.")
    expect(page.locator("#f-subject-date_of_birth-d")).to_be_hidden()
    page.fill("[name='subject.last_contact_date']", "2022")
    expect(said).to_be_hidden()
    thrown_away(page)


def test_a_text_that_was_not_sent_off_is_asked_about_before_the_page_goes(
    desk: Agency, sign_in: Callable[..., Page]
) -> None:
    """Not where nothing was written, where it was taken back, or where it is sent off; a card's form is kept by itself."""
    page = sign_in(desk, "sami")
    asked: list[str] = []

    def answered(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answered)
    address = opened(page, "Omar Said (invented)")
    for text in ("", "They were found by another office.", ""):
        page.goto(address)
        page.click("summary:has-text('What else can be done')")
        page.fill("#close-why", "begun")
        page.fill("#close-why", text)
        page.goto("/cards")
        assert asked == (["beforeunload"] if text else [])
        asked.clear()
    page.goto(address)
    page.click("summary:has-text('What else can be done')")
    page.fill("#close-why", "They were found by another office.")
    page.locator("form", has=page.locator("#close-why")).locator("button").click()
    expect(page.locator("main")).to_contain_text("The card is closed.")
    new_card(page)
    page.fill("[name='subject.occupation']", "a baker, and later a tailor")
    page.goto("/cards")
    assert asked == []


def test_a_card_like_this_one_is_shown_while_typing(desk: Agency, sign_in: Callable[..., Page]) -> None:
    """Before the card is sent off, and without leaving the form."""
    page = sign_in(desk, "rana")
    new_card(page)
    page.fill("[name='subject.full_name']", "Yousef Hadad")
    page.fill("[name='subject.date_of_birth']", "March 2014")
    expect(page.locator("#kept .note a").first).to_contain_text("amman/1", timeout=15_000)
    thrown_away(page)


def test_the_family_is_drawn_in_any_language(desk: Agency, sign_in: Callable[..., Page]) -> None:
    """Relations chosen in Arabic are the same card in English; the drawing says them in the page's language."""
    page = sign_in(desk, "rana")
    new_card(page)
    offered = page.locator("#relations option").evaluate_all("every => every.map((each) => each.value)")
    assert {"mother", "brother", "cousin"} <= set(offered)
    page.fill("[name='enquirer.full_name']", "Rania Aziz (invented)")
    page.fill("[name='enquirer.relationship']", "mother")
    page.fill("[name='subject.full_name']", "Yusuf Haddad (invented)")
    for number, (relation, name) in enumerate([("brother", "Omar (invented)"), ("grandmother", "Amina (invented)")]):
        page.fill(f"[name='subject.family.{number}.relation']", relation)
        page.fill(f"[name='subject.family.{number}.name']", name)
    page.check("[name='consent.enquirer.tracing'][value=yes]")
    page.click(".send .main-act")
    page.click("text=To the card")
    graph = page.locator(".graph svg")
    expect(graph).to_be_visible()
    for words in ("Rania Aziz", "Omar", "Amina", "grandmother", "Yusuf Haddad"):
        expect(graph).to_contain_text(words)
    assert graph.locator("polyline").count() == 3
    tops = {
        each: graph.locator("g", has_text=each).locator("rect").bounding_box() for each in ("Amina", "Rania", "Omar")
    }
    assert all(tops.values())
    assert tops["Amina"]["y"] < tops["Rania"]["y"] < tops["Omar"]["y"]  # type: ignore[index]
    assert not graph.locator("[style], script, style").count()


def test_consent_is_asked_in_sentences_one_for_each_purpose(desk: Agency, sign_in: Callable[..., Page]) -> None:
    """Whole sentences without a word of ours; no answer is chosen beforehand."""
    page = sign_in(desk, "rana")
    new_card(page)
    asked = page.locator("#part-consent-subject .question")
    assert asked.count() >= 5
    for sentence in asked.locator("legend").all_inner_texts():
        assert sentence.rstrip()[-1] in ".?", sentence
        assert len(sentence.split()) > 6, sentence
        assert "_" not in sentence
    assert not asked.locator("input:checked").count()
    thrown_away(page)


def test_photos_are_dragged_and_pasted_several_at_once_with_progress(
    desk: Agency, sign_in: Callable[..., Page], portraits: Path
) -> None:
    """Each has a bar of its own while it is sent; what is no photo is refused by name; all that were taken are looked into."""
    page = sign_in(desk, "rana")
    opened(page, "Omar Said (invented)")
    page.evaluate("""() => { window.bars = [];
      new MutationObserver((seen) => seen.forEach((each) => each.addedNodes.forEach((node) => {
        const bar = node.querySelector?.("progress"); if (bar) window.bars.push(bar.getAttribute("aria-label")); })))
        .observe(document.getElementById("uploads"), { childList: true }); }""")
    files = [[f"{number}.jpg", encoded(portrait(portraits, 31, number))] for number in (1, 2)]
    page.evaluate(DROP, ["#drop", [*files, ["letter.jpg", base64.b64encode(b"no photo at all" * 60).decode()]]])
    expect(page.locator("#uploads .good")).to_have_count(2)
    expect(page.locator("#uploads .bad")).to_have_text("letter.jpg")
    page.evaluate(PASTE, ["#drop", "image/png", encoded(portrait(portraits, 31, 3), "PNG")])
    expect(page.locator("#uploads .good")).to_have_count(3)
    assert [each.split()[0] for each in page.evaluate("window.bars")] == ["1.jpg", "2.jpg", "letter.jpg", "pasted.png"]
    expect(page.locator("#photo-list img")).to_have_count(3, timeout=60_000)
    expect(page.locator("#photo-list li").first).to_contain_text("quality")


def test_quality_is_said_in_words_with_advice(desk: Agency, sign_in: Callable[..., Page], portraits: Path) -> None:
    """A photo that is too small says what would help."""
    page = sign_in(desk, "rana")
    opened(page, "Omar Said (invented)")
    small = portrait(portraits, 31, 1, wide=64)
    page.evaluate(DROP, ["#drop", [["small.jpg", encoded(small)]]])
    expect(page.locator("#uploads .good")).to_have_count(1)
    expect(page.locator("#photo-list .hint").nth(1)).to_be_visible(timeout=60_000)
    page.locator(".photo-tile").click()
    panel = page.locator("section", has_text="What it is good for")
    expect(panel.locator(".hint").first).to_be_visible()


def test_of_several_faces_one_is_chosen_by_hand(desk: Agency, sign_in: Callable[..., Page], portraits: Path) -> None:
    """Every face found is shown; the one that was said is the person's from then on."""
    page = sign_in(desk, "rana")
    opened(page, "Omar Said (invented)")
    pair = Image.new("RGB", (800, 448), "white")
    pair.paste(portrait(portraits, 31, 1), (16, 0))
    pair.paste(portrait(portraits, 32, 1), (416, 0))
    page.evaluate(DROP, ["#drop", [["pair.jpg", encoded(pair)]]])
    page.locator("#photo-list").get_by_text("Say which face").click(timeout=60_000)
    faces = page.locator("section", has_text="Which face is the person?")
    assert faces.locator("img").count() == 2
    for each in faces.locator("img").all():
        assert each.evaluate("face => face.decode().then(() => face.naturalWidth)") > 40
    page.click("text=Face 2 is the person")
    expect(page.locator("#worth dd", has_text="compared")).to_be_visible(timeout=60_000)  # without a reload
    expect(page.locator("section li").nth(1)).to_contain_text("This face is the person")


@pytest.fixture
def film(portraits: Path, tmp_path: Path) -> Path:
    """A volunteer before a camera, for Chromium to show as one."""
    frame = Image.new("RGB", (640, 480), "gray")
    frame.paste(portrait(portraits, 31, 1, wide=360), (140, 21))
    still = io.BytesIO()
    frame.save(still, "JPEG", quality=95)
    (tmp_path / "film.mjpeg").write_bytes(still.getvalue() * 30)
    return tmp_path / "film.mjpeg"


@pytest.fixture
def before_a_camera(desk: Agency, film: Path, browser: object) -> Iterator[Page]:
    """An officer's page in a browser that has a camera. (After ``browser``: one Playwright at a time.)"""
    kind = browser.browser_type  # type: ignore[attr-defined]
    opened = kind.launch(executable_path=CHROMIUM, args=[
        "--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ])  # fmt: skip
    page = opened.new_page(base_url=desk.address)
    page.goto("/account/login/")
    page.fill("#id_login", "rana")
    page.fill("#id_password", PASSWORD)
    page.click("form.panel button")
    yield page
    opened.close()


def test_a_photo_is_taken_with_the_camera(before_a_camera: Page) -> None:
    """The picture is seen before it is taken, the face in it is found, and the camera is let go."""
    page = before_a_camera
    opened(page, "Omar Said (invented)")
    page.click("#camera")
    expect(page.locator("#viewfinder")).to_be_visible()
    page.wait_for_function("document.getElementById('video').videoWidth > 0")
    page.click("#shot")
    expect(page.locator("#uploads .good")).to_have_text("camera.jpg")
    page.click("#stop")
    expect(page.locator("#viewfinder")).to_be_hidden()
    assert page.evaluate(
        "document.getElementById('video').srcObject.getTracks().every((each) => each.readyState === 'ended')"
    )
    expect(page.locator("#photo-list img")).to_have_count(1, timeout=60_000)


def test_a_change_is_kept_as_it_is_typed_though_nobody_said_why_yet(desk: Agency, sign_in: Callable[..., Page]) -> None:
    """And is not sent off before they did."""
    page = sign_in(desk, "rana")
    page.goto(opened(page, "Samira Aziz (invented)"))
    page.click("text=Change or add")
    page.click("summary:has-text('How they look')")
    page.fill("[name='subject.height']", "20")
    expect(page.locator("#kept")).to_contain_text("Kept, sealed, at")
    expect(page.locator("#f-subject-height-d")).to_have_text("The height is not from 30 to 250 cm.")
    page.click(".send .main-act")
    expect(page.locator("#why:invalid")).to_be_focused()
    thrown_away(page)


def test_a_slip_on_both_people_is_put_back_and_the_history_tells(desk: Agency, sign_in: Callable[..., Page]) -> None:
    """One press for all that one change did; the history of every field has what was, what was written, and why."""
    page = sign_in(desk, "rana")
    page.goto("/cards")
    page.locator("main tbody a").last.click()
    page.click("main form.panel button")
    page.click("text=Change or add")
    page.fill("[name='subject.full_name']", "Josef Haddad")
    page.fill("[name='enquirer.relationship']", "aunt")
    page.fill("#why", "misheard on the telephone")
    page.click(".send .main-act")
    expect(page.locator("h1")).to_contain_text("Josef Haddad")
    expect(page.locator("main")).to_contain_text("aunt")
    page.reload()
    page.click("text=Put it back as it was")
    expect(page.locator("h1")).to_contain_text("Yusuf Haddad")
    expect(page.locator("section", has_text="Who asks").first).to_contain_text("mother")
    page.click("main a:has-text('History')")
    told = page.locator("tbody")
    for words in ("Josef Haddad", "misheard on the telephone", "put back after a slip", "aunt"):
        expect(told).to_contain_text(words)
