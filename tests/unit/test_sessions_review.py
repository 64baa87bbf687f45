"""What a person confirms goes into the file, and nobody else's words are lost."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exemplar.sessions.amending import ChangedMeanwhile, amend, digest_of, restore
from exemplar.sessions.files import SessionError, read_session
from exemplar.sessions.model import Labels
from exemplar.sessions.review import KEYS
from tests.sessions_pages import WRITTEN, reviewing

MOVES = Labels("person", moves=("validate", "own"), facts={"order_state": "needs_details"})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "sessions" / "late-sofa.yml"
    written.parent.mkdir()
    written.write_text(WRITTEN)
    return written


def test_one_turns_labels_change_and_every_other_line_stays(file: Path) -> None:
    amend(file, digest_of(file), 1, MOVES)
    before, now = WRITTEN.splitlines(), file.read_text().splitlines()
    assert [a for a, b in zip(before, now, strict=True) if a != b] == [before[22]]
    assert read_session(file).turns[1].labels == MOVES


def test_labels_are_added_where_there_were_none(file: Path) -> None:
    new = Labels("person", intent="provide_details", emotion="neutral", frustration=0.3)
    amend(file, digest_of(file), 2, new)
    now = file.read_text()
    assert (
        "labels: {intent: provide_details, emotion: neutral, frustration: 0.3, by: person}" in now
    )
    assert len(now.splitlines()) == len(WRITTEN.splitlines()) + 1
    assert "# The promise was kept." in now
    assert read_session(file).turns[2].labels == new


def test_labels_are_added_after_a_folded_text_and_at_the_end(file: Path) -> None:
    text = WRITTEN.replace(
        "  labels: {intent: track_order, emotion: frustration, frustration: 0.7, by: author}\n", ""
    )
    text = text.replace(
        "  # The promise was kept.\n  labels: {moves: [explain, expect], by: model, confidence: 0.83}\n",
        "",
    )
    file.write_text(text.rstrip("\n"))
    new = Labels("person", emotion="anger", frustration=0.9)
    amend(file, digest_of(file), 0, new)
    amend(file, digest_of(file), 3, MOVES)
    session = read_session(file)
    assert session.turns[0].labels == new
    assert session.turns[0].text == "Three weeks, and no sofa. Where is it? <b>bold</b>"
    assert session.turns[3].labels == MOVES
    assert "# Kept by hand." in file.read_text()


def test_labels_in_another_style_are_written_all_the_same(file: Path) -> None:
    file.write_text(
        WRITTEN.replace(
            "  labels: {moves: [explain, expect], by: model, confidence: 0.83}",
            "  labels:\n    moves: [explain, expect]\n    by: model",
        )
    )
    before = read_session(file)
    amend(file, digest_of(file), 3, MOVES)
    now = read_session(file)
    assert now.turns[3].labels == MOVES
    assert now.turns[:3] == before.turns[:3]


def test_a_file_that_changed_meanwhile_is_left_alone(file: Path) -> None:
    digest = digest_of(file)
    file.write_text(WRITTEN.replace("before noon", "after noon"))
    with pytest.raises(ChangedMeanwhile, match="changed by somebody else"):
        amend(file, digest, 1, MOVES)
    with pytest.raises(ChangedMeanwhile):
        restore(file, digest, b"old")
    assert "after noon" in file.read_text()
    assert "validate" not in file.read_text()


def test_labels_that_fit_no_such_turn_are_refused(file: Path) -> None:
    for number, labels in ((9, MOVES), (1, Labels("person", moves=("sing",)))):
        with pytest.raises(SessionError):
            amend(file, digest_of(file), number, labels)
    assert file.read_text() == WRITTEN


def test_every_move_has_a_key_of_its_own() -> None:
    taken = [*KEYS.values(), *"jkunefEF?"]
    assert len(taken) == len(set(taken))


class Caller:
    """Calls the server as a browser does, or as one that means ill."""

    def __init__(self, url: str, token: str = "the-token") -> None:
        self.host = url.removeprefix("http://")
        self.cookie = ""
        _, headers, _ = self("GET", f"/?token={token}")
        self.cookie = (headers.get("set-cookie") or "").partition(";")[0]
        _, _, page = self("GET", "/")
        setup = page.partition('id="setup"')[2].partition(">")[2].partition("</script>")[0]
        self.key = json.loads(setup)["key"] if setup else ""

    def __call__(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection(self.host, timeout=30)
        sent = {"Host": self.host, "Cookie": self.cookie}
        if body is not None:
            sent |= {"Content-Type": "application/json", "X-Exemplar-Key": self.key}
            sent["Origin"] = f"http://{self.host}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, found, answer.read().decode()

    def get(self, path: str) -> Any:
        return json.loads(self("GET", path)[2])


@pytest.fixture
def caller(file: Path) -> Iterator[Caller]:
    with reviewing(file.parent) as url:
        yield Caller(url)


def test_the_token_goes_out_of_the_address_into_a_cookie(caller: Caller) -> None:
    status, headers, _ = caller("GET", "/?token=the-token", Cookie="")
    assert (status, headers["location"]) == (303, "/")
    assert "httponly" in headers["set-cookie"].lower()
    assert "samesite=strict" in headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "path", ["/", "/?token=wrong", "/sessions", "/sessions/late-sofa", "/docs"]
)
def test_nothing_is_shown_without_the_token(caller: Caller, path: str) -> None:
    status, headers, text = caller("GET", path, Cookie="")
    assert status == 403
    assert "late-sofa" not in text
    assert "set-cookie" not in headers


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "localhost.evil.example:5057", ""])
def test_another_hosts_name_opens_nothing(caller: Caller, host: str) -> None:
    assert caller("GET", "/", Host=host)[0] in {400, 421}


@pytest.mark.parametrize(
    "wrong",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"X-Exemplar-Key": "guessed"},
        {"X-Exemplar-Key": ""},
    ],
)
def test_changes_come_from_the_page_alone(
    caller: Caller, file: Path, wrong: dict[str, str]
) -> None:
    body = {"digest": digest_of(file), "labels": {"moves": ["own"]}}
    headers = {name.replace("-", "_"): value for name, value in wrong.items()}
    assert caller("POST", "/sessions/late-sofa/turns/1", body, **headers)[0] == 403
    assert file.read_text() == WRITTEN


def test_the_page_may_run_its_own_script_only(caller: Caller) -> None:
    _, headers, text = caller("GET", "/")
    policy = headers["content-security-policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert nonce
    assert f'nonce="{nonce}"' in text
    assert "unsafe" not in policy
    assert caller("GET", "/")[1]["content-security-policy"] != policy


def test_what_a_person_says_is_in_the_file_at_once_and_can_be_taken_back(
    caller: Caller, file: Path
) -> None:
    shown = caller.get("/sessions/late-sofa")
    assert (shown["open"], shown["turns"]) == (3, 4)
    body = {"digest": shown["digest"], "labels": {"moves": ["validate", "own"], "anti_moves": []}}
    status, _, text = caller("POST", "/sessions/late-sofa/turns/1", body)
    assert (status, json.loads(text)["open"]) == (200, 2)
    assert read_session(file).turns[1].labels == MOVES
    body = {
        "digest": json.loads(text)["digest"],
        "labels": {"emotion": "neutral", "frustration": 0.4},
    }
    assert caller("POST", "/sessions/late-sofa/turns/2", body)[0] == 200
    assert json.loads(caller("POST", "/undo", {})[2])["turn"] == 2
    assert json.loads(caller("POST", "/undo", {})[2])["turn"] == 1
    assert file.read_text() == WRITTEN
    status, _, text = caller("POST", "/undo", {})
    assert (status, json.loads(text)["problem"]) == (422, "There is nothing to take back.")


def test_who_comes_second_is_told_so(caller: Caller, file: Path) -> None:
    digest = caller.get("/sessions/late-sofa")["digest"]
    file.write_text(WRITTEN.replace("before noon", "after noon"))
    body = {"digest": digest, "labels": {"moves": ["own"]}}
    status, _, text = caller("POST", "/sessions/late-sofa/turns/1", body)
    assert status == 409
    assert "changed by somebody else" in json.loads(text)["problem"]
    assert "after noon" in file.read_text()


@pytest.mark.parametrize(
    ("turn", "labels"),
    [
        (1, None),
        (1, {"moves": ["sing"]}),
        (1, {"moves": "own"}),
        (1, {"moves": [["own"]]}),
        (0, {"emotion": "envy", "frustration": 0.1}),
        (0, {"emotion": "joy", "frustration": 7}),
        (0, {"emotion": "joy", "frustration": True}),
        (0, {"emotion": "joy", "frustration": 0.1, "intent": "no such; thing"}),
        (99, {"moves": ["own"]}),
    ],
)
def test_other_labels_are_refused(caller: Caller, file: Path, turn: int, labels: Any) -> None:
    body = {"digest": digest_of(file), "labels": labels}
    assert caller("POST", f"/sessions/late-sofa/turns/{turn}", body)[0] == 422
    assert file.read_text() == WRITTEN


@pytest.mark.parametrize("name", ["none-such", "..%2Flate-sofa", "%2e%2e%2f%2e%2e%2fetc%2fpasswd"])
def test_other_files_are_out_of_reach(caller: Caller, name: str) -> None:
    assert caller("GET", f"/sessions/{name}")[0] in {404, 422}


def test_a_broken_file_is_named_and_the_rest_is_there(caller: Caller, file: Path) -> None:
    (file.parent / "broken.yml").write_text("id: [")
    lines = {line["id"]: line for line in caller.get("/sessions")}
    assert "broken.yml" in lines["broken"]["problem"]
    assert lines["late-sofa"]["open"] == 3


def test_the_least_sure_session_comes_first(caller: Caller, file: Path) -> None:
    surer = WRITTEN.replace("late-sofa", "sure-sofa").replace(
        "  text: ML-104163\n",
        "  text: ML-104163\n  labels: {emotion: neutral, frustration: 0.4, by: person}\n",
    )
    (file.parent / "sure-sofa.yml").write_text(surer)
    assert [line["id"] for line in caller.get("/sessions")] == ["late-sofa", "sure-sofa"]
