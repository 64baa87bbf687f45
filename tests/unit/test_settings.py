from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from exemplar import settings
from exemplar.errors import ExemplarError

VARIABLES = [
    *("EXEMPLAR_API_TOKEN", "EXEMPLAR_DESK_KEY", "EXEMPLAR_VISITOR_KEY"),
    *("EXEMPLAR_HOST", "EXEMPLAR_PORT", "EXEMPLAR_ACTIONS_PORT"),
    *("EXEMPLAR_DATABASE_URL", "EXEMPLAR_TRACKER_STORE_URL"),
    *("EXEMPLAR_LOCK_STORE_URL", "EXEMPLAR_EVENT_BROKER_URL"),
]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("EXEMPLAR_STATE", str(tmp_path / "state"))
    settings.shared_secrets.cache_clear()
    yield tmp_path / "state"
    settings.shared_secrets.cache_clear()


def secrets_of_a_new_process() -> settings.Secrets:
    settings.shared_secrets.cache_clear()
    return settings.shared_secrets()


def test_secrets_are_made_once_and_kept(state: Path) -> None:
    made = settings.shared_secrets()
    keys = {made.api_token, made.desk_key, made.visitor_key}
    assert len(keys) == 3
    assert min(map(len, keys)) >= 32
    assert secrets_of_a_new_process() == made
    assert [file.name for file in state.iterdir()] == ["secrets.json"]


def test_every_installation_has_secrets_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = settings.shared_secrets()
    monkeypatch.setenv("EXEMPLAR_STATE", str(tmp_path / "elsewhere"))
    assert secrets_of_a_new_process().api_token != here.api_token


def test_only_the_user_can_read_the_secrets(state: Path) -> None:
    settings.shared_secrets()
    assert (state / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = settings.shared_secrets()
    monkeypatch.setenv("EXEMPLAR_DESK_KEY", "from the environment")
    secrets = secrets_of_a_new_process()
    assert secrets.desk_key == "from the environment"
    assert secrets.api_token == kept.api_token


def test_a_secret_of_the_environment_is_not_written_to_the_file(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXEMPLAR_DESK_KEY", "from the environment")
    settings.shared_secrets()
    assert "from the environment" not in (state / "secrets.json").read_text()


def test_a_key_that_the_file_lacks_is_added_and_the_others_stay(state: Path) -> None:
    state.mkdir()
    (state / "secrets.json").write_text('{"api_token": "an older one"}')
    assert settings.shared_secrets().api_token == "an older one"
    assert json.loads((state / "secrets.json").read_text()).keys() == {
        "api_token",
        "desk_key",
        "visitor_key",
        "shop_key",
    }


@pytest.mark.parametrize("content", [b"{", b"", b"\xff\xfe", b"null", b"[1]", b"7"])
def test_a_broken_secrets_file_is_one_clear_error_that_names_it(
    state: Path, content: bytes
) -> None:
    state.mkdir()
    (state / "secrets.json").write_bytes(content)
    with pytest.raises(ExemplarError, match=r"secrets\.json is broken: delete it"):
        settings.shared_secrets()


def test_the_servers_listen_on_this_machine_only_unless_told_otherwise() -> None:
    assert settings.addresses() == settings.Addresses("127.0.0.1", 5005, 5055)


def test_host_and_ports_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXEMPLAR_HOST", "chat.example.org")
    monkeypatch.setenv("EXEMPLAR_PORT", "8080")
    monkeypatch.setenv("EXEMPLAR_ACTIONS_PORT", "65535")
    addresses = settings.addresses()
    assert addresses.url == "http://chat.example.org:8080"
    assert addresses.actions_url == "http://127.0.0.1:65535"


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1", "::"])
def test_a_server_on_every_interface_is_reached_as_localhost(host: str) -> None:
    assert settings.Addresses(host, 5005, 5055).url == "http://localhost:5005"


@pytest.mark.parametrize("variable", ["EXEMPLAR_PORT", "EXEMPLAR_ACTIONS_PORT"])
@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "50.5", " ", "5005 ", "²"])
def test_what_is_no_port_is_one_clear_error_that_names_the_variable(
    variable: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(ExemplarError, match=f"^{variable} is "):
        settings.addresses()


def test_databases_stand_in_the_state_folder_which_is_made(state: Path) -> None:
    assert settings.shop_database_url() == f"sqlite:///{state}/shop.db"
    assert settings.tracker_store_url() == f"sqlite:///{state}/conversations.db"
    assert state.is_dir()


def test_locks_and_events_need_no_server_unless_one_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert settings.lock_store_url() is None
    assert settings.event_broker_url() is None
    monkeypatch.setenv("EXEMPLAR_LOCK_STORE_URL", "redis://localhost")
    monkeypatch.setenv("EXEMPLAR_EVENT_BROKER_URL", "amqp://localhost")
    assert settings.lock_store_url() == "redis://localhost"
    assert settings.event_broker_url() == "amqp://localhost"
