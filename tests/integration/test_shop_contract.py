"""What every shop must do: on SQLite, on PostgreSQL, over REST; and on yours.

``docs/connect-your-shop.md`` tells how to run this against another shop. It sees a shop only as the
assistant does; what a database shows beyond that is looked at where there is one.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Engine

from exemplar.database import metadata, open_database
from exemplar.shop import tables
from exemplar.shop.model import (
    AccountType,
    Address,
    ClaimKind,
    Customer,
    Order,
    OrderState,
    PaymentState,
    Product,
)
from exemplar.shop.policy import shared_policy
from exemplar.shop.rest import RestShop
from exemplar.shop.seed import seed
from exemplar.shop.shop import NotPossible, Shop
from exemplar.shop.sql import SqlShop
from tests.conftest import AtOnce
from tests.integration.conftest import SHOP_TOKEN, served

THEIRS = os.environ.get("EXEMPLAR_CONTRACT_URL")
DATA = Path(os.environ.get("EXEMPLAR_CONTRACT_DATA") or Path(__file__).with_name("contract.yml"))
ELSEWHERE = Address("Kade 1", "3511 AB", "Utrecht", "Netherlands")
#: What people paste, by mistake or not.
HOSTILE = {
    "sql": "'; DROP TABLE orders; --",
    "sql-or": "' OR '1'='1",
    "like": "%_%",
    "braces": "{order_number} {{x}} ${y} %s %(z)s",
    "null": "a\x00b",
    "half-surrogate": "a\ud83db",
    "emoji": "🎁👩‍👩‍👧‍👦é",
    "right-to-left": "\u202eabc",
    "lines": "a\r\nBcc: all@example.org\r\n\r\nb",
    "path": "../../v1/today?x=1#y",
    "long": "x" * 100_000,
    "long-wide": "🎁" * 100_000,
    "many-words": "desk lamp " * 10_000,
    "empty": "",
    "blank": " \t\n",
}
hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


@dataclass
class Contract:
    """A shop, filled as its data file says, and its database where there is one at hand."""

    shop: Shop
    engine: Engine | None
    data: dict[str, Any]

    @property
    def email(self) -> str:
        return str(self.data["customer"]["email"])

    @property
    def customer(self) -> Customer:
        return self.account(self.email)

    def account(self, email: str) -> Customer:
        found = self.shop.find_customer(email)
        assert found
        return found

    def order(self, state: str) -> Order:
        """The customer's order that stands so at first."""
        return self.pair(self.data["orders"][state], self.email)

    def pair(self, number: str, email: str) -> Order:
        found = self.shop.find_order(number, email)
        assert found
        return found

    def again(self, order: Order) -> Order:
        return self.pair(order.number, order.customer.email)

    def product(self, kind: str) -> Product:
        found = self.shop.find_products(self.data["products"][kind])
        assert len(found) == 1
        return found[0]

    def buy(self, product: Product, quantity: int = 1, **given: Any) -> Order:
        return self.shop.place_order(self.customer, product, quantity, ELSEWHERE, **given)

    @property
    def mails(self) -> list[tuple[str, str, str]]:
        """What the mailer is to send; the assistant never sees it, so a foreign shop is not asked."""
        if self.engine is None:
            pytest.skip("only the shop's own people see its mails")
        return [(m.to, m.kind, m.about) for m in _rows(self.engine, tables.mails)]

    def everything(self) -> list[Any]:
        """All that can be seen: every row, or else what the assistant sees."""
        if self.engine:
            return [_rows(self.engine, table) for table in metadata.sorted_tables]
        people = [self.account(self.data[who]["email"]) for who in ("customer", "settled")]
        return [
            people,
            [self.shop.orders_of(person) for person in people],
            [self.product(kind) for kind in self.data["products"]],
            self.shop.open_complaints(),
        ]

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Sees to it that nothing is changed meanwhile."""
        before = self.everything()
        yield
        assert self.everything() == before

    @contextmanager
    def refused(self) -> Iterator[None]:
        """Sees to it that something is not possible and changes nothing."""
        with self.untouched(), pytest.raises(NotPossible):
            yield


def _rows(engine: Engine, table: sa.Table) -> list[Any]:
    with engine.connect() as connection:
        return connection.execute(sa.select(table).order_by(*table.primary_key)).fetchall()


class _Sqlite:
    """A shop in a file, which is made anew by copying one that was filled once."""

    def __init__(self, folder: Path) -> None:
        self._full, self._file = folder / "full.db", folder / "shop.db"
        engine = open_database(f"sqlite:///{self._full}")
        seed(engine)
        with engine.connect() as connection:
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        engine.dispose()
        self.fill()
        self.engine = open_database(f"sqlite:///{self._file}")

    def fill(self) -> None:
        for end in ("-wal", "-shm"):
            self._file.with_name(self._file.name + end).unlink(missing_ok=True)
        shutil.copyfile(self._full, self._file)


class _PostgreSQL:
    """A shop in PostgreSQL, emptied and filled again."""

    def __init__(self, url: str) -> None:
        self.engine = open_database(url)

    def fill(self) -> None:
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        with self.engine.begin() as connection:
            connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        seed(self.engine)


class _Theirs:
    """A foreign shop over REST, which its own people fill."""

    engine = None

    def fill(self) -> None:
        if reset := os.environ.get("EXEMPLAR_CONTRACT_RESET"):
            subprocess.run(shlex.split(reset), check=True)


@pytest.fixture(scope="module", params=["theirs"] if THEIRS else ["sqlite", "postgresql", "rest"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Shop, Any]]:
    policy = shared_policy()
    if THEIRS:
        token = os.environ.get("EXEMPLAR_CONTRACT_TOKEN", "")
        yield RestShop(THEIRS, token, policy), _Theirs()
        return
    if request.param == "postgresql":
        kept: Any = _PostgreSQL(request.getfixturevalue("new_database")("contract"))
    else:
        kept = _Sqlite(tmp_path_factory.mktemp(request.param))
    with ExitStack() as opened:
        shop: Shop = SqlShop(kept.engine, policy)
        if request.param == "rest":
            shop = RestShop(opened.enter_context(served(shop)), SHOP_TOKEN, policy)
        yield shop, kept
        kept.engine.dispose()


@pytest.fixture
def contract(filled: tuple[Shop, Any]) -> Contract:
    shop, kept = filled
    kept.fill()
    return Contract(shop, kept.engine, yaml.safe_load(DATA.read_text(encoding="utf-8")))


# -- who is asking -------------------------------------------------------------------------------


def test_an_order_is_found_by_its_number_and_email_together(contract: Contract) -> None:
    order = contract.order("late")
    assert order.number == contract.data["orders"]["late"]
    assert order.customer == contract.customer
    assert order.items
    assert all(order.items)
    assert order.total > 0
    assert order.total == order.total.quantize(Decimal("0.01"))
    assert order.placed_on <= contract.shop.today()


def test_it_does_not_matter_how_the_email_is_written(contract: Contract) -> None:
    for email in (contract.email.upper(), contract.email.title(), f" {contract.email} "):
        assert contract.shop.find_order(contract.data["orders"]["late"], email)
        assert contract.shop.find_customer(email) == contract.customer


def test_somebody_elses_number_looks_like_an_unknown_one(contract: Contract) -> None:
    number, owner = contract.data["somebody_elses"]
    assert contract.shop.find_order(number, owner)
    for wrong in [(number, contract.email), ("ML-999999", contract.email), ("", contract.email)]:
        assert contract.shop.find_order(*wrong) is None
    for email in ("", " ", "@", "nobody@example.org", owner[1:], f"{owner}x"):
        assert contract.shop.find_order(number, email) is None
        assert contract.shop.find_customer(email) is None


def test_an_invoice_leads_to_its_order_for_whom_it_is(contract: Contract) -> None:
    order = contract.order("delivered")
    assert order.invoice
    number = order.invoice.number
    assert contract.shop.find_order_of_invoice(number, contract.email) == order
    assert contract.shop.find_order_of_invoice(number, contract.data["somebody_elses"][1]) is None
    assert contract.shop.find_order_of_invoice("IN-999999", contract.email) is None
    assert contract.shop.find_order_of_invoice(order.number, contract.email) is None


@hostile
def test_whatever_is_typed_as_a_number_or_an_email_finds_nothing_and_breaks_nothing(
    contract: Contract, text: str
) -> None:
    number, email = contract.data["orders"]["late"], contract.email
    with contract.untouched():
        for one in (text, number + text, text + number) if text else (text,):
            assert contract.shop.find_order(one, email) is None
            assert contract.shop.find_order_of_invoice(one, email) is None
        for one in (text, email + text, text + email) if text.strip() else (text,):
            assert contract.shop.find_order(number, one) is None
            assert contract.shop.find_customer(one) is None


def test_a_customer_is_found_with_their_name_and_address(contract: Contract) -> None:
    customer = contract.customer
    assert customer.name == contract.data["customer"]["name"]
    assert customer.addresses[0].street == contract.data["customer"]["street"]
    assert customer.deleted_on is None


def test_a_customers_orders_come_the_latest_first_and_are_all_theirs(contract: Contract) -> None:
    orders = contract.shop.orders_of(contract.customer)
    assert {order.number for order in orders} >= set(contract.data["orders"].values())
    assert {order.customer for order in orders} == {contract.customer}
    days = [order.placed_on for order in orders]
    assert days == sorted(days, reverse=True)
    assert contract.order("late") in orders


def test_every_order_stands_as_it_should(contract: Contract) -> None:
    for state in OrderState:
        assert contract.shop.state_of(contract.order(state.value)) == state


def test_the_shop_knows_what_day_it_is(contract: Contract) -> None:
    assert abs(contract.shop.today() - date.today()) <= timedelta(days=1)


# -- accounts ------------------------------------------------------------------------------------


def test_a_new_account_is_made_and_can_be_found(contract: Contract) -> None:
    contract.shop.create_account("Noor de Wit", "noor.de.wit@example.org")
    customer = contract.account("Noor.de.Wit@example.org")
    assert (customer.name, customer.account_type) == ("Noor de Wit", AccountType.PRIVATE)
    assert contract.shop.orders_of(customer) == []


def test_asking_for_an_account_that_is_there_changes_nothing_of_it(contract: Contract) -> None:
    before = contract.customer
    contract.shop.create_account("Somebody Else", contract.email.upper())
    assert contract.customer == before
    assert contract.mails[-1] == (contract.email, "account_exists", "")


def test_two_accounts_asked_for_at_once_are_one(contract: Contract, at_once: AtOnce) -> None:
    emails = iter(["Noor@Example.org", "noor@example.org"])
    assert at_once(lambda: contract.shop.create_account("Noor", next(emails))) == [None, None]
    assert contract.account("noor@example.org") == contract.account("NOOR@EXAMPLE.ORG")
    assert sorted(mail[1] for mail in contract.mails) == ["account_exists", "choose_password"]


@hostile
def test_a_new_accounts_name_may_be_anything(contract: Contract, text: str) -> None:
    contract.shop.create_account(text, "odd@example.org")
    customer = contract.account("odd@example.org")
    assert customer.name
    assert customer.first_name
    assert "\x00" not in customer.name


@hostile
@pytest.mark.parametrize("around", ["{}", "a{}@example.org", "a@example.org{}"])
def test_no_mail_goes_to_what_cannot_be_an_email_address(
    contract: Contract, text: str, around: str
) -> None:
    email = around.replace("{}", text)
    contract.shop.create_account("Noor", email)
    contract.shop.send_password_link(email)
    contract.shop.set_newsletter(email, True)
    contract.shop.tell_when_restocked(email, contract.product("sold_out"))
    if contract.engine:
        # Some of these are addresses by any reading.
        for to, _, _ in contract.mails:
            assert to.isprintable()
            assert len(to) <= 320
            assert " " not in to
            assert to.count("@") == 1


def test_a_link_for_a_password_goes_to_whom_there_is_and_nobody_else(contract: Contract) -> None:
    contract.shop.send_password_link(contract.email.upper())
    contract.shop.send_password_link("nobody@example.org")
    assert contract.mails == [(contract.email, "new_password", "")]


def test_what_is_given_is_changed_and_the_rest_stays(contract: Contract) -> None:
    before = contract.customer
    after = contract.shop.edit_customer(before, phone=" +31 6 5550 0199 ")
    assert after == replace(before, phone="+31 6 5550 0199") == contract.customer
    after = contract.shop.edit_customer(after, name="Mara Okafor-Bakker")
    assert after == replace(after, name="Mara Okafor-Bakker") == contract.customer
    for nothing in ({}, {"name": ""}, {"name": " \n", "phone": ""}):
        assert contract.shop.edit_customer(after, **nothing) == after


@hostile
def test_a_name_and_a_phone_number_may_be_anything(contract: Contract, text: str) -> None:
    after = contract.shop.edit_customer(contract.customer, name=text, phone=text)
    assert after == contract.customer
    assert after.first_name
    assert (
        contract.account(contract.data["settled"]["email"]).name == contract.data["settled"]["name"]
    )


def test_an_account_is_switched_and_stays_so(contract: Contract) -> None:
    for kind in (AccountType.BUSINESS, AccountType.BUSINESS, AccountType.PRIVATE):
        after = contract.shop.switch_account(contract.customer, kind)
        assert after.account_type == kind
        assert after == contract.customer


def test_an_account_is_deleted_on_one_day_however_often_one_asks(contract: Contract) -> None:
    customer = contract.account(contract.data["settled"]["email"])
    day = contract.shop.delete_account(customer)
    assert day >= contract.shop.today()
    after = contract.account(customer.email)
    assert after.deleted_on == day
    with contract.untouched():
        assert contract.shop.delete_account(customer) == day
        assert contract.shop.delete_account(after) == day


def test_an_account_with_something_on_its_way_is_not_deleted(contract: Contract) -> None:
    with contract.refused():
        contract.shop.delete_account(contract.customer)
    settled = contract.account(contract.data["settled"]["email"])
    contract.shop.place_order(settled, contract.product("in_stock"), 1, ELSEWHERE)
    with contract.refused():
        contract.shop.delete_account(settled)


def test_an_account_with_money_on_its_way_is_not_deleted(contract: Contract) -> None:
    settled = contract.account(contract.data["settled"]["email"])
    (delivered,) = contract.shop.orders_of(settled)
    contract.shop.refund_order(delivered)
    with contract.refused():
        contract.shop.delete_account(settled)


def test_an_account_with_a_replacement_on_its_way_is_not_deleted(contract: Contract) -> None:
    settled = contract.account(contract.data["settled"]["email"])
    (delivered,) = contract.shop.orders_of(settled)
    contract.shop.open_claim(delivered, ClaimKind.DAMAGED, "Cracked.")
    with contract.refused():
        contract.shop.delete_account(settled)


def test_an_account_is_not_deleted_and_ordered_from_at_the_same_moment(
    contract: Contract, at_once: AtOnce
) -> None:
    settled, product = (
        contract.account(contract.data["settled"]["email"]),
        contract.product("in_stock"),
    )
    wishes: Iterator[Callable[[], Any]] = iter(
        [
            lambda: contract.shop.delete_account(settled),
            lambda: contract.shop.place_order(settled, product, 1, ELSEWHERE),
        ]
    )
    results = at_once(lambda: next(wishes)())
    assert [type(result) for result in results].count(NotPossible) == 1, results


def test_an_address_is_added_once(contract: Contract) -> None:
    before = contract.customer
    after = contract.shop.add_address(before, ELSEWHERE)
    assert after.addresses == (*before.addresses, ELSEWHERE)
    with contract.untouched():
        assert contract.shop.add_address(before, replace(ELSEWHERE, street=" Kade 1 ")) == after
        assert contract.shop.add_address(after, before.addresses[0]) == after


def test_an_address_added_twice_at_once_is_there_once(contract: Contract, at_once: AtOnce) -> None:
    before = contract.customer
    results = at_once(lambda: contract.shop.add_address(before, ELSEWHERE))
    assert results == [contract.customer, contract.customer]
    assert contract.customer.addresses.count(ELSEWHERE) == 1


@hostile
def test_an_address_may_be_anything_and_is_added_once(contract: Contract, text: str) -> None:
    address = Address(text, text, text, text)
    after = contract.shop.add_address(contract.customer, address)
    assert contract.shop.add_address(after, address) == after == contract.customer
    assert len(after.addresses) == 2


def test_nobody_gets_the_newsletter_before_the_address_is_confirmed(contract: Contract) -> None:
    if contract.engine is None:
        pytest.skip("only the shop's own people see who gets it")
    engine, email = contract.engine, "reader@example.org"

    def state() -> Any:
        return [(row.email, row.state) for row in _rows(engine, tables.newsletter)]

    contract.shop.set_newsletter(" Reader@Example.org ", True)
    assert state() == [(email, "asked")]
    contract.shop.set_newsletter(email, True)
    assert state() == [(email, "asked")]
    assert set(contract.mails) == {(email, "newsletter_confirm", "")}
    with engine.begin() as connection:
        connection.execute(tables.newsletter.update().values(state="confirmed"))
    with contract.untouched():
        contract.shop.set_newsletter(email, True)
    contract.shop.set_newsletter(email.upper(), False)
    assert state() == [(email, "ended")]
    with contract.untouched():
        contract.shop.set_newsletter(email, False)
    contract.shop.set_newsletter(email, True)
    assert state() == [(email, "asked")]


def test_the_newsletter_can_be_asked_for_and_ended_by_whoever(contract: Contract) -> None:
    for email in (contract.email, "nobody@example.org"):
        for wanted in (True, True, False, False):
            contract.shop.set_newsletter(email, wanted)


# -- placing an order ----------------------------------------------------------------------------


def test_an_order_is_placed_and_waits_to_be_paid(contract: Contract) -> None:
    product = contract.product("in_stock")
    order = contract.buy(product, 3)
    assert order == contract.again(order)
    assert order.customer == contract.customer
    assert (order.total, order.payment) == (product.price * 3, PaymentState.OPEN)
    assert len(order.items) == 1
    assert product.name in order.items[0]
    assert order.address == ELSEWHERE
    assert order.placed_on == contract.shop.today()
    assert order.shipment.promised_on > contract.shop.today()
    assert (order.invoice, order.refund, order.cancelled_on) == (None, None, None)
    assert contract.shop.state_of(order) == OrderState.UNPAID
    assert contract.product("in_stock").stock == product.stock - 3
    assert contract.shop.orders_of(contract.customer)[0] == order
    assert contract.mails == [(contract.email, "payment_link", order.number)]


@pytest.mark.parametrize("quantity", [0, -1, -(10**9), 10**9, 10**30])
def test_there_is_no_order_for_so_many(contract: Contract, quantity: int) -> None:
    product = contract.product("in_stock")
    with contract.refused():
        contract.buy(product, quantity)


def test_what_is_not_there_cannot_be_ordered(contract: Contract) -> None:
    scarce, gone = contract.product("scarce"), contract.product("sold_out")
    unknown = replace(scarce, sku="no-such-thing")
    for product, quantity in [(scarce, scarce.stock + 1), (gone, 1), (unknown, 1)]:
        with contract.refused():
            contract.buy(product, quantity)


@pytest.mark.parametrize("price", ["0.00", "0.01", "-1.00", "9999.00"])
def test_nothing_is_sold_at_a_price_that_is_not_the_shops(contract: Contract, price: str) -> None:
    product = replace(contract.product("in_stock"), price=Decimal(price))
    with contract.refused():
        contract.buy(product)


def test_the_last_ones_are_not_sold_twice(contract: Contract, at_once: AtOnce) -> None:
    product = contract.product("scarce")
    results = at_once(lambda: contract.buy(product, product.stock))
    assert sorted(type(result).__name__ for result in results) == ["NotPossible", "Order"], results
    assert contract.product("scarce").stock == 0


def test_an_orders_number_is_not_handed_out_twice(contract: Contract, at_once: AtOnce) -> None:
    product, numbers = contract.product("in_stock"), []
    for _ in range(5):
        results = at_once(lambda: contract.buy(product))
        assert all(isinstance(result, Order) for result in results), results
        numbers += [result.number for result in results]
    assert len(set(numbers)) == 10
    assert contract.product("in_stock").stock == product.stock - 10


def test_the_same_key_places_one_order(contract: Contract) -> None:
    product = contract.product("in_stock")
    order = contract.buy(product, key="web-1/17")
    with contract.untouched():
        assert contract.buy(product, key="web-1/17") == order
        assert contract.buy(replace(product, stock=0), 2, key="web-1/17") == order
    assert contract.buy(product, key="web-1/18").number != order.number


def test_the_same_key_from_two_threads_places_one_order(
    contract: Contract, at_once: AtOnce
) -> None:
    product = contract.product("scarce")
    results = at_once(lambda: contract.buy(product, key="twice"))
    assert results[0] == results[1] == contract.again(results[0])
    assert contract.product("scarce").stock == product.stock - 1


def test_a_key_shows_nobody_another_customers_order(contract: Contract) -> None:
    product = contract.product("in_stock")
    contract.buy(product, key="mine")
    settled = contract.account(contract.data["settled"]["email"])
    with contract.refused():
        contract.shop.place_order(settled, product, 1, ELSEWHERE, key="mine")


@hostile
def test_a_key_and_an_address_may_be_anything(contract: Contract, text: str) -> None:
    product, address = contract.product("in_stock"), Address(text, text, text, text)
    order = contract.shop.place_order(contract.customer, product, 1, address, key=text or "-")
    assert order == contract.again(order)
    again = contract.shop.place_order(contract.customer, product, 1, address, key=text or "-")
    assert again == order


def test_who_has_the_account_deleted_orders_nothing_more(contract: Contract) -> None:
    settled, product = (
        contract.account(contract.data["settled"]["email"]),
        contract.product("in_stock"),
    )
    contract.shop.delete_account(settled)
    with contract.refused():
        contract.shop.place_order(settled, product, 1, ELSEWHERE)


# -- changing an order ---------------------------------------------------------------------------

LEFT = ["shipped", "delivered", "kept", "cancelled", "refund_pending", "refunded"]


def test_what_was_paid_for_a_cancelled_order_goes_back(contract: Contract) -> None:
    before = contract.order("processing")
    order = contract.shop.cancel_order(before)
    assert order == contract.again(before)
    assert order.refund
    assert (order.refund.amount, order.refund.paid_on) == (before.total, None)
    assert order.cancelled_on == order.refund.requested_on == contract.shop.today()
    assert order.refund.due_on > contract.shop.today()
    assert contract.shop.state_of(order) == OrderState.REFUND_PENDING


def test_an_unpaid_order_is_cancelled_without_money(contract: Contract) -> None:
    failed = contract.pair(*contract.data["payment_failed"])
    for before in (contract.order("unpaid"), failed):
        order = contract.shop.cancel_order(before)
        assert (order.refund, order.cancelled_on) == (None, contract.shop.today())
        assert contract.shop.state_of(order) == OrderState.CANCELLED


@pytest.mark.parametrize("state", [*LEFT, "late"])
def test_what_has_left_or_was_settled_is_not_cancelled(contract: Contract, state: str) -> None:
    order = contract.order(state)
    with contract.refused():
        contract.shop.cancel_order(order)


@pytest.mark.parametrize("state", ["processing", "unpaid"])
def test_an_order_is_cancelled_once(contract: Contract, at_once: AtOnce, state: str) -> None:
    seen_before = contract.order(state)
    results = at_once(lambda: contract.shop.cancel_order(seen_before))
    assert sorted(type(result).__name__ for result in results) == ["NotPossible", "Order"], results
    with contract.refused():
        contract.shop.cancel_order(seen_before)


@pytest.mark.parametrize("known", [False, True])
def test_a_guest_gets_a_link_to_order_with_and_nothing_else_is_changed(
    contract: Contract, known: bool
) -> None:
    product, email = contract.product("in_stock"), "ada.first@example.org"
    to = contract.email.upper() if known else email
    before, orders = contract.customer, contract.shop.orders_of(contract.customer)
    for _ in range(2):
        contract.shop.order_as_guest("Ada First", to, product, 2, ELSEWHERE, key="guest-1")
    # Nobody has shown whose the address is: there is no account, no order, and nothing set aside.
    assert contract.shop.find_customer(email) is None
    assert contract.customer == before
    assert contract.shop.orders_of(contract.customer) == orders
    assert contract.product("in_stock") == product
    ((sent_to, kind, about),) = contract.mails
    assert (sent_to.lower(), kind) == (to.lower(), "guest_order")
    assert contract.engine
    (noted,) = _rows(contract.engine, tables.guest_orders)
    assert (noted.name, noted.sku, noted.quantity) == ("Ada First", product.sku, 2)
    assert (noted.price, noted.street, about) == (product.price, ELSEWHERE.street, "G-1001")


def test_a_guests_wish_said_twice_at_once_is_one_mail(contract: Contract, at_once: AtOnce) -> None:
    product = contract.product("in_stock")
    results = at_once(
        lambda: contract.shop.order_as_guest(
            "Ada", "ada@example.org", product, 1, ELSEWHERE, key="guest-1"
        )
    )
    assert results == [None] * len(results)
    assert [kind for _, kind, _ in contract.mails] == ["guest_order"]


def test_a_guest_is_refused_what_nobody_can_have(contract: Contract) -> None:
    product, sold_out = contract.product("in_stock"), contract.product("sold_out")
    dearer = replace(product, price=product.price + 1)
    gone = replace(product, sku="no-such-thing")
    for wanted, quantity, email in (
        (sold_out, 1, "ada@example.org"),
        (product, product.stock + 1, "ada@example.org"),
        (product, 0, "ada@example.org"),
        (dearer, 1, "ada@example.org"),
        (gone, 1, "ada@example.org"),
        (product, 1, "no address"),
    ):
        with contract.refused():
            contract.shop.order_as_guest("Ada", email, wanted, quantity, ELSEWHERE)


@hostile
def test_a_guests_name_and_address_may_be_anything(contract: Contract, text: str) -> None:
    address = Address(text, text, text, text)
    product = contract.product("in_stock")
    contract.shop.order_as_guest(text, "odd@example.org", product, 1, address, key=text or "-")
    assert contract.shop.find_customer("odd@example.org") is None


def test_the_packers_are_told_of_a_change(contract: Contract) -> None:
    order = contract.order("processing")
    first = contract.shop.change_order(order, "In green, please.")
    second = contract.shop.change_order(order, "In blue.")
    assert (first.order_number, first.text) == (order.number, "In green, please.")
    assert (second.number, second.text) == (first.number, "In blue.")
    if contract.engine:
        (kept,) = _rows(contract.engine, tables.order_changes)
        assert kept.text == "In blue."


@pytest.mark.parametrize("state", [*LEFT, "late"])
def test_what_has_left_or_was_settled_is_not_changed(contract: Contract, state: str) -> None:
    order = contract.order(state)
    with contract.refused():
        contract.shop.change_order(order, "In green, please.")
    with contract.refused():
        contract.shop.change_address(order, ELSEWHERE)


@pytest.mark.parametrize("state", ["processing", "unpaid"])
def test_what_is_still_here_goes_elsewhere(contract: Contract, state: str) -> None:
    before = contract.order(state)
    after = contract.shop.change_address(before, ELSEWHERE)
    assert after == replace(before, address=ELSEWHERE) == contract.again(before)
    assert contract.shop.change_address(before, ELSEWHERE) == after
    assert contract.customer.addresses == before.customer.addresses


def test_what_was_cancelled_since_one_looked_is_not_changed(contract: Contract) -> None:
    seen_before = contract.order("processing")
    contract.shop.cancel_order(seen_before)
    for change in (
        lambda: contract.shop.change_order(seen_before, "In green, please."),
        lambda: contract.shop.change_address(seen_before, ELSEWHERE),
        lambda: contract.shop.refund_order(seen_before),
    ):
        with contract.refused():
            change()


@hostile
def test_a_wish_a_note_and_an_address_may_be_anything(contract: Contract, text: str) -> None:
    order = contract.order("processing")
    assert contract.shop.change_order(order, text).order_number == order.number
    contract.shop.note_on_order(order, text)
    after = contract.shop.change_address(order, Address(text, text, text, text))
    assert after == contract.again(order)
    assert contract.order("late").address.street == contract.data["customer"]["street"]


@pytest.mark.parametrize("state", ["late", "delivered"])
def test_what_is_late_or_can_be_returned_is_refunded_whole(contract: Contract, state: str) -> None:
    order = contract.order(state)
    refund = contract.shop.refund_order(order)
    assert (refund.amount, refund.paid_on) == (order.total, None)
    assert refund.requested_on == contract.shop.today() < refund.due_on
    after = contract.again(order)
    assert after.refund == refund
    assert contract.shop.state_of(after) == OrderState.REFUND_PENDING


@pytest.mark.parametrize(
    "state",
    ["unpaid", "processing", "shipped", "kept", "cancelled", "refund_pending", "refunded"],
)
def test_nothing_else_is_refunded(contract: Contract, state: str) -> None:
    order = contract.order(state)
    with contract.refused():
        contract.shop.refund_order(order)


def test_money_goes_back_once(contract: Contract, at_once: AtOnce) -> None:
    seen_before = contract.order("late")
    results = at_once(lambda: contract.shop.refund_order(seen_before))
    assert sorted(type(result).__name__ for result in results) == ["NotPossible", "Refund"], results
    with contract.refused():
        contract.shop.refund_order(seen_before)


def test_what_is_gone_or_of_somebody_else_cannot_be_changed(contract: Contract) -> None:
    shop, product = contract.shop, contract.product("in_stock")
    order = replace(contract.order("processing"), number="ML-999999")
    nobody = replace(contract.customer, id=999_999, email="nobody@example.org")
    changes: list[Callable[[], Any]] = [
        lambda: shop.cancel_order(order),
        lambda: shop.change_order(order, "x"),
        lambda: shop.change_address(order, ELSEWHERE),
        lambda: shop.refund_order(order),
        lambda: shop.note_on_order(order, "x"),
        lambda: shop.send_payment_link(order),
        lambda: shop.return_second_payment(order),
        lambda: shop.send_invoice(order),
        lambda: shop.open_claim(order, ClaimKind.DAMAGED, "x"),
        lambda: shop.edit_customer(nobody, name="x"),
        lambda: shop.edit_customer(nobody),
        lambda: shop.switch_account(nobody, AccountType.BUSINESS),
        lambda: shop.delete_account(nobody),
        lambda: shop.add_address(nobody, ELSEWHERE),
        lambda: shop.place_order(nobody, product, 1, ELSEWHERE),
        lambda: shop.tell_when_restocked(contract.email, replace(product, sku="no-such-thing")),
    ]
    for change in changes:
        with contract.refused():
            change()
    assert shop.orders_of(nobody) == []


# -- money ---------------------------------------------------------------------------------------


def test_a_link_to_pay_is_mailed_for_what_is_unpaid(contract: Contract) -> None:
    unpaid, failed = contract.order("unpaid"), contract.pair(*contract.data["payment_failed"])
    for order in (unpaid, failed):
        contract.shop.send_payment_link(order)
    assert contract.mails == [
        (order.customer.email, "payment_link", order.number) for order in (unpaid, failed)
    ]


@pytest.mark.parametrize("state", ["processing", "late", *LEFT])
def test_there_is_no_link_to_pay_for_what_is_paid_or_cancelled(
    contract: Contract, state: str
) -> None:
    order = contract.order(state)
    with contract.refused():
        contract.shop.send_payment_link(order)


def test_a_second_payment_goes_back_once(contract: Contract, at_once: AtOnce) -> None:
    seen_before = contract.pair(*contract.data["paid_twice"])
    assert seen_before.payment == PaymentState.TWICE
    results = at_once(lambda: contract.shop.return_second_payment(seen_before))
    assert sorted(type(result).__name__ for result in results) == ["NotPossible", "Order"], results
    after = contract.again(seen_before)
    # A shop that does not keep the day leaves it unset.
    today = after.second_payment_returned_on and contract.shop.today()
    assert after == replace(
        seen_before, payment=PaymentState.PAID, second_payment_returned_on=today
    )
    with contract.refused():
        contract.shop.return_second_payment(seen_before)
    email = seen_before.customer.email
    assert contract.mails == [(email, "second_payment_returned", seen_before.number)]


def test_a_second_payment_goes_back_also_for_a_cancelled_order(contract: Contract) -> None:
    order = contract.shop.cancel_order(contract.pair(*contract.data["paid_twice"]))
    assert order.refund
    assert order.refund.amount == order.total
    assert contract.shop.return_second_payment(order).refund == order.refund


def test_nothing_goes_back_that_was_taken_once(contract: Contract) -> None:
    for state in OrderState:
        order = contract.order(state.value)
        with contract.refused():
            contract.shop.return_second_payment(order)


def test_an_invoice_is_mailed_where_there_is_one(contract: Contract) -> None:
    order = contract.order("delivered")
    assert order.invoice
    contract.shop.send_invoice(order)
    unpaid = contract.order("unpaid")
    assert unpaid.invoice is None
    with contract.refused():
        contract.shop.send_invoice(unpaid)
    assert contract.mails == [(contract.email, "invoice", order.invoice.number)]


# -- products ------------------------------------------------------------------------------------


def test_a_product_is_found_by_its_name(contract: Contract) -> None:
    product = contract.product("in_stock")
    assert product.stock > 0
    assert product.price > 0
    assert product.sku
    assert contract.product("sold_out").stock == 0


@hostile
def test_whatever_is_searched_for_at_most_five_are_found(contract: Contract, text: str) -> None:
    with contract.untouched():
        assert len(contract.shop.find_products(text)) <= 5
    assert contract.shop.find_products("hippopotamus") == []


def test_one_mail_is_written_however_often_one_asks_for_it(
    contract: Contract, at_once: AtOnce
) -> None:
    product = contract.product("sold_out")
    emails = iter([contract.email, contract.email.upper(), f" {contract.email} "])
    assert at_once(lambda: contract.shop.tell_when_restocked(next(emails), product)) == [None] * 2
    contract.shop.tell_when_restocked(next(emails), product)
    ((to, kind, about),) = contract.mails
    assert (to.lower(), kind, about) == (contract.email, "restocked", product.sku)


# -- what customers say --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [ClaimKind.DAMAGED, ClaimKind.WRONG, ClaimKind.MISSING])
def test_what_is_wrong_is_sent_anew(contract: Contract, kind: ClaimKind) -> None:
    order = contract.order("delivered")
    claim = contract.shop.open_claim(order, kind, "It is cracked.")
    assert (claim.order_number, claim.kind, claim.text) == (order.number, kind, "It is cracked.")
    assert claim.replacement_on
    assert claim.replacement_on > contract.shop.today()


def test_a_warranty_claim_is_looked_into_first(contract: Contract) -> None:
    claim = contract.shop.open_claim(contract.order("kept"), ClaimKind.WARRANTY, "It wobbles.")
    assert claim.replacement_on is None
    assert claim.answer_by > contract.shop.today()


def test_an_order_has_one_claim_of_a_kind_to_which_more_is_added(contract: Contract) -> None:
    order = contract.order("delivered")

    def claim(text: str, kind: ClaimKind = ClaimKind.DAMAGED) -> Any:
        return contract.shop.open_claim(order, kind, text)

    first, second = claim("It is cracked."), claim("And scratched.")
    assert (second.number, second.text) == (first.number, "It is cracked.\nAnd scratched.")
    with contract.untouched():
        assert claim("And scratched.") == second
    # All of it told again with more stands there once.
    assert claim(f"{second.text}\nHelp.").text == "It is cracked.\nAnd scratched.\nHelp."
    assert claim("One is missing.", ClaimKind.MISSING).number != first.number


def test_a_claim_made_twice_at_once_is_one(contract: Contract, at_once: AtOnce) -> None:
    order = contract.order("delivered")
    results = at_once(lambda: contract.shop.open_claim(order, ClaimKind.WRONG, "A kettle?"))
    assert results[0] == results[1]


@pytest.mark.parametrize(
    "state", ["unpaid", "processing", "shipped", "late", "cancelled", "refund_pending", "refunded"]
)
def test_there_is_no_claim_for_what_was_not_delivered_or_was_refunded(
    contract: Contract, state: str
) -> None:
    order = contract.order(state)
    with contract.refused():
        contract.shop.open_claim(order, ClaimKind.DAMAGED, "It is cracked.")


def test_a_complaint_is_kept_and_waits_for_an_answer(contract: Contract) -> None:
    number = contract.data["orders"]["late"]
    complaint = contract.shop.register_complaint("web-contract-1", "It is late.", number)
    assert complaint.conversation == "web-contract-1"
    assert (complaint.text, complaint.order_number) == ("It is late.", number)
    assert complaint.answer_by > contract.shop.today()
    assert complaint in contract.shop.open_complaints()


def test_a_conversation_has_one_complaint_to_which_more_is_added(contract: Contract) -> None:
    def complain(text: str, number: str | None = None) -> Any:
        return contract.shop.register_complaint("web-contract-1", text, number)

    first, second = complain("It is late."), complain("Nobody answers.", "ML-104163")
    assert (second.number, second.text) == (first.number, "It is late.\nNobody answers.")
    assert second.order_number == "ML-104163"
    assert complain("Nobody answers.", "ML-104217") == second
    assert complain(f"{second.text}\nHelp.").text == "It is late.\nNobody answers.\nHelp."


def test_complaining_twice_at_once_is_one_complaint(contract: Contract, at_once: AtOnce) -> None:
    results = at_once(lambda: contract.shop.register_complaint("web-contract-1", "Late.", None))
    assert results[0] == results[1]
    assert contract.shop.open_complaints().count(results[0]) == 1


def test_what_must_be_answered_first_stands_first(contract: Contract) -> None:
    for count in range(3):
        contract.shop.register_complaint(f"web-contract-{count}", "Late.", None)
    days = [complaint.answer_by for complaint in contract.shop.open_complaints()]
    assert days == sorted(days)


def test_a_later_opinion_takes_the_earlier_ones_place(contract: Contract) -> None:
    first = contract.shop.add_review("web-contract-1", "Nice mugs.")
    second = contract.shop.add_review("web-contract-1", "They broke.")
    other = contract.shop.add_review("web-contract-2", "Nice.")
    assert (second.number, second.text) == (first.number, "They broke.")
    assert other.number != first.number
    if contract.engine:
        assert [row.text for row in _rows(contract.engine, tables.reviews)] == [
            "They broke.",
            "Nice.",
        ]


def test_an_opinion_given_twice_at_once_is_one(contract: Contract, at_once: AtOnce) -> None:
    results = at_once(lambda: contract.shop.add_review("web-contract-1", "Nice."))
    assert results[0].number == results[1].number


@hostile
def test_what_customers_say_may_be_anything(contract: Contract, text: str) -> None:
    order = contract.order("delivered")
    said = [
        contract.shop.open_claim(order, ClaimKind.DAMAGED, text),
        contract.shop.register_complaint("web-contract-1", text, text),
        contract.shop.register_complaint("web-contract-2", text, None),
        contract.shop.add_review("web-contract-1", text),
    ]
    again = [
        contract.shop.open_claim(order, ClaimKind.DAMAGED, text),
        contract.shop.register_complaint("web-contract-1", text, text),
        contract.shop.register_complaint("web-contract-2", text, None),
    ]
    assert again == said[:3]
    if text in {HOSTILE[name] for name in ("sql", "braces", "emoji", "path", "lines")}:
        assert {one.text for one in said} == {text}


@pytest.mark.parametrize("end", ["1", "2", "\x00", "\ud83d", "🎁"])
def test_conversations_with_long_or_odd_ids_stay_apart(contract: Contract, end: str) -> None:
    name = "web-contract-" + "x" * 500
    contract.shop.register_complaint(name, "Mine.", None)
    other = contract.shop.register_complaint(name + end, "Another's.", None)
    assert other.text == "Another's."
    assert contract.shop.register_complaint(name + end, "More.", None).text == "Another's.\nMore."


def test_letters_may_be_of_any_language_in_an_email(contract: Contract) -> None:
    contract.shop.create_account("Jörg", "JÖRG@example.org")
    assert contract.account("jörg@example.org") == contract.account("JÖRG@EXAMPLE.ORG")
