"""The website's socket: pushes, tokens, reloads, repeats."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import socketio

from exemplar.asking import customer_token
from exemplar.channels.visitor import token_for
from tests.conftest import CUSTOMER, Running
from tests.integration.desk_client import DeskClient


class Browser:
    """A customer's window."""

    def __init__(self, url: str) -> None:
        self.client = socketio.AsyncClient()
        self.url = url
        self.said: list[dict[str, Any]] = []
        self.confirmed: dict[str, Any] = {}
        self.answered = 0
        self.client.on("bot_uttered", lambda message: self.said.append(message))
        self.client.on("session_confirm", lambda message: self.confirmed.update(message))
        self.client.on("answered", self._count)

    def _count(self, _: object) -> None:
        self.answered += 1

    async def open(self, token: object = None, customer: object = None) -> Browser:
        # By polling; the pages' tests go by websocket.
        await self.client.connect(self.url, transports=["polling"])
        await self.client.emit("session_request", {"token": token, "customer": customer})
        await self.until(lambda: bool(self.confirmed))
        return self

    async def write(self, text: object, message_id: str) -> dict[str, str]:
        return dict(await self.client.call("user_uttered", {"text": text, "id": message_id}))

    async def until(self, true: Callable[[], bool], seconds: float = 30) -> None:
        """Waits; the bound only guards against hanging."""
        for _ in range(int(seconds * 20)):
            if true():
                return
            await asyncio.sleep(0.05)
        raise AssertionError("it did not come")

    async def close(self) -> None:
        # By polling, the client's last question stays open at the server; it need not be waited for.
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.client.disconnect(), 0.5)


async def test_a_customer_is_answered_in_their_window(assistant: Running) -> None:
    browser = await Browser(assistant.url).open()
    assert await browser.write(f"where is ML-104163? {CUSTOMER}", "1") == {"status": "taken"}
    await browser.until(lambda: browser.answered == 1)
    assert "AI" in browser.said[0]["text"]
    assert any("six days" in message["text"] for message in browser.said)
    assert browser.said[-1]["buttons"] == ["I'll wait", "Money back"]
    await browser.close()


async def test_the_same_message_sent_twice_counts_once(assistant: Running) -> None:
    browser = await Browser(assistant.url).open()
    assert (await browser.write("hello", "same"))["status"] == "taken"
    assert (await browser.write("hello", "same"))["status"] == "known"
    await browser.until(lambda: browser.answered == 1)
    await asyncio.sleep(1)
    assert len(browser.said) == 2
    await browser.close()


async def test_a_reload_brings_the_conversation_back(assistant: Running) -> None:
    first = await Browser(assistant.url).open()
    await first.write("how long does delivery take?", "1")
    await first.until(lambda: first.answered == 1)
    await first.close()
    second = await Browser(assistant.url).open(first.confirmed["token"])
    history = second.confirmed["history"]
    assert [turn["role"] for turn in history] == ["ai", "user", "ai"]
    assert history[1]["text"] == "how long does delivery take?"
    assert second.confirmed["token"] == first.confirmed["token"]
    await second.close()


async def test_two_windows_of_one_customer_show_the_same(assistant: Running) -> None:
    first = await Browser(assistant.url).open()
    second = await Browser(assistant.url).open(first.confirmed["token"])
    await first.write("hello", "1")
    await second.until(lambda: second.answered == 1)
    assert second.said == first.said
    await first.close()
    await second.close()


async def test_nobody_joins_a_conversation_that_is_not_theirs(assistant: Running) -> None:
    mine = await Browser(assistant.url).open()
    await mine.write("my secret is plumtree", "1")
    await mine.until(lambda: mine.answered == 1)
    conversation = mine.confirmed["token"].rpartition(".")[0]
    forged = [
        conversation,
        f"{conversation}.{'0' * 64}",
        token_for(conversation, "guess"),
        7,
        ["x"],
    ]
    for token in forged:
        other = await Browser(assistant.url).open(token)
        assert other.confirmed["history"] == []
        assert other.confirmed["token"] != mine.confirmed["token"]
        await other.close()
    await mine.close()


@pytest.mark.parametrize("text", ["", "  ", None, 7, {"a": 1}, "x" * 20_001])
async def test_what_is_no_message_is_refused_with_a_reason(
    assistant: Running, text: object
) -> None:
    browser = await Browser(assistant.url).open()
    assert "error" in await browser.write(text, "1")
    assert (await browser.write("hello", "2"))["status"] == "taken"
    await browser.until(lambda: browser.answered == 1)
    await browser.close()


async def test_a_customer_cannot_give_rasa_commands(assistant: Running) -> None:
    browser = await Browser(assistant.url).open()
    await browser.write("/restart", "1")
    await browser.until(lambda: browser.answered == 1)
    conversation = browser.confirmed["token"].rpartition(".")[0]
    events = [event["event"] for event in assistant.tracker(conversation)["events"]]
    assert "restart" not in events
    await browser.close()


async def test_what_the_desk_does_is_pushed_to_the_window(assistant: Running) -> None:
    browser = await Browser(assistant.url).open()
    await browser.write("a person please", "1")
    await browser.until(lambda: browser.answered == 1)
    conversation = browser.confirmed["token"].rpartition(".")[0]
    number = assistant.slots(conversation)["handover_number"]
    said = len(browser.said)
    desk = await asyncio.to_thread(DeskClient.by_key, assistant)
    await asyncio.to_thread(desk.post, "me/name", name="Sara")
    await asyncio.to_thread(desk.claim, number)
    await browser.until(lambda: len(browser.said) > said)
    assert (browser.said[-1]["kind"], browser.said[-1]["name"]) == ("claimed", "Sara")
    await asyncio.to_thread(desk.reply, number, "Hello!")
    await browser.until(lambda: len(browser.said) > said + 1)
    assert (browser.said[-1]["kind"], browser.said[-1]["text"]) == ("agent", "Hello!")
    await asyncio.to_thread(desk.close, number)
    await browser.until(lambda: len(browser.said) > said + 2)
    assert number in browser.said[-1]["text"]
    await browser.close()


def test_the_page_and_its_parts_are_served_and_nothing_else(assistant: Running) -> None:
    with urllib.request.urlopen(assistant.url + "/") as answer:
        assert "Marlow" in answer.read().decode()
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    for name in ("chat.js", "deep-chat.js", "socket.io.js", "shop.css"):
        assert urllib.request.urlopen(f"{assistant.url}/assets/{name}").status == 200
    for name in ("nothing.js", "..%2F..%2Fdomain.yml", "%2e%2e/secrets.json"):
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(f"{assistant.url}/assets/{name}")
        assert missing.value.code == 404


async def test_who_signed_in_on_the_shops_page_needs_no_email(
    assistant: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = json.loads((assistant.state / "secrets.json").read_text())["shop_key"]
    browser = await Browser(assistant.url).open(customer=customer_token(CUSTOMER, key))
    await browser.write("where is my order ML-104163?", "1")
    await browser.until(lambda: browser.answered == 1)
    assert any("walnut writing desk" in message["text"] for message in browser.said)
    # Others' orders stay closed to them.
    await browser.write("and where is ML-104188?", "2")
    await browser.until(lambda: browser.answered == 2)
    assert not any("coffee grinder" in message["text"] for message in browser.said)
    await browser.close()


@pytest.mark.parametrize(
    "forged",
    [customer_token(CUSTOMER, "a key that is not the shop's own"), "x"],
    ids=["other_key", "no_token"],
)
async def test_a_forged_sign_in_opens_nothing(assistant: Running, forged: str) -> None:
    browser = await Browser(assistant.url).open(customer=forged)
    await browser.write("where is my order ML-104163?", "1")
    await browser.until(lambda: browser.answered == 1)
    assert not any("walnut writing desk" in message["text"] for message in browser.said)
    await browser.close()


async def test_metadata_sent_over_rest_signs_nobody_in(assistant: Running) -> None:
    said = assistant.post(
        "/webhooks/rest/webhook",
        {
            "sender": "posing",
            "message": "where is my order ML-104163?",
            "metadata": {"customer": {"email": CUSTOMER, "proof": "0" * 64}},
            "input_channel": "website",
        },
    )
    assert "walnut" not in json.dumps(said)
