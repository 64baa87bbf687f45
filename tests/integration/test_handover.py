"""A person is asked for: registry, brief, silence, the desk's page, and back."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest

from tests.conftest import CUSTOMER, Running, until


def desk(assistant: Running) -> urllib.request.OpenerDirector:
    """Returns a browser that is signed in at the desk."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    opener.open(f"{assistant.url}/desk?key={urllib.parse.quote(assistant.secrets['desk_key'])}")
    return opener


def page(opener: urllib.request.OpenerDirector, assistant: Running) -> str:
    return str(opener.open(f"{assistant.url}/desk").read().decode())


def test_the_desk_sees_reason_summary_what_was_tried_and_what_was_written_since(
    assistant: Running,
) -> None:
    assistant.say("handover-brief", f"where is my order ML-104163? {CUSTOMER}")
    assistant.say("handover-brief", "that does not help me at all. a person please")
    assistant.say("handover-brief", "<b>is anybody there</b>")
    number = assistant.slots("handover-brief")["handover_number"]
    seen = page(desk(assistant), assistant)
    article = seen.partition(f"Handover {number}")[2].partition("</article>")[0]
    assert "asked for a person" in article
    assert "Mara wrote about: track order" in article
    assert "walnut writing desk" in article
    assert "explain: order late" in article
    assert "<polyline" in article
    assert "&lt;b&gt;is anybody there&lt;/b&gt;" in article


def test_the_assistant_is_silent_until_the_desk_closes_and_then_says_that_it_is_back(
    assistant: Running,
) -> None:
    assistant.say("handover-back", "I want to talk to a human being")
    number = assistant.slots("handover-back")["handover_number"]
    assert assistant.say("handover-back", "hello?") == []
    desk(assistant).open(f"{assistant.url}/desk/handovers/{number}/close", data=b"")
    until(lambda: assistant.slots("handover-back")["handover"] == "closed")
    assert assistant.actions("handover-back") == ["utter_open_after_handover"]
    assert "working days" in assistant.texts("handover-back", "how long does delivery take?")
    assert f"Handover {number}" not in page(desk(assistant), assistant)


def test_asking_again_after_it_was_closed_makes_a_new_handover(assistant: Running) -> None:
    assistant.say("handover-twice", "agent")
    first = assistant.slots("handover-twice")["handover_number"]
    desk(assistant).open(f"{assistant.url}/desk/handovers/{first}/close", data=b"")
    until(lambda: assistant.slots("handover-twice")["handover"] == "closed")
    assistant.say("handover-twice", "representative please")
    second = assistant.slots("handover-twice")["handover_number"]
    assert second != first
    assert assistant.slots("handover-twice")["handover"] == "waiting"


@pytest.mark.parametrize(
    "wish",
    [
        "I want a person",
        "humen",
        "reprsentative plz",
        "can i speak to somebody real",
        "get me your manager NOW",
        "forget it, just put me through to an operator",
        "i dont want to talk to a bot anymore",
        "is there a real person i could talk to about this",
        "Would it be possible to speak with a member of staff, please?",
        "spek to a humen",
    ],
)
def test_a_person_in_any_wording_is_one_step_away(assistant: Running, wish: str) -> None:
    sender = f"wish-{abs(hash(wish))}"
    assistant.say(sender, wish)
    assert assistant.slots(sender)["handover"] == "waiting", assistant.actions(sender)


def test_a_crisis_stands_first_at_the_desk(assistant: Running) -> None:
    assistant.say("crisis-desk", "I don't want to live any more")
    number = assistant.slots("crisis-desk")["handover_number"]
    seen = page(desk(assistant), assistant)
    first = seen.partition("<article")[2].partition("</article>")[0]
    assert 'class="crisis"' in first.partition(">")[0]
    assert number in seen


def test_the_desk_shows_nothing_without_its_key(assistant: Running) -> None:
    assistant.say("secret", "a person please, my secret is plumtree")
    number = assistant.slots("secret")["handover_number"]
    for path, data in (
        ("/desk", None),
        ("/desk?key=wrong", None),
        ("/desk/sign-in", b"key=wrong"),
        (f"/desk/handovers/{number}/close", b""),
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(assistant.url + path, data)
        assert refused.value.code in (401, 403)
        assert "plumtree" not in refused.value.read().decode()
    forged = urllib.request.Request(
        f"{assistant.url}/desk", headers={"Cookie": "exemplar_desk=99999999999.0000"}
    )
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(forged)
    assert assistant.slots("secret")["handover"] == "waiting"
