"""The page in a real browser."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import CUSTOMER, Running


@pytest.fixture
def page(chromium: Browser, assistant: Running) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 860})
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    opened.goto(assistant.url + "/")
    yield opened
    context.close()
    assert problems == []


def write(page: Page, text: str) -> None:
    box = page.locator("#text-input")
    box.click()
    box.fill(text)
    box.press("Enter")


def shoot(page: Page, name: str) -> None:
    """Keeps a picture, where somebody asks for pictures."""
    if folder := os.environ.get("EXEMPLAR_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_a_customer_opens_the_help_and_is_told_where_a_late_order_is(page: Page) -> None:
    page.get_by_role("button", name="Help").click()
    write(page, f"Hi, where is my order ML-104163? My email is {CUSTOMER}")
    log = page.get_by_role("log")
    expect(log).to_contain_text("AI, not a person")
    expect(log).to_contain_text(re.compile("six days (?:late|ago)"))
    expect(log.get_by_role("button", name="Money back")).to_be_visible()
    shoot(page, "calm")


def test_an_angry_customer_is_met_before_anything_is_explained(page: Page) -> None:
    page.get_by_role("button", name="Help").click()
    write(page, f"where is my order ML-104163, {CUSTOMER}")
    log = page.get_by_role("log")
    expect(log).to_contain_text(re.compile("six days (?:late|ago)"))
    write(page, "THIS IS RIDICULOUS!!! Third time I ask. WHERE THE HELL IS MY DESK???")
    expect(log).to_contain_text("ML-104163 with what you told me")
    expect(log.get_by_role("button", name="A person, please")).to_be_visible()
    shoot(page, "angry")


def test_a_click_says_what_the_button_says(page: Page) -> None:
    page.get_by_role("button", name="Help").click()
    write(page, f"where is ML-104163, {CUSTOMER}")
    log = page.get_by_role("log")
    log.get_by_role("button", name="Money back").click()
    expect(log).to_contain_text("refuse")
    expect(log.get_by_role("button", name="Yes, money back")).to_be_visible()
    log.get_by_role("button", name="No, I'll wait").click()
    expect(log).to_contain_text(
        re.compile(r"No, I'll wait\s.*(?:\bway\b|\bwaiting\b|offer stands)", re.DOTALL)
    )


def test_a_reload_keeps_the_conversation(page: Page) -> None:
    page.get_by_role("button", name="Help").click()
    write(page, "how long does delivery take?")
    expect(page.get_by_role("log")).to_contain_text("working days")
    page.reload()
    log = page.get_by_role("log")
    expect(log).to_contain_text("how long does delivery take?")
    expect(log).to_contain_text("working days")


def test_what_a_customer_writes_is_shown_and_never_run(page: Page) -> None:
    page.get_by_role("button", name="Help").click()
    write(page, "<img src=x onerror=\"document.title='owned'\"> **hi** <script>alert(1)</script>")
    expect(page.get_by_role("log")).to_contain_text("onerror")
    expect(page.get_by_role("log")).to_contain_text("AI, not a person")
    assert page.title() != "owned"
    assert page.get_by_role("log").locator("img").count() == 0


def test_the_chat_works_by_keyboard_alone(page: Page) -> None:
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "help":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Write a message")).to_be_focused()
    page.keyboard.type("are you a bot?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("AI assistant of Marlow Lane")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Help")).to_be_focused()
    expect(page.locator("#chat")).to_be_hidden()


def test_the_chat_fits_a_phone(chromium: Browser, assistant: Running) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    phone = context.new_page()
    phone.goto(assistant.url + "/")
    phone.get_by_role("button", name="Help").click()
    write(phone, "hello")
    expect(phone.get_by_role("log")).to_contain_text("AI, not a person")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    shoot(phone, "phone")
    context.close()
