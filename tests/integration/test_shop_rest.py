"""A shop over HTTP, also where the shop, the network or the settings are not as they should be."""

from __future__ import annotations

import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from socket import create_connection
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from exemplar.database import open_database
from exemplar.errors import ExemplarError
from exemplar.shop import rest
from exemplar.shop.api import create_app, description
from exemplar.shop.connection import shared_shop
from exemplar.shop.model import AccountType, Address, ClaimKind, Order
from exemplar.shop.policy import shared_policy
from exemplar.shop.rest import RestShop, ShopError
from exemplar.shop.seed import seed
from exemplar.shop.shop import NotPossible
from exemplar.shop.sql import SqlShop
from tests.conftest import CUSTOMER, ROOT, free_port
from tests.integration.conftest import SHOP_TOKEN, served

LATE, PROCESSING, DELIVERED, UNPAID = "ML-104163", "ML-104217", "ML-104102", "ML-104226"
ELSEWHERE = Address("Kade 1", "3511 AB", "Utrecht", "Netherlands")
Answer = Callable[[bytes], bytes]


@dataclass
class Between:
    """A network between assistant and shop, which fails as it is told to, call by call, and remembers."""

    url: str = ""
    ways: list[str] = field(default_factory=list)
    calls: list[bytes] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """The first lines of all calls: what logs show."""
        return [call.partition(b"\r\n")[0].decode() for call in self.calls]


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Listens, and answers each call with bytes; with none the line is cut."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            head = b""
            while b"\r\n\r\n" not in head:
                some = self.request.recv(65536)
                if not some:
                    return
                head += some
            head, _, body = head.partition(b"\r\n\r\n")
            sizes = [x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")]
            while sizes and len(body) < int(sizes[0].split(b":")[1]):
                body += self.request.recv(65536)
            self.request.sendall(answer(head + b"\r\n\r\n" + body))

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def plain(status: str, body: str = "", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body.encode())}"]
    return "\r\n".join([*head, "Connection: close", "", body]).encode()


@pytest.fixture
def kept(tmp_path: Path) -> SqlShop:
    engine = open_database(f"sqlite:///{tmp_path / 'shop.db'}")
    seed(engine)
    return SqlShop(engine, shared_policy())


@pytest.fixture
def between(kept: SqlShop) -> Iterator[Between]:
    network = Between()
    with served(kept) as url:
        port = urlsplit(url).port

        def answer(call: bytes) -> bytes:
            network.calls.append(call)
            way = network.ways.pop(0) if network.ways else "through"
            if way == "lost":
                return b""
            if way == "away":
                return plain("503 Service Unavailable", "<h1>Back soon</h1>")
            with create_connection(("127.0.0.1", port)) as upstream:
                upstream.sendall(call.replace(b"Connection: keep-alive", b"Connection: close"))
                said = b""
                while some := upstream.recv(65536):
                    said += some
            return b"" if way == "unanswered" else said

        with answering(answer) as network.url:
            yield network


@pytest.fixture
def shop(between: Between) -> RestShop:
    return RestShop(between.url, SHOP_TOKEN, shared_policy())


def order_of(shop: Any, number: str) -> Order:
    found = shop.find_order(number, CUSTOMER)
    assert found
    return found


def everything_is_called(shop: RestShop) -> None:
    customer = shop.find_customer(CUSTOMER)
    assert customer
    late, unpaid, delivered = (order_of(shop, n) for n in (LATE, UNPAID, DELIVERED))
    (product,) = shop.find_products("felt desk pad")
    assert delivered.invoice
    shop.today()
    shop.find_order_of_invoice(delivered.invoice.number, CUSTOMER)
    shop.orders_of(customer)
    shop.create_account("Noor", "noor@example.org")
    shop.send_password_link(CUSTOMER)
    shop.edit_customer(customer, name="Mara O", phone="+31 6 5550 0199")
    shop.switch_account(customer, AccountType.BUSINESS)
    with pytest.raises(NotPossible):
        shop.delete_account(customer)
    shop.add_address(customer, ELSEWHERE)
    shop.set_newsletter(CUSTOMER, True)
    shop.place_order(customer, product, 1, ELSEWHERE)
    shop.order_as_guest("Ada", "ada@example.org", product, 1, ELSEWHERE)
    shop.cancel_order(order_of(shop, PROCESSING))
    shop.change_order(unpaid, "In blue")
    shop.change_address(unpaid, ELSEWHERE)
    shop.refund_order(late)
    shop.note_on_order(late, "Ring twice")
    shop.send_payment_link(unpaid)
    with pytest.raises(NotPossible):
        shop.return_second_payment(late)
    shop.send_invoice(delivered)
    shop.tell_when_restocked(CUSTOMER, product)
    shop.open_claim(delivered, ClaimKind.DAMAGED, "Cracked")
    shop.register_complaint("web-1", "Späť", LATE)
    shop.open_complaints()
    shop.add_review("web-1", "Nice")


def test_nothing_personal_stands_in_a_url_or_a_header(between: Between, shop: RestShop) -> None:
    everything_is_called(shop)
    assert len(between.calls) >= 27
    for call in between.calls:
        head = call.partition(b"\r\n\r\n")[0].decode("ascii").lower()
        for personal in ("@", "mara", "okafor", "noor", "kade", "example.org", "5550"):
            assert personal not in head, head
        assert "?" not in between.lines[0]


def test_every_call_of_the_description_is_made_by_the_client(
    between: Between, shop: RestShop
) -> None:
    everything_is_called(shop)
    made = {tuple(line.split()[:2]) for line in between.lines}
    described = {
        (method.upper(), path)
        for path, methods in json.loads(description())["paths"].items()
        for method in methods
    }
    for method, path in described:
        start, _, end = path.partition("{")
        end = end.partition("}")[2]
        assert any(m == method and p.startswith(start) and p.endswith(end) for m, p in made), path
    assert len(described) == 28


def test_the_description_in_the_docs_is_up_to_date() -> None:
    written = (ROOT / "docs" / "shop-api.json").read_text(encoding="utf-8")
    assert written == description() + "\n", "run: exemplar shop openapi > docs/shop-api.json"


def test_amounts_go_over_the_wire_as_strings_with_cents(between: Between, shop: RestShop) -> None:
    said = requests.post(
        f"{between.url}/v1/orders/find",
        json={"number": LATE, "email": CUSTOMER},
        headers={"Authorization": f"Bearer {SHOP_TOKEN}"},
        timeout=10,
    ).json()
    assert said["total"] == "348.50"
    assert said["invoice"]["amount"] == "348.50"
    assert order_of(shop, LATE).total == Decimal("348.50")


# -- who may call --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {SHOP_TOKEN}", SHOP_TOKEN]
)
def test_without_the_token_nothing_is_told(between: Between, header: str | None) -> None:
    for path in ("/v1/orders/find", "/v1/orders/x/refund", "/v1/complaints"):
        said = requests.post(
            between.url + path,
            data="not even JSON",
            headers={"Authorization": header} if header is not None else {},
            timeout=10,
        )
        assert said.status_code == 401
        assert said.json()["error"] == "unauthorized"
        assert said.headers["WWW-Authenticate"] == "Bearer"
    assert requests.get(f"{between.url}/openapi.json", timeout=10).status_code == 401


def test_a_wrong_token_is_told_to_the_operator(between: Between) -> None:
    with pytest.raises(ShopError, match="refuses EXEMPLAR_SHOP_TOKEN"):
        RestShop(between.url, "wrong", shared_policy()).find_customer(CUSTOMER)


@pytest.mark.parametrize(
    "token", ["", "short", "with a space in it, and long", "ü" * 20, "x" * 20 + "\n"]
)
def test_no_shop_is_served_under_a_token_that_is_none(kept: SqlShop, token: str) -> None:
    with pytest.raises(ExemplarError, match="EXEMPLAR_SHOP_TOKEN"):
        create_app(kept, token)


@pytest.mark.parametrize(
    "url",
    ["", "shop.example", "ftp://shop.example", "https://", "https://user:secret@shop.example"],
)
def test_what_is_no_address_of_a_shop_is_one_clear_error(url: str) -> None:
    with pytest.raises(ExemplarError, match="EXEMPLAR_SHOP_URL") as raised:
        RestShop(url, SHOP_TOKEN, shared_policy())
    assert "secret" not in str(raised.value)


def test_the_token_is_what_was_set_whatever_netrc_says(
    between: Between, shop: RestShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert shop.find_customer(CUSTOMER)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{", "body"),
        ("[]", "body"),
        ('{"number": "x"}', "body.email: field required"),
        ('{"number": {"a": "secret"}, "email": ["secret@example.org"]}', "body.number: str type"),
    ],
)
def test_a_call_that_is_wrong_is_told_where_and_without_its_values(
    between: Between, body: str, says: str
) -> None:
    said = requests.post(
        f"{between.url}/v1/orders/find",
        data=body,
        headers={"Authorization": f"Bearer {SHOP_TOKEN}"},
        timeout=10,
    )
    assert said.status_code == 422
    assert said.json()["error"] == "invalid"
    assert says in said.json()["message"]
    assert "secret" not in said.text


def test_an_order_is_not_placed_without_a_key(between: Between, shop: RestShop) -> None:
    customer = shop.find_customer(CUSTOMER)
    assert customer
    said = requests.post(
        f"{between.url}/v1/customers/{customer.id}/orders",
        json={},
        headers={"Authorization": f"Bearer {SHOP_TOKEN}"},
        timeout=10,
    )
    assert said.status_code == 422
    assert "Idempotency-Key" in said.json()["message"]


# -- a network that fails ------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["lost", "unanswered", "away"])
def test_an_order_is_placed_once_although_the_answer_was_lost(
    between: Between, shop: RestShop, kept: SqlShop, way: str
) -> None:
    customer, (product,) = shop.find_customer(CUSTOMER), shop.find_products("felt desk pad")
    assert customer
    before = len(kept.orders_of(customer))
    between.ways = [way, way]
    order = shop.place_order(customer, product, 2, ELSEWHERE)
    assert order == kept.orders_of(customer)[0]
    assert len(kept.orders_of(customer)) == before + 1
    assert kept.find_products("felt desk pad")[0].stock == product.stock - 2


@pytest.mark.parametrize("way", ["lost", "unanswered", "away"])
def test_what_changes_nothing_more_is_asked_again(
    between: Between, shop: RestShop, way: str
) -> None:
    between.ways = [way, way]
    assert shop.find_order(LATE, CUSTOMER)
    between.ways = [way, way]
    assert shop.register_complaint("web-1", "Late.", LATE).text == "Late."
    assert [complaint.text for complaint in shop.open_complaints()] == ["Late."]


@pytest.mark.parametrize("way", ["lost", "unanswered", "away"])
def test_what_would_be_done_twice_is_tried_once_and_fails(
    between: Between, shop: RestShop, way: str
) -> None:
    order = order_of(shop, PROCESSING)
    for change in (
        lambda: shop.cancel_order(order),
        lambda: shop.note_on_order(order, "Ring twice"),
        lambda: shop.send_password_link(CUSTOMER),
    ):
        between.calls.clear()
        between.ways = [way]
        with pytest.raises(ShopError):
            change()
        assert len(between.calls) == 1


def test_a_shop_that_is_down_is_an_error_without_anything_personal() -> None:
    shop = RestShop(f"http://127.0.0.1:{free_port()}", SHOP_TOKEN, shared_policy())
    begun = time.monotonic()
    with pytest.raises(ShopError, match="does not answer") as raised:
        shop.find_order(LATE, CUSTOMER)
    assert time.monotonic() - begun < 5
    for said in (str(raised.value), repr(raised.value.__cause__)):
        assert CUSTOMER not in said
        assert SHOP_TOKEN not in said


def test_a_shop_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest, "_TIMEOUTS", (0.2, 0.2))

    def hang(_: bytes) -> bytes:
        time.sleep(2)
        return b""

    with answering(hang) as url:
        begun = time.monotonic()
        with pytest.raises(ShopError, match="does not answer"):
            RestShop(url, SHOP_TOKEN, shared_policy()).open_complaints()
        assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "said",
    [
        plain("200 OK", "<html>Welcome!</html>"),
        plain("200 OK", "null"),
        plain("200 OK", '{"number": "ML-104163"}'),
        plain("200 OK", "[1, 2]"),
        plain("204 No Content"),
        plain("404 Not Found", "<h1>Not found</h1>"),
        plain("404 Not Found", '{"detail": "Not Found"}'),
        plain("404 Not Found", '{"error": "no_such_path", "message": ""}'),
        plain("409 Conflict", "{}"),
        plain("500 Internal Server Error", '{"error": "failed", "message": ""}'),
        plain("302 Found", "", "Location: http://127.0.0.1:9/"),
        plain("418 I'm a teapot", '"mara.okafor@example.org"'),
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
)
def test_what_is_no_shop_is_an_error_and_no_order_that_is_not_found(said: bytes) -> None:
    with answering(lambda _: said) as url:
        with pytest.raises(ShopError) as raised:
            RestShop(url, SHOP_TOKEN, shared_policy()).find_order(LATE, CUSTOMER)
        assert "\n" not in str(raised.value)
        assert CUSTOMER not in str(raised.value)


def test_a_redirect_does_not_get_the_token() -> None:
    seen: list[bytes] = []

    def elsewhere(call: bytes) -> bytes:
        seen.append(call)
        return plain("200 OK", "[]")

    with answering(elsewhere) as other:
        moved = plain("307 Temporary Redirect", "", f"Location: {other}/v1/complaints/open")
        with answering(lambda _: moved) as url, pytest.raises(ShopError, match="307"):
            RestShop(url, SHOP_TOKEN, shared_policy()).open_complaints()
    assert seen == []


def test_a_shop_whose_database_fails_says_so_and_logs_nothing_personal(
    capfd: pytest.CaptureFixture[str], between: Between, shop: RestShop, tmp_path: Path
) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'shop.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE mails RENAME TO gone")
    with pytest.raises(ShopError, match="500"):
        shop.send_password_link(CUSTOMER)
    logged = capfd.readouterr().err
    assert "no such table: mails" in logged
    assert CUSTOMER not in logged


def test_the_shops_date_is_asked_for_once_in_a_while(between: Between, shop: RestShop) -> None:
    order = order_of(shop, LATE)
    for _ in range(5):
        shop.state_of(order)
        shop.today()
    assert between.lines.count("GET /v1/today HTTP/1.1") == 1


# -- as it is run --------------------------------------------------------------------------------


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "EXEMPLAR_STATE": str(tmp_path / "state"),
        "EXEMPLAR_DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}",
        "EXEMPLAR_SHOP_TOKEN": SHOP_TOKEN,
    }


def exemplar(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "exemplar", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_demonstration_shop_is_served_and_found_by_its_settings(
    kept: SqlShop, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "exemplar", "shop", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    monkeypatch.setenv("EXEMPLAR_SHOP_URL", f"http://127.0.0.1:{port}/")
    monkeypatch.setenv("EXEMPLAR_SHOP_TOKEN", SHOP_TOKEN)
    shared_shop.cache_clear()
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        shop = shared_shop()
        assert isinstance(shop, RestShop)
        assert shop.find_order(LATE, CUSTOMER) == kept.find_order(LATE, CUSTOMER)
        taken = exemplar(environment, "shop", "serve", "--port", str(port))
        assert taken.returncode == 1
        assert f"cannot listen on 127.0.0.1:{port}" in taken.stderr
    finally:
        shared_shop.cache_clear()
        process.send_signal(signal.SIGINT)
        printed = process.communicate(timeout=30)[0]
    assert process.returncode == 0
    assert printed == f"The shop answers at http://127.0.0.1:{port}/v1; Ctrl-C stops it.\n"


def test_without_a_token_nothing_is_served_or_asked(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    served_without = exemplar({**environment, "EXEMPLAR_SHOP_TOKEN": ""}, "shop", "serve")
    assert served_without.returncode == 1
    assert served_without.stderr.startswith("exemplar: set EXEMPLAR_SHOP_TOKEN")
    monkeypatch.setenv("EXEMPLAR_SHOP_URL", "https://shop.example")
    monkeypatch.delenv("EXEMPLAR_SHOP_TOKEN", raising=False)
    shared_shop.cache_clear()
    with pytest.raises(ExemplarError, match="EXEMPLAR_SHOP_TOKEN"):
        shared_shop()


def test_without_a_url_the_shop_is_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXEMPLAR_SHOP_URL", raising=False)
    monkeypatch.setenv("EXEMPLAR_STATE", str(tmp_path))
    shared_shop.cache_clear()
    try:
        assert isinstance(shared_shop(), SqlShop)
    finally:
        shared_shop.cache_clear()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, "EXEMPLAR_SHOP_URL: nothing answers at 127.0.0.1:"),
        (plain("200 OK", "<h1>Hello</h1>"), "docs/shop-api.json"),
        (plain("401 Unauthorized", "{}"), "refuses EXEMPLAR_SHOP_TOKEN"),
    ],
)
def test_the_assistant_does_not_start_with_a_shop_that_does_not_answer_it(
    environment: dict[str, str], answer: bytes | None, says: str
) -> None:
    ports = {name: str(free_port()) for name in ("EXEMPLAR_PORT", "EXEMPLAR_ACTIONS_PORT")}
    with answering(lambda _: answer or b"") as url:
        where = url if answer else f"http://127.0.0.1:{free_port()}"
        ended = exemplar({**environment, **ports, "EXEMPLAR_SHOP_URL": where}, "run")
    assert ended.returncode == 1
    assert says in ended.stderr
    assert ended.stderr.count("\n") == 1
