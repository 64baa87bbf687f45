"""The report on SESSIONS and their review, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from exemplar.sessions.files import read_session
from exemplar.sessions.learning import learn
from exemplar.sessions.report import write_report
from exemplar.sessions.suspicion import Doubt, Doubts, Reason
from tests.sessions_pages import GOALS, WRITTEN, reviewing, some_sessions

WIDTHS = (1280, 390)


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    """A page that complains of every error, and of every call to elsewhere."""
    context = chromium.new_context(viewport={"width": 1280, "height": 860})
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "console",
        lambda line: (
            problems.append(line.text) if line.type == "error" and "409" not in line.text else None
        ),
    )
    opened.on(
        "request",
        lambda request: (
            problems.append(request.url)
            if not request.url.startswith(("file:", "data:", "http://127.0.0.1:"))
            else None
        ),
    )
    yield opened
    context.close()
    assert problems == []


@pytest.fixture
def report(tmp_path: Path, tab: Page) -> Page:
    doubt = Doubt("good-1", 2, "agent", "Of course", "validate", (Reason("odd", "odd words", 0.5),))
    sessions = some_sessions()
    file = tmp_path / "report.html"
    write_report(
        sessions, learn(sessions, GOALS), file, goals=GOALS, doubts=Doubts([doubt] * 25, 30)
    )
    tab.goto(file.as_uri())
    return tab


def test_a_designer_filters_conversations(report: Page) -> None:
    count = report.locator("#count")
    expect(count).to_have_text("9 shown")
    report.get_by_label("Agent").select_option("ordinary")
    expect(count).to_have_text("3 shown")
    report.get_by_role("combobox", name="Feeling").select_option("anger")
    expect(count).to_have_text("0 shown")
    expect(report.get_by_text("No conversation fits")).to_be_visible()


def test_a_doubt_leads_into_the_conversation_whatever_is_filtered(report: Page) -> None:
    report.get_by_label("Agent").select_option("ordinary")
    report.get_by_role("link", name="good-1, turn 2").first.click()
    turn = report.locator("#good-1-2")
    expect(turn).to_be_visible()
    expect(turn).to_be_focused()
    expect(turn).to_contain_text("To check: odd words")


def test_more_doubts_are_a_click_away(report: Page) -> None:
    items = report.locator(".doubts > li")
    expect(items.nth(24)).to_be_hidden()
    report.get_by_role("button", name="Show all 25").click()
    expect(items.nth(24)).to_be_visible()


def test_what_works_switches_by_keyboard(report: Page) -> None:
    expect(report.locator("#heat-change")).to_be_hidden()
    report.get_by_label("against answers without the move").focus()
    report.keyboard.press("ArrowRight")
    expect(report.locator("#heat-change")).to_be_visible()
    expect(report.locator("#heat-against")).to_be_hidden()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_report_fits_a_screen(report: Page, width: int) -> None:
    report.set_viewport_size({"width": width, "height": 800})
    assert report.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_both_tables_stand_and_nothing_to_click(report: Page) -> None:
    report.emulate_media(media="print")
    for table in ("#heat-against", "#heat-change"):
        expect(report.locator(table)).to_be_visible()
    expect(report.locator("#filters")).to_be_hidden()
    expect(report.locator("nav")).to_be_hidden()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "sessions" / "late-sofa.yml"
    written.parent.mkdir()
    written.write_text(WRITTEN)
    return written


@pytest.fixture
def review(file: Path, tab: Page) -> Iterator[Page]:
    with reviewing(file.parent) as url:
        tab.goto(f"{url}/?token=the-token")
        expect(tab.get_by_role("heading", name="late-sofa")).to_be_visible()
        yield tab


def test_a_session_is_reviewed_by_keyboard_alone(review: Page, file: Path) -> None:
    assert "token" not in review.url
    # The turn without labels is the least sure of all.
    expect(review.locator("#panel-title")).to_have_text("Turn 3, customer")
    review.keyboard.press("1")
    expect(review.locator("#by")).to_have_text("Confirmed by a person.")
    review.keyboard.press("e")
    review.keyboard.press("f")
    review.keyboard.press("f")
    review.keyboard.press("F")
    expect(review.locator("#level")).to_have_text("0.10")
    review.keyboard.press("Enter")
    expect(review.locator("#panel-title")).to_have_text("Turn 2, agent")
    review.keyboard.press("5")
    review.keyboard.press("4")
    review.keyboard.press("4")
    review.keyboard.press("Enter")
    expect(review.locator("#panel-title")).to_have_text("Turn 4, agent")
    review.keyboard.press("Enter")
    expect(review.locator("#progress")).to_have_text("All turns of 1 SESSIONS are confirmed")
    turns = [turn.labels for turn in read_session(file).turns]
    assert [labels.by for labels in turns if labels] == ["author", "person", "person", "person"]
    assert turns[1] is not None
    assert turns[1].moves == ("own", "validate", "restate")
    assert turns[1].facts == {"order_state": "needs_details"}
    assert turns[2] is not None
    assert (turns[2].emotion, turns[2].frustration) == ("frustration", 0.1)
    assert "# The promise was kept." in file.read_text()


def test_a_change_is_taken_back(review: Page, file: Path) -> None:
    review.keyboard.press("k")
    expect(review.locator("#panel-title")).to_have_text("Turn 2, agent")
    review.keyboard.press("6")
    expect(review.locator("#by")).to_have_text("Confirmed by a person.")
    review.keyboard.press("j")
    review.keyboard.press("u")
    expect(review.locator("#panel-title")).to_have_text("Turn 2, agent")
    expect(review.locator("#by")).to_contain_text("41 % sure")
    assert file.read_text() == WRITTEN


def test_what_changed_on_disk_is_not_overwritten(review: Page, file: Path) -> None:
    file.write_text(WRITTEN.replace("before noon", "after noon"))
    review.keyboard.press("1")
    expect(review.get_by_role("alert")).to_contain_text("changed by somebody else")
    expect(review.locator("#talk")).to_contain_text("after noon")
    assert "person" not in file.read_text()
    review.keyboard.press("1")
    expect(review.get_by_role("alert")).to_be_hidden()
    assert "by: person" in file.read_text()


def test_clicks_work_and_enter_then_confirms(review: Page, file: Path) -> None:
    review.locator("#talk li").nth(1).click()
    review.get_by_role("button", name="validate").click()
    expect(review.get_by_role("button", name="validate")).to_have_attribute("aria-pressed", "true")
    review.keyboard.press("Enter")
    expect(review.locator("#panel-title")).to_have_text("Turn 3, customer")
    labels = read_session(file).turns[1].labels
    assert labels is not None
    assert labels.moves == ("restate", "own", "validate")


def test_the_keys_are_shown_and_letters_can_be_switched_off(review: Page, file: Path) -> None:
    review.keyboard.press("?")
    dialog = review.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Letters and digits work as keys").uncheck()
    review.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    review.keyboard.press("1")
    review.keyboard.press("ArrowDown")
    expect(review.locator("#panel-title")).to_have_text("Turn 4, agent")
    assert file.read_text() == WRITTEN


def test_what_customers_wrote_is_shown_and_never_run(review: Page) -> None:
    expect(review.locator("#talk")).to_contain_text("<b>bold</b>")
    assert review.locator("#talk b").count() == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_the_review_fits_a_screen(review: Page, width: int) -> None:
    review.set_viewport_size({"width": width, "height": 800})
    assert review.evaluate("document.documentElement.scrollWidth") <= width


def nameless(page: Page) -> list[str]:
    return list(
        page.evaluate(
            """[...document.querySelectorAll('button, select, input, summary, a')].filter(
                e => !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).map(e => e.outerHTML)"""
        )
    )


def test_every_control_of_the_report_has_a_name(report: Page) -> None:
    assert nameless(report) == []


def test_every_control_of_the_review_has_a_name(review: Page) -> None:
    assert nameless(review) == []
