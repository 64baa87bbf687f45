"""Slack, end to end: the assistant's own server, and Slack's contract on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tests.conftest import CUSTOMER, ROOT, Running, start, stop
from tests.integration.slack_stand_in import SECRET, TOKEN, SlackStandIn

ANA, BEN = ("U0ANA", "D0ANA"), ("U0BEN", "D0BEN")
SHARED = "C0SHARED"


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn({ANA[1], BEN[1], SHARED}) as server:
        yield server


@pytest.fixture(scope="module")
def running(slack: SlackStandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    started = start(
        tmp_path_factory.mktemp("slack"),
        SLACK_TOKEN=TOKEN,
        SLACK_SIGNING_SECRET=SECRET,
        SLACK_API_URL=slack.api_url,
    )
    yield started
    stop(started)


@pytest.fixture(autouse=True)
def quiet(slack: SlackStandIn) -> None:
    slack.posted.clear()
    slack.refused.clear()


@pytest.fixture
def webhook(running: Running) -> str:
    return f"{running.url}/webhooks/slack/webhook"


def settled(slack: SlackStandIn, least: int) -> list[str]:
    """Returns what was posted, once nothing more comes."""
    slack.wait_for(least)
    known = -1
    while known != len(slack.posted):
        known = len(slack.posted)
        time.sleep(2.5)
    return [message.text for message in slack.posted]


def test_a_customer_in_slack_is_answered_where_they_wrote(
    slack: SlackStandIn, webhook: str
) -> None:
    text = f"where is my order ML-104163? my email is <mailto:{CUSTOMER}|{CUSTOMER}>"
    assert slack.write(webhook, *ANA, text) == [200]
    said = settled(slack, 3)
    assert "AI" in said[0]
    assert any("ML-104163" in text for text in said)
    assert {message.channel for message in slack.posted} == {ANA[1]}
    assert any(message.buttons for message in slack.posted)


def test_answers_beyond_slacks_limit_wait_and_keep_their_order(
    slack: SlackStandIn, webhook: str
) -> None:
    slack.write(webhook, *BEN, "hello")
    slack.write(
        webhook, *BEN, "this is an outrage!!! nobody answers me, you are all useless thieves"
    )
    settled(slack, 3)
    assert "ratelimited" in slack.refused
    times = [message.at for message in slack.posted]
    assert times == sorted(times)
    assert "AI" in slack.posted[0].text


def test_an_event_delivered_again_is_answered_once(slack: SlackStandIn, webhook: str) -> None:
    for _ in range(3):
        assert slack.write(webhook, *ANA, "thank you", event_id="EvSAME") == [200]
    assert len(settled(slack, 1)) == 1


def test_whoever_waits_in_slack_is_acknowledged_once_however_often_it_is_delivered(
    slack: SlackStandIn, webhook: str
) -> None:
    waiting = ("U0EVA", BEN[1])
    assert slack.write(webhook, *waiting, "a person please") == [200]
    settled(slack, 1)
    slack.posted.clear()
    for _ in range(3):
        assert slack.write(webhook, *waiting, "it is brown", event_id="EvKEPT") == [200]
    [kept] = settled(slack, 1)
    assert "H-" in kept
    assert slack.write(webhook, *waiting, "with a drawer") == [200]
    assert settled(slack, 1) == [kept]


def test_a_retry_of_an_event_that_never_arrived_is_answered(
    slack: SlackStandIn, webhook: str
) -> None:
    event = {
        "type": "event_callback",
        "event_id": "EvLOST",
        "event": {
            "type": "message",
            "channel": ANA[1],
            "user": ANA[0],
            "text": "hello",
            "ts": "1.0",
            "channel_type": "im",
        },
    }
    headers = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}
    body = json.dumps(event).encode()
    assert slack.send(webhook, body, "application/json", headers) == 200
    assert settled(slack, 1)


def test_slack_is_acknowledged_within_its_three_seconds(slack: SlackStandIn, webhook: str) -> None:
    begun = time.monotonic()
    assert slack.write(webhook, *ANA, "hello " * 500) == [200]
    assert time.monotonic() - begun < 3
    settled(slack, 1)


def test_a_server_error_of_slack_loses_nothing(slack: SlackStandIn, webhook: str) -> None:
    slack.troubles = [500, 503]
    slack.write(webhook, *ANA, "are you a bot?")
    assert any("AI" in text for text in settled(slack, 1))
    assert slack.refused.count("trouble") == 2


def test_a_click_says_what_the_button_says(slack: SlackStandIn, webhook: str) -> None:
    assert slack.click(webhook, *ANA, "A person, please") == 200
    assert any("H-" in text for text in settled(slack, 1))


def test_two_people_never_see_each_others_answers(slack: SlackStandIn, webhook: str) -> None:
    slack.write(webhook, *BEN, f"track ML-104198 {CUSTOMER}")
    settled(slack, 1)
    assert {message.channel for message in slack.posted} == {BEN[1]}


@pytest.mark.parametrize(("secret", "age"), [("another secret", 0), (SECRET, 60 * 6)])
def test_a_forged_or_an_old_request_is_refused(
    slack: SlackStandIn, webhook: str, secret: str, age: int
) -> None:
    body = json.dumps({"type": "event_callback", "event": {}}).encode()
    assert slack.send(webhook, body, "application/json", {}, secret=secret, age=age) == 400


def test_without_its_variables_slack_is_off_and_says_so(assistant: Running) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{assistant.url}/webhooks/slack/webhook", b"{}")
    assert refused.value.code == 404
    assert "SLACK_TOKEN" in refused.value.read().decode()


def test_one_variable_without_the_other_is_a_clear_error() -> None:
    script = "from exemplar.channels.slack import Slack; Slack.from_credentials(None)"
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "SLACK_TOKEN": TOKEN},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Slack needs SLACK_SIGNING_SECRET" in ended.stderr
