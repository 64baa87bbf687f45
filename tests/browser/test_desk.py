"""The desk in a real browser: the whole dance of customer and agent, in two windows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.test_page import shoot, write
from tests.conftest import CUSTOMER, Killable, Running, stop
from tests.integration.desk_client import DeskClient


class Window:
    """A browser of somebody's own."""

    def __init__(self, browser: Browser, width: int, height: int) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height}
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def close(self) -> None:
        self.context.close()
        assert self.problems == []


@pytest.fixture
def windows(chromium: Browser) -> Iterator[Any]:
    opened: list[Window] = []

    def new(width: int = 1280, height: int = 860) -> Page:
        opened.append(Window(chromium, width, height))
        return opened[-1].page

    yield new
    for window in opened:
        window.close()


@pytest.fixture(scope="module")
def boss(assistant: Running) -> DeskClient:
    return DeskClient.by_key(assistant)


@pytest.fixture(scope="module")
def sara(assistant: Running, boss: DeskClient) -> tuple[str, str]:
    boss.post("agents/add", login="sara", name="Sara", role="agent", password="a rug of wool!")
    return "sara", "a rug of wool!"


def sign_in(page: Page, url: str, login: str, password: str) -> None:
    page.goto(f"{url}/desk")
    page.get_by_label("Name").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name=login.title(), exact=True)).to_be_visible()


def ask_for_a_person(page: Page, url: str) -> str:
    """A customer with a late desk asks for a person; returns the number that they are told."""
    page.goto(url + "/")
    page.get_by_role("button", name="Help").click()
    write(page, f"where is my order ML-104163? {CUSTOMER}")
    log = page.get_by_role("log")
    expect(log).to_contain_text(re.compile("six days (?:late|ago)"))
    write(page, "enough. I want a person")
    expect(log).to_contain_text(re.compile(r"H-\d+"))
    found = re.search(r"H-\d+", log.inner_text())
    assert found
    return found.group()


def row(page: Page, number: str) -> Any:
    return page.locator(f"#list [data-number='{number}']")


def test_the_whole_dance_of_customer_and_agent(
    windows: Any, assistant: Running, sara: tuple[str, str]
) -> None:
    customer, agent = windows(1180, 860), windows(1280, 860)
    sign_in(agent, assistant.url, *sara)
    number = ask_for_a_person(customer, assistant.url)
    status = customer.locator("#chat-status")
    expect(status).to_contain_text("Waiting for a person")
    shoot(customer, "desk-customer-waits")
    # The desk shows it without a reload, with its brief.
    row(agent, number).click()
    talk = agent.get_by_role("article", name="Conversation")
    expect(talk).to_contain_text("Mara wrote about: track order")
    expect(talk).to_contain_text("walnut writing desk")
    expect(talk.locator("svg polyline")).to_be_attached()
    expect(talk.get_by_role("log")).to_contain_text(re.compile("six days (?:late|ago)"))
    expect(agent).to_have_title(re.compile(r"^\(\d+\) Desk"))
    shoot(agent, "desk-brief")
    agent.get_by_role("button", name="Claim", exact=True).click()
    expect(customer.get_by_role("log")).to_contain_text("Sara from Marlow Lane is with you now")
    expect(status).to_have_text("Sara from Marlow Lane is with you: a person")
    agent.get_by_label("Message to the customer").fill(
        "Hello Mara, this is Sara. I see that your desk is six days late; I am calling the carrier."
    )
    agent.keyboard.press("Control+Enter")
    log = customer.get_by_role("log")
    expect(log).to_contain_text("I am calling the carrier")
    write(customer, "thank you! it is a present, for Friday")
    desk_log = talk.get_by_role("log")
    expect(desk_log).to_contain_text("it is a present, for Friday")
    expect(desk_log).to_contain_text("delivered")
    agent.get_by_label("Message to the customer").fill("carrier has it in Utrecht, call at 4")
    agent.get_by_role("button", name="Keep as a note").click()
    expect(desk_log.locator(".note")).to_contain_text("call at 4")
    agent.get_by_label("Said often").select_option(label="Anything else")
    agent.get_by_role("button", name="Send", exact=True).click()
    expect(log).to_contain_text("anything else that I can do")
    write(customer, "no, that is all")
    expect(desk_log).to_contain_text("no, that is all")
    expect(log).not_to_contain_text("call at 4")
    shoot(customer, "desk-customer-talks")
    shoot(agent, "desk-talk")
    # A reload of either window loses nothing.
    customer.reload()
    expect(log).to_contain_text("I am calling the carrier")
    expect(log).to_contain_text("no, that is all")
    expect(status).to_contain_text("Sara")
    agent.reload()
    row(agent, number).click()
    expect(desk_log).to_contain_text("no, that is all")
    agent.get_by_role("button", name="Close", exact=True).click()
    agent.get_by_label("What was done").fill("Carrier delivers on Thursday.")
    agent.locator("#ending-yes").click()
    expect(log).to_contain_text("I'm the AI assistant again: Sara has closed")
    expect(log).to_contain_text("How did it go?")
    expect(status).to_contain_text("AI assistant")
    shoot(customer, "desk-customer-back")
    expect(row(agent, number)).to_have_count(0)


def test_a_customer_who_waits_goes_back_to_the_assistant_by_a_button(
    windows: Any, assistant: Running, boss: DeskClient
) -> None:
    customer = windows()
    number = ask_for_a_person(customer, assistant.url)
    customer.get_by_role("button", name="Back to the assistant").click()
    expect(customer.get_by_role("log")).to_contain_text("I'm the AI assistant again, as you wished")
    expect(customer.get_by_role("button", name="Back to the assistant")).to_be_hidden()
    assert boss.of(number)["outcome"] == "left"


def test_the_place_in_line_moves_up_by_itself(
    windows: Any, assistant: Running, boss: DeskClient
) -> None:
    first, second = windows(), windows()
    number = ask_for_a_person(first, assistant.url)
    ask_for_a_person(second, assistant.url)
    status = second.locator("#chat-status")
    expect(status).to_contain_text(re.compile(r"\d+ before you"))
    before = int(re.search(r"(\d+) before", status.inner_text()).group(1))  # type: ignore[union-attr]
    boss.claim(number)
    expect(status).to_contain_text("you are next" if before == 1 else f"{before - 1} before you")


def test_the_desk_works_by_keyboard_alone(
    windows: Any, assistant: Running, sara: tuple[str, str]
) -> None:
    customer, agent = windows(), windows()
    number = ask_for_a_person(customer, assistant.url)
    sign_in(agent, assistant.url, *sara)
    expect(row(agent, number)).to_be_visible()
    for _ in range(60):
        agent.keyboard.press("j")
        if row(agent, number).evaluate("one => one === document.activeElement"):
            break
    agent.keyboard.press("Enter")
    expect(agent.locator("#number")).to_have_text(number)
    agent.keyboard.press("c")
    expect(agent.get_by_label("Message to the customer")).to_be_focused()
    agent.keyboard.type("Typed, not clicked.")
    agent.keyboard.press("Control+Enter")
    expect(customer.get_by_role("log")).to_contain_text("Typed, not clicked.")
    agent.keyboard.press("Escape")
    agent.keyboard.press("b")
    expect(agent.get_by_label("What was done")).to_be_focused()
    agent.keyboard.press("Tab")
    agent.keyboard.press("Tab")
    agent.keyboard.press("Enter")
    expect(customer.get_by_role("log")).to_contain_text("has given")


def test_the_desk_fits_a_phone(windows: Any, assistant: Running, sara: tuple[str, str]) -> None:
    customer, phone = windows(390, 844), windows(390, 844)
    number = ask_for_a_person(customer, assistant.url)
    sign_in(phone, assistant.url, *sara)
    expect(row(phone, number)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(phone, "desk-phone-list")
    row(phone, number).click()
    phone.get_by_role("button", name="Claim", exact=True).click()
    phone.get_by_label("Message to the customer").fill("From my phone.")
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(customer.get_by_role("log")).to_contain_text("From my phone.")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    expect(phone.get_by_role("button", name="Send", exact=True)).to_be_in_viewport()
    shoot(phone, "desk-phone-talk")
    phone.get_by_role("button", name="Back to the list").click()
    expect(row(phone, number)).to_be_visible()


def test_what_customers_write_is_shown_at_the_desk_and_never_run(
    windows: Any, assistant: Running, sara: tuple[str, str]
) -> None:
    customer, agent = windows(), windows()
    number = ask_for_a_person(customer, assistant.url)
    write(customer, "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script>")
    sign_in(agent, assistant.url, *sara)
    row(agent, number).click()
    expect(agent.get_by_role("log")).to_contain_text("onerror")
    assert agent.locator("#log img").count() == 0
    assert "owned" not in agent.title()


def test_a_supervisor_adds_people_and_takes_a_conversation_over(
    windows: Any, assistant: Running, sara: tuple[str, str]
) -> None:
    customer, supervisor, agent = windows(), windows(), windows()
    number = ask_for_a_person(customer, assistant.url)
    sign_in(agent, assistant.url, *sara)
    row(agent, number).click()
    agent.get_by_role("button", name="Claim", exact=True).click()
    supervisor.goto(f"{assistant.url}/desk?key={assistant.secrets['desk_key']}")
    assert "key" not in supervisor.url, "the key does not stay in the address bar"
    supervisor.locator("#who").click()
    supervisor.get_by_label("Signs in as").fill("priya")
    supervisor.get_by_label("Customers see").fill("Priya")
    supervisor.locator("#add-password").fill("long enough it is")
    supervisor.get_by_role("button", name="Add, or change").click()
    expect(supervisor.locator("#agents")).to_contain_text("Priya (priya), agent")
    shoot(supervisor, "desk-people")
    supervisor.keyboard.press("Escape")
    row(supervisor, number).click()
    supervisor.get_by_role("button", name="Take over", exact=True).click()
    expect(supervisor.get_by_role("button", name="Send", exact=True)).to_be_visible()
    expect(row(agent, number)).to_contain_text("with")
    expect(agent.get_by_role("button", name="Send", exact=True)).to_be_hidden()


def test_a_person_types_while_the_server_is_killed_and_nothing_is_lost_or_sent_twice(
    windows: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = Killable(tmp_path_factory.mktemp("typing") / "state")
    try:
        _types_while_killed(windows, server)
    finally:
        stop(server.running)


def _types_while_killed(windows: Any, server: Killable) -> None:
    url = server.running.url
    customer, agent = windows(), windows()
    number = ask_for_a_person(customer, url)
    agent.goto(f"{url}/desk?key={server.running.secrets['desk_key']}")
    row(agent, number).click()
    agent.get_by_role("button", name="Claim", exact=True).click()
    box = agent.get_by_label("Message to the customer")
    box.fill("This was being typed when ")
    server.kill_rasa()
    box.press("End")
    box.type("the server died.")
    expect(agent.locator("#link")).to_contain_text("Connection lost")
    expect(customer.locator("#chat-status")).to_contain_text("Connection lost")
    # Sent while nothing answers: it waits. So does what the customer writes.
    agent.keyboard.press("Control+Enter")
    expect(agent.get_by_role("log")).to_contain_text("Not sent yet, trying again")
    box.fill("A draft, not sent.")
    write(customer, "are you there?")
    server.start()
    log = customer.get_by_role("log")
    expect(log).to_contain_text("This was being typed when the server died.", timeout=60_000)
    expect(agent.get_by_role("log")).to_contain_text("are you there?", timeout=60_000)
    expect(agent.get_by_role("log")).not_to_contain_text("Not sent yet")
    assert box.input_value() == "A draft, not sent."
    agent.reload()
    row(agent, number).click()
    expect(box).to_have_value("A draft, not sent.")
    customer.reload()
    expect(log).to_contain_text("are you there?")
    assert log.inner_text().count("the server died.") == 1
    assert log.inner_text().count("are you there?") == 1
    desk = DeskClient.by_key(server.running)
    assert desk.said(number, "agent", "customer") == [
        "This was being typed when the server died.",
        "are you there?",
    ] or desk.said(number, "agent", "customer") == [
        "are you there?",
        "This was being typed when the server died.",
    ]


def test_the_screenshots_of_the_docs_are_there() -> None:
    docs = Path(__file__).parents[2] / "docs"
    for name in re.findall(r"\(images/([\w-]+\.png)\)", (docs / "desk.md").read_text()):
        assert (docs / "images" / name).exists(), name
