"""Tracker store, lock store and event broker on the real services."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.core.lock_store import InMemoryLockStore, RedisLockStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from exemplar.desk import registry
from exemplar.desk.brief import Brief
from exemplar.server.stores import Conversations, Events, Locks
from exemplar.shop.policy import shared_policy
from exemplar.shop.seed import seed
from exemplar.shop.sql import SqlShop
from tests.conftest import CUSTOMER, ROOT, free_port


def wait_for_port(port: int, seconds: float = 90) -> None:
    import socket

    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"nothing answers on port {port}")


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("redis-server")
    assert program, "Redis is missing: run script/install-system-packages"
    port = free_port()
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        cwd=tmp_path_factory.mktemp("redis"),
        stdout=subprocess.DEVNULL,
    )
    wait_for_port(port)
    yield f"redis://127.0.0.1:{port}/1"
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="module")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    assert program.exists(), "RabbitMQ is missing: run script/install-system-packages"
    folder, port = tmp_path_factory.mktemp("rabbitmq"), free_port()
    process = subprocess.Popen(
        [program],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"exemplar{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder),
            "RABBITMQ_LOG_BASE": str(folder),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for_port(port)
    yield f"amqp://guest:guest@127.0.0.1:{port}/?queue=said"
    process.terminate()
    process.wait(60)


def conversation(sender: str) -> DialogueStateTracker:
    reading = {"name": "anger", "confidence": 0.9, "frustration": 0.9, "scores": {}}
    parse = {"intent": {"name": "greet"}, "entities": [], "emotion": reading}
    tracker = DialogueStateTracker.from_events(sender, [], slots=Domain.load("domain.yml").slots)
    tracker.update(ActionExecuted("action_listen"))
    tracker.update(UserUttered("hello", {"name": "greet"}, [], parse, input_channel="rest"))
    tracker.update(SlotSet("frustration", "high"))
    tracker.update(SlotSet("feeling", "anger"))
    return tracker


def saved_and_read(sender: str, tracker: DialogueStateTracker) -> DialogueStateTracker:
    async def go() -> DialogueStateTracker:
        await Conversations(Domain.load("domain.yml")).save(tracker)
        again = await Conversations(Domain.load("domain.yml")).retrieve(sender)
        assert again is not None
        return again

    return asyncio.run(go())


def test_conversations_survive_in_postgresql(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXEMPLAR_TRACKER_STORE_URL", postgres)
    again = saved_and_read("pg", conversation("pg"))
    assert again.latest_message.text == "hello"
    assert again.get_slot("frustration") == "high"


def test_conversations_survive_in_sqlite_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXEMPLAR_TRACKER_STORE_URL", raising=False)
    monkeypatch.setenv("EXEMPLAR_STATE", str(tmp_path))
    assert saved_and_read("lite", conversation("lite")).latest_message.text == "hello"
    assert (tmp_path / "conversations.db").exists()


def test_no_reading_is_left_in_the_store_once_it_is_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/conversations.db"
    monkeypatch.setenv("EXEMPLAR_TRACKER_STORE_URL", url)
    tracker = conversation("off")
    saved_and_read("off", tracker)

    def stored() -> str:
        with sa.create_engine(url).connect() as connection:
            return "".join(connection.execute(sa.text("select data from events")).scalars())

    assert '"anger"' in stored()
    tracker.update(SlotSet("emotion_reading", False))
    saved_and_read("off", tracker)
    assert '"anger"' not in stored()
    assert '"high"' not in stored()
    assert '"hello"' in stored()


def test_locks_are_kept_in_redis(redis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXEMPLAR_LOCK_STORE_URL", redis)
    store = Locks()
    assert isinstance(store, RedisLockStore)
    ticket = store.issue_ticket("customer")
    assert Locks().get_lock("customer").is_someone_waiting()
    store.finish_serving("customer", ticket)


def test_locks_are_kept_in_memory_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXEMPLAR_LOCK_STORE_URL", raising=False)
    assert isinstance(Locks(), InMemoryLockStore)


async def test_events_reach_rabbitmq(rabbitmq: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import aio_pika

    monkeypatch.setenv("EXEMPLAR_EVENT_BROKER_URL", rabbitmq)
    broker = await Events.from_endpoint_config(None)
    assert broker is not None
    broker.publish({"event": "user", "text": "hello"})
    connection = await aio_pika.connect(rabbitmq.partition("?")[0])
    async with connection:
        queue = await (await connection.channel()).get_queue("said")
        message = None
        for _ in range(100):
            message = await queue.get(fail=False)
            if message:
                break
            await asyncio.sleep(0.1)
        assert message is not None
        assert json.loads(message.body)["text"] == "hello"
        await message.ack()
    await broker.close()


async def test_no_events_are_published_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXEMPLAR_EVENT_BROKER_URL", raising=False)
    assert await Events.from_endpoint_config(None) is None


def test_the_shop_and_the_desk_work_on_postgresql(postgres: str) -> None:
    from exemplar.database import open_database

    engine = open_database(postgres)
    assert seed(engine)
    shop = SqlShop(engine, shared_policy())
    order = shop.find_order("ML-104217", CUSTOMER)
    assert order is not None
    assert shop.cancel_order(order).refund
    desk = registry.Registry(engine)
    handover = desk.request("someone", "rest", Brief("asked", "…", (0.1,), (), "a person"))
    desk.relay(handover, "m1", "still there?")
    assert desk.waiting()[0].messages == ("still there?",)


@pytest.mark.parametrize(
    "variable",
    [
        "EXEMPLAR_DATABASE_URL",
        "EXEMPLAR_TRACKER_STORE_URL",
        "EXEMPLAR_LOCK_STORE_URL",
        "EXEMPLAR_EVENT_BROKER_URL",
    ],
)
def test_a_service_that_is_down_is_named_in_one_line(variable: str, tmp_path: Path) -> None:
    scheme = {"EXEMPLAR_LOCK_STORE_URL": "redis", "EXEMPLAR_EVENT_BROKER_URL": "amqp"}
    address = f"{scheme.get(variable, 'postgresql')}://127.0.0.1:{free_port()}/x"
    ended = subprocess.run(
        [sys.executable, "-m", "exemplar", "run"],
        cwd=ROOT,
        env={
            **os.environ,
            "EXEMPLAR_STATE": str(tmp_path),
            "EXEMPLAR_PORT": str(free_port()),
            "EXEMPLAR_ACTIONS_PORT": str(free_port()),
            variable: address,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"exemplar: {variable}: nothing answers at 127.0.0.1:")
    assert ended.stderr.count("\n") == 1
