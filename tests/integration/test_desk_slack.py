"""The desk in Slack, end to end: the assistant's own servers, and Slack's contract on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.conftest import CUSTOMER, ROOT, Killable, Running, stop, until
from tests.integration.desk_client import DeskClient
from tests.integration.slack_stand_in import SECRET, SILENT, TOKEN, Posted, SlackStandIn, Taken

CHANNEL = "C0DESK"
SARA, TOM = "U0SARA", "U0TOM"
CLAIM, CLOSE, RETURN = "Claim", "Close", "Return to the assistant"
_SENDERS = count(1)


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackStandIn]:
    people = {
        SARA: {"first_name": "Sara", "real_name": "Sara Jansen"},
        TOM: {"display_name": "tom", "real_name": "Tom Bakker"},
    }
    with SlackStandIn({CHANNEL, "D0ANA"}, limit=0.3, people=people) as server:
        yield server


@pytest.fixture(scope="module")
def killable(slack: SlackStandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killable]:
    server = Killable(
        tmp_path_factory.mktemp("desk-slack") / "state",
        SLACK_TOKEN=TOKEN,
        SLACK_SIGNING_SECRET=SECRET,
        SLACK_API_URL=slack.api_url,
        EXEMPLAR_DESK_SLACK_CHANNEL=CHANNEL,
    )
    yield server
    stop(server.running)


@pytest.fixture(autouse=True)
def quiet(slack: SlackStandIn) -> None:
    slack.troubles.clear()
    slack.refused.clear()
    slack.whispered.clear()


class Case:
    """A customer who asked for a person, and their thread."""

    def __init__(self, slack: SlackStandIn, killable: Killable, *, wait: bool = True) -> None:
        self.slack, self.killable = slack, killable
        self.sender = f"desk-slack-{next(_SENDERS)}"
        self.running.say(self.sender, f"where is my order ML-104163? my email is {CUSTOMER}")
        self.running.say(self.sender, "I want a person please")
        self.number = str(self.running.slots(self.sender)["handover_number"])
        if wait:
            self.wait()

    @property
    def running(self) -> Running:
        return self.killable.running

    @property
    def webhook(self) -> str:
        return f"{self.running.url}/desk/slack"

    def wait(self) -> None:
        self.root = until(self.find_root)

    def find_root(self) -> Posted | None:
        found = [one for one in self.slack.posted if self.number in one.text and not one.thread]
        assert len(found) <= 1, "the brief stands there once"
        return found[0] if found else None

    @property
    def shown(self) -> dict[str, Any]:
        """The brief as it stands in the channel now."""
        kept = self.slack.messages[CHANNEL]
        return next(one for one in kept if one["ts"] == self.root.ts)

    @property
    def buttons(self) -> list[str]:
        return [
            element["text"]["text"]
            for block in self.shown["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
        ]

    @property
    def thread(self) -> list[str]:
        return [one.text for one in self.slack.posted if one.thread == self.root.ts]

    def press(self, user: str, title: str) -> int:
        return self.slack.press(self.webhook, user, self.root, title)

    def answer(self, user: str, text: str, **more: Any) -> list[int]:
        return self.slack.answer(self.webhook, user, CHANNEL, self.root.ts, text, **more)

    def said(self) -> list[tuple[str, str]]:
        """What stands in the customer's conversation since the wish for a person: who, what."""
        said = []
        for event in self.running.tracker(self.sender)["events"]:
            if event["event"] == "user" and not str(event["text"]).startswith("EXTERNAL"):
                said.append(("customer", str(event["text"])))
            elif event["event"] == "bot" and event.get("text"):
                desk = (event.get("metadata") or {}).get("desk") or {}
                said.append((str(desk.get("kind") or "assistant"), str(event["text"])))
        return said

    def from_person(self) -> list[str]:
        return [text for kind, text in self.said() if kind == "agent"]


@pytest.fixture
def case(slack: SlackStandIn, killable: Killable) -> Case:
    return Case(slack, killable)


def everything(blocks: list[dict[str, Any]]) -> str:
    return json.dumps(blocks, ensure_ascii=False)


def test_the_brief_stands_in_the_channel_with_what_a_person_must_know(case: Case) -> None:
    shown = everything(case.root.blocks)
    assert case.number in case.root.blocks[0]["text"]["text"]
    for part in ("asked for a person", "ML-104163", CUSTOMER, "I want a person please", "tried"):
        assert part in shown
    assert any(bar in shown for bar in "▁▂▃▄▅▆▇█")
    assert case.buttons == [CLAIM, CLOSE]


def test_claim_reply_note_and_close_from_slack(case: Case) -> None:
    assert case.press(SARA, CLAIM) == 200
    until(lambda: case.buttons == [RETURN, CLOSE])
    until(lambda: any("Sara has" in text for text in case.thread))
    assert "Sara" in everything(case.shown["blocks"])
    text = "Hello Mara :wave: see <https://x.example/a?b=1&amp;c=2|our page> &lt;3"
    assert case.answer(SARA, text) == [200]
    until(case.from_person)
    assert case.from_person() == ["Hello Mara 👋 see our page (https://x.example/a?b=1&c=2) <3"]
    assert ("claimed", "Sara") in [(kind, "Sara") for kind, said in case.said() if "Sara" in said]
    assert case.running.say(case.sender, "thank you *so* <!channel> much") == []
    until(lambda: any("much" in text for text in case.thread))
    [heard] = [one for one in case.slack.posted if "much" in one.text]
    # Nothing of a customer's words calls the channel, or is read as markup.
    assert "&lt;!channel&gt;" in heard.text
    assert not heard.mrkdwn
    assert case.answer(SARA, "NOTE: voucher of ten euros sent") == [200]
    desk = DeskClient.by_key(case.running)
    assert desk.said(case.number, "note") == ["voucher of ten euros sent"]
    assert case.press(SARA, CLOSE) == 200
    until(lambda: case.buttons == [])
    closed = desk.of(case.number)
    assert (closed["state"], closed["outcome"], closed["note"]) == (
        "closed",
        "solved",
        "voucher of ten euros sent",
    )
    until(lambda: case.said()[-1][0] == "assistant")
    assert not any("voucher" in text for _, text in case.said())
    # What was written in Slack is not said there again.
    assert not any("Hello Mara" in text or "voucher of" in text for text in case.thread[:-1])


def test_return_to_the_assistant(case: Case) -> None:
    case.press(SARA, CLAIM)
    until(lambda: RETURN in case.buttons)
    assert case.press(SARA, RETURN) == 200
    until(lambda: any("gave the conversation back" in text for text in case.thread))
    until(lambda: not case.running.tracker(case.sender)["paused"])
    assert case.running.say(case.sender, "are you a bot?")
    assert case.press(SARA, RETURN) if RETURN in case.buttons else True


def test_two_people_claim_one_conversation_and_one_is_told(case: Case) -> None:
    root = case.root
    assert case.press(SARA, CLAIM) == 200
    stale = [one for one in case.slack.posted if one.ts == root.ts]
    assert stale
    # Tom's window still shows the button.
    message = case.shown
    until(lambda: RETURN in case.buttons)
    message["blocks"] = root.blocks
    assert case.press(TOM, CLAIM) == 200
    until(lambda: case.slack.whispered)
    [(channel, user, thread, text)] = case.slack.whispered
    assert (channel, user, thread) == (CHANNEL, TOM, root.ts)
    assert "Sara has" in text
    # Nor does what Tom writes reach the customer; he is told.
    case.answer(TOM, "Hi, Tom here")
    until(lambda: len(case.slack.whispered) == 2)
    assert "Not sent to the customer" in case.slack.whispered[1][3]
    assert case.from_person() == []


def test_a_reply_without_a_claim_claims(case: Case) -> None:
    case.answer(TOM, "On it")
    until(lambda: case.from_person() == ["On it"])
    until(lambda: RETURN in case.buttons)
    assert "tom" in everything(case.shown["blocks"])


def test_the_same_event_three_times_counts_once(case: Case) -> None:
    for _ in range(3):
        assert case.answer(SARA, "Only once", event_id="EvTHRICE", ts="1799999999.000100") == [200]
    # Slack tells of one message as two events where the app is mentioned in it.
    case.answer(SARA, "Only once", ts="1799999999.000100", type="app_mention")
    case.answer(SARA, "And then", ts="1799999999.000200")
    until(lambda: "And then" in case.from_person())
    assert case.from_person() == ["Only once", "And then"]


def test_what_concerns_nobody_changes_nothing(case: Case) -> None:
    slack = case.slack
    case.answer("U0BOT", "I am an app", bot_id="B0OTHER")
    case.answer(SARA, "joined", subtype="channel_join")
    slack.answer(case.webhook, SARA, CHANNEL, "1700000000.000001", "another thread")
    slack.answer(case.webhook, SARA, "C0OTHER", case.root.ts, "another channel")
    case.answer(SARA, "   ")
    slack.change(case.webhook, SARA, CHANNEL, case.root.ts, "before", "after")
    until(lambda: slack.whispered)
    assert "stays as it was" in slack.whispered[0][3]
    case.answer(SARA, "for you", files=[{"id": "F1"}])
    until(lambda: case.from_person() == ["for you"])
    until(lambda: any("Files do not reach" in one[3] for one in slack.whispered))


def test_events_that_come_to_the_customers_address_find_the_desk(case: Case) -> None:
    webhook = f"{case.running.url}/webhooks/slack/webhook"
    assert case.slack.answer(webhook, SARA, CHANNEL, case.root.ts, "Hello there") == [200]
    until(lambda: case.from_person() == ["Hello there"])
    assert case.slack.press(webhook, SARA, case.root, CLOSE) == 200
    until(lambda: case.buttons == [])


@pytest.mark.parametrize(("secret", "age"), [("another secret", 0), (SECRET, 6 * 60)])
@pytest.mark.parametrize("path", ["/desk/slack", "/webhooks/slack/webhook"])
def test_what_slack_did_not_sign_or_signed_long_ago_is_refused(
    case: Case, secret: str, age: int, path: str
) -> None:
    event = {"type": "message", "channel": CHANNEL, "user": SARA, "text": "forged"}
    body = json.dumps(
        {"type": "event_callback", "event": {**event, "ts": "1.1", "thread_ts": case.root.ts}}
    ).encode()
    url = case.running.url + path
    status = case.slack.send(url, body, "application/json", {}, secret=secret, age=age)
    assert status == 401
    assert DeskClient.by_key(case.running).said(case.number, "agent") == []


def test_slack_asks_whether_the_address_is_the_desks(case: Case) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    assert case.slack.send(case.webhook, body, "application/json", {}) == 200
    assert case.slack.send(case.webhook, b"{", "application/json", {}) == 400


def test_the_web_desk_and_slack_see_the_same(case: Case) -> None:
    desk = DeskClient.by_key(case.running)
    desk.post("me/name", name="Ines")
    desk.reply(case.number, "From the web")
    desk.note(case.number, "calls at four")
    until(lambda: any("calls at four" in text for text in case.thread))
    assert any("Ines to the customer: From the web" in text for text in case.thread)
    desk.give_back(case.number)
    until(lambda: case.buttons == [])


TROUBLES: dict[str, list[Any]] = {
    "429 with Retry-After": [429],
    "500": [500, 503],
    "500 after the message was taken": [Taken(500)],
    "no answer": [SILENT],
    "no answer after the message was taken": [Taken(SILENT)],
    "all of them": [429, 500, Taken(SILENT), 429, Taken(500)],
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_slack_in_trouble_gets_all_of_it_once_and_in_order(case: Case, trouble: str) -> None:
    case.slack.troubles = list(TROUBLES[trouble])
    for number in range(1, 4):
        case.running.say(case.sender, f"message {number}")
    long = "word " * 1_600
    case.running.say(case.sender, f"{long}the end")
    until(lambda: any("the end" in text for text in case.thread), 120)
    said = [text for text in case.thread if "message" in text]
    assert [text.rpartition(" ")[2] for text in said] == ["1", "2", "3"]
    parts = [text for text in case.thread if "word" in text]
    assert len(parts) == 3
    assert "".join(parts).count("word") == 1_600
    assert all(len(text) <= 4_000 for text in parts)
    assert case.slack.troubles == []


@pytest.mark.parametrize("trouble", [[Taken(SILENT)], [429, 500], [Taken(500)]])
def test_the_brief_stands_there_once_whatever_slack_answers(
    slack: SlackStandIn, killable: Killable, trouble: list[Any]
) -> None:
    slack.troubles = list(trouble)
    case = Case(slack, killable, wait=False)
    until(case.find_root)
    case.wait()
    case.running.say(case.sender, "still there?")
    until(lambda: any("still there?" in text for text in case.thread), 120)
    assert case.find_root() == case.root


def test_without_an_answer_from_slack_people_there_are_still_heard(case: Case) -> None:
    # Who they are cannot be asked; what they say reaches the customer all the same.
    case.slack.people["U0NEW"] = {"first_name": "Nia"}
    case.slack.troubles = [SILENT]
    # The stand-in gives up after three seconds, as Slack does, and would say 0.
    assert 0 not in case.answer("U0NEW", "Hello from Nia")
    until(lambda: case.from_person() == ["Hello from Nia"])


def test_what_was_written_while_no_server_ran_is_heard_and_nothing_is_posted_twice(
    slack: SlackStandIn, killable: Killable
) -> None:
    case = Case(slack, killable)
    case.answer(SARA, "one")
    until(lambda: case.from_person() == ["one"])
    # The message is taken, and the server is killed before it hears that.
    slack.troubles = [Taken(SILENT)]
    case.running.say(case.sender, "said before the end")
    until(lambda: any("said before the end" in text for text in case.thread))
    killable.kill_rasa()
    assert case.answer(SARA, "two", arrives=False) == []
    assert case.answer(SARA, "three", arrives=False) == []
    killable.start()
    assert case.answer(SARA, "four") == [200]
    until(lambda: len(case.from_person()) == 4)
    assert case.from_person() == ["one", "two", "three", "four"]
    case.running.say(case.sender, "said after it")
    until(lambda: any("said after it" in text for text in case.thread))
    assert sum("said before the end" in text for text in case.thread) == 1


def test_a_variable_that_is_missing_is_named() -> None:
    script = (
        "from exemplar.desk.service import shared_desk\n"
        "from exemplar.desk.slack.setup import slack_front\n"
        "slack_front(shared_desk())"
    )

    def ends(**variables: str) -> str:
        kept = {k: v for k, v in os.environ.items() if "SLACK" not in k}
        ended = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**kept, "EXEMPLAR_DESK_SLACK_CHANNEL": CHANNEL, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.stderr

    assert "EXEMPLAR_DESK_SLACK_TOKEN" in ends()
    assert "needs EXEMPLAR_DESK_SLACK_SIGNING_SECRET" in ends(EXEMPLAR_DESK_SLACK_TOKEN="xoxb")
