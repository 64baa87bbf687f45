"""Who may see and do what at the desk; every attempt at crossing over is refused."""

from __future__ import annotations

import json
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest

from exemplar.channels.visitor import token_for
from tests.conftest import Running
from tests.integration.desk_client import DeskClient, Refused
from tests.integration.test_website import Browser

GET = [
    "me",
    "handovers",
    "closed",
    "handovers/H-1001",
    "handovers/H-1001/entries",
    "events",
    "complaints",
    "agents",
]
POST = [
    "me/name",
    "handovers/H-1001/claim",
    "handovers/H-1001/messages",
    "handovers/H-1001/notes",
    "handovers/H-1001/return",
    "handovers/H-1001/close",
    "handovers/H-1001/read",
    "agents/add",
    "agents/sara/remove",
]


@pytest.fixture(scope="module")
def boss(assistant: Running) -> DeskClient:
    return DeskClient.by_key(assistant)


@pytest.fixture(scope="module")
def sara(assistant: Running, boss: DeskClient) -> DeskClient:
    return boss.new_agent(assistant, "sara", "Sara")


@pytest.fixture(scope="module")
def jonas(assistant: Running, boss: DeskClient) -> DeskClient:
    return boss.new_agent(assistant, "jonas", "Jonas")


def handed_over(assistant: Running, sender: str) -> str:
    assistant.say(sender, "a person please, my secret is plumtree")
    return str(assistant.slots(sender)["handover_number"])


def refused(client: DeskClient, path: str, **body: object) -> int:
    with pytest.raises(Refused) as raised:
        client.post(path, **body) if body else client.get(path)
    assert "plumtree" not in str(raised.value.said)
    return raised.value.status


@pytest.mark.parametrize("path", GET)
def test_nothing_is_read_without_a_sign_in(assistant: Running, path: str) -> None:
    handed_over(assistant, "access-open")
    assert refused(DeskClient(assistant.url), path) == 401


@pytest.mark.parametrize("path", POST)
def test_nothing_is_done_without_a_sign_in(assistant: Running, path: str) -> None:
    handed_over(assistant, "access-open")
    assert refused(DeskClient(assistant.url), path, key="k", text="hello") == 401
    assert assistant.slots("access-open")["handover"] == "waiting"


def test_every_route_of_the_desk_is_in_these_lists(assistant: Running) -> None:
    import re

    from tests.conftest import ROOT

    source = (ROOT / "exemplar/desk/web.py").read_text()
    source = source.replace('f"{one}', '"/api/handovers/H-1001')
    source = source.replace("add(one,", 'add("/api/handovers/H-1001",')
    source = source.replace("<login:str>", "sara")
    routes = re.findall(r'add\("/api/([^"]+)", _\w+, "(GET|POST)"\)', source)
    assert {path for path, method in routes if method == "GET"} == set(GET)
    assert {path for path, method in routes if method == "POST"} == set(POST)


def test_the_page_shows_nothing_without_a_sign_in(assistant: Running) -> None:
    handed_over(assistant, "access-open")
    for path, data in (
        ("/desk", None),
        ("/desk?key=wrong", None),
        ("/desk/sign-in", b"key=wrong"),
        ("/desk/sign-in", b"login=sara&password=wrong"),
        ("/desk/sign-in", b"login=nobody&password=wrong"),
    ):
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(assistant.url + path, data)
        assert answer.value.code in (401, 403)
        said = answer.value.read().decode()
        assert "plumtree" not in said
        assert "H-1" not in said


@pytest.mark.parametrize("cookie", ["exemplar_desk=x", "exemplar_desk=99999999999.0000"])
def test_a_made_up_cookie_opens_nothing(assistant: Running, cookie: str) -> None:
    request = urllib.request.Request(
        f"{assistant.url}/desk/api/handovers", headers={"Cookie": cookie}
    )
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(request)
    assert answer.value.code == 401


def test_a_page_elsewhere_cannot_act_with_an_agents_cookie(
    assistant: Running, sara: DeskClient
) -> None:
    number = handed_over(assistant, "access-csrf")
    forger = DeskClient(assistant.url)
    forger.opener, forger.token = sara.opener, "guessed"
    assert refused(forger, f"handovers/{number}/claim", take_over=False) == 403
    assert sara.listed()[number]["state"] == "waiting"
    form = urllib.request.Request(
        f"{assistant.url}/desk/sign-in",
        urllib.parse.urlencode({"login": "sara", "password": "a long password of sara"}).encode(),
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
    )
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(form)
    assert answer.value.code == 403


def test_an_agent_neither_reads_nor_writes_in_another_ones_conversation(
    assistant: Running, sara: DeskClient, jonas: DeskClient
) -> None:
    number = handed_over(assistant, "access-other")
    sara.claim(number)
    for path in (f"handovers/{number}", f"handovers/{number}/entries?after=0"):
        assert refused(jonas, path) == 403
    assert refused(jonas, f"handovers/{number}/messages", key="k", text="me!") == 409
    assert refused(jonas, f"handovers/{number}/claim", take_over=False) == 409
    assert refused(jonas, f"handovers/{number}/claim", take_over=True) == 403
    assert refused(jonas, f"handovers/{number}/close", note="") == 409
    assert refused(jonas, f"handovers/{number}/return", note="") == 409
    assert refused(jonas, f"handovers/{number}/notes", key="k", text="me!") == 403
    assert refused(jonas, f"handovers/{number}/read", seq=1) == 403
    listed = jonas.listed()[number]
    assert (listed["claimed_name"], listed["last_text"], listed["customer"]) == ("Sara", "", "")
    assert sara.of(number)["mine"]
    sara.close(number)
    assert refused(jonas, f"handovers/{number}") == 403
    assert number not in {one["number"] for one in jonas.get("closed")}


def test_a_supervisor_takes_a_conversation_over(
    assistant: Running, boss: DeskClient, sara: DeskClient
) -> None:
    number = handed_over(assistant, "access-take")
    sara.claim(number)
    assert boss.of(number)["claimed_name"] == "Sara"
    assert refused(boss, f"handovers/{number}/claim", take_over=False) == 409
    boss.claim(number, take_over=True)
    assert refused(sara, f"handovers/{number}/messages", key="k", text="still me") == 409


def test_only_a_supervisor_sees_to_the_people(assistant: Running, sara: DeskClient) -> None:
    assert refused(sara, "agents") == 403
    new = {"login": "mole", "name": "Mole", "role": "supervisor", "password": "long enough it is"}
    assert refused(sara, "agents/add", **new) == 403
    assert refused(sara, "agents/jonas/remove", x=1) == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "short"},
        {"role": "king"},
        {"login": "Über Mensch"},
        {"login": ""},
        {"name": " "},
        {"name": "x" * 61},
    ],
)
def test_an_agent_that_cannot_be_is_refused_with_a_reason(
    boss: DeskClient, wrong: dict[str, str]
) -> None:
    new = {"login": "new", "name": "New", "role": "agent", "password": "long enough it is"}
    assert refused(boss, "agents/add", **{**new, **wrong}) == 400


def test_who_is_removed_is_out_at_once(assistant: Running, boss: DeskClient) -> None:
    mole = boss.new_agent(assistant, "mole", "Mole")
    mole.listed()
    boss.post("agents/mole/remove")
    assert refused(mole, "handovers") == 401
    with pytest.raises(urllib.error.HTTPError):
        DeskClient.by_password(assistant, "mole", "a long password of mole")


def test_a_sign_in_expires_and_a_sign_out_ends_it(assistant: Running, boss: DeskClient) -> None:
    late = boss.new_agent(assistant, "late", "Late")
    late.listed()
    with sqlite3.connect(assistant.state / "shop.db", timeout=20) as database:
        database.execute(
            "UPDATE agent_sessions SET expires = '2020-01-01 00:00:00.000000' WHERE agent_id = "
            "(SELECT id FROM agents WHERE login = 'late')"
        )
    assert refused(late, "handovers") == 401
    idle = DeskClient.by_password(assistant, "late", "a long password of late")
    with sqlite3.connect(assistant.state / "shop.db", timeout=20) as database:
        database.execute(
            "UPDATE agent_sessions SET used = '2020-01-01 00:00:00.000000' WHERE agent_id = "
            "(SELECT id FROM agents WHERE login = 'late')"
        )
    assert refused(idle, "handovers") == 401
    gone = DeskClient.by_password(assistant, "late", "a long password of late")
    cookies = list(gone.cookies)
    with pytest.raises(urllib.error.HTTPError):
        gone.opener.open(f"{assistant.url}/desk/sign-out", b"")
    # The cookie that somebody may have copied is no good any more.
    gone.cookies = CookieJar()
    for cookie in cookies:
        gone.cookies.set_cookie(cookie)
    gone.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(gone.cookies))
    assert refused(gone, "handovers") == 401


def test_guessing_a_password_comes_to_an_end(assistant: Running, boss: DeskClient) -> None:
    boss.new_agent(assistant, "victim", "Victim")
    for _ in range(8):
        with pytest.raises(urllib.error.HTTPError):
            DeskClient.by_password(assistant, "victim", "guess")
    with pytest.raises(urllib.error.HTTPError) as answer:
        DeskClient.by_password(assistant, "victim", "a long password of victim")
    assert "Too many tries" in answer.value.read().decode()


def test_no_password_and_no_session_can_be_read_from_the_database(
    assistant: Running, boss: DeskClient
) -> None:
    boss.new_agent(assistant, "written", "Written")
    with sqlite3.connect(assistant.state / "shop.db", timeout=20) as database:
        kept = str(database.execute("SELECT * FROM agents").fetchall())
        kept += str(database.execute("SELECT * FROM agent_sessions").fetchall())
    assert "a long password" not in kept
    for cookie in boss.cookies:
        assert str(cookie.value) not in kept


def test_the_cookie_is_kept_from_scripts_and_other_sites(assistant: Running) -> None:
    client = DeskClient.by_key(assistant)
    (cookie,) = client.cookies
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Strict"
    assert cookie.path == "/desk"


async def test_a_customers_token_opens_only_their_conversation(
    assistant: Running,
) -> None:
    mine = await Browser(assistant.url).open()
    await mine.write("a person please, my secret is plumtree", "1")
    await mine.until(lambda: mine.answered == 1)
    conversation = mine.confirmed["token"].rpartition(".")[0]
    for token in (conversation, f"{conversation}.0", token_for(conversation, "guess")):
        other = await Browser(assistant.url).open(token)
        assert other.confirmed["history"] == []
        assert other.confirmed["standing"] == {"state": None}
        await other.close()
    # Nor does it open the desk.
    request = urllib.request.Request(
        f"{assistant.url}/desk/api/handovers",
        headers={"Cookie": f"exemplar_desk={mine.confirmed['token']}"},
    )
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(request)
    assert answer.value.code == 401
    await mine.close()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"key": "k"},
        {"key": "k", "text": " "},
        {"key": 7, "text": "x"},
        {"key": "k", "text": 1},
        {"key": "k" * 101, "text": "x"},
        {"key": "k", "text": "x" * 10_001},
    ],
)
def test_what_is_no_message_is_refused_with_a_reason(
    assistant: Running, boss: DeskClient, body: dict[str, object]
) -> None:
    number = handed_over(assistant, "access-body")
    with pytest.raises(Refused) as raised:
        boss.post(f"handovers/{number}/messages", **body)
    assert raised.value.status == 400
    assert "error" in json.loads(raised.value.said)


@pytest.mark.parametrize("number", ["H-9999999", "x", "H-0", "H-%C2%B2"])
def test_a_handover_that_is_not_there_is_said_so(boss: DeskClient, number: str) -> None:
    assert refused(boss, f"handovers/{number}") == 404
    assert refused(boss, f"handovers/{number}/claim", x=1) == 404
