from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from exemplar.database import metadata, open_database
from exemplar.errors import ExemplarError
from exemplar.shop import tables
from exemplar.shop.calendar import add_working_days, returnable_until
from exemplar.shop.model import Order, OrderState
from exemplar.shop.policy import POLICY_FILE, load_policy
from exemplar.shop.seed import seed
from exemplar.shop.shop import NotPossible
from exemplar.shop.sql import LONGEST, SqlShop

AtOnce = Callable[[Callable[[], Any]], list[Any]]

TODAY = date(2026, 11, 18)
POLICY = load_policy(POLICY_FILE)
MARA, JONAS = "mara.okafor@example.org", "jonas.lindqvist@example.com"
PROCESSING, SHIPPED, LATE, DELIVERED = "ML-104217", "ML-104198", "ML-104163", "ML-104102"
REFUND_PENDING, REFUNDED, KEPT = "ML-104055", "ML-104031", "ML-103874"


def shop_on(engine: Engine, today: date) -> SqlShop:
    return SqlShop(engine, POLICY, lambda: datetime.combine(today, time(12)))


@pytest.fixture
def shop(engine: Engine) -> SqlShop:
    seed(engine, TODAY)
    return shop_on(engine, TODAY)


def order_of(shop: SqlShop, number: str, email: str = MARA) -> Order:
    order = shop.find_order(number, email)
    assert order is not None
    return order


def everything(engine: Engine) -> list[list[Any]]:
    with engine.connect() as connection:
        return [
            connection.execute(sa.select(table)).fetchall()
            for table in metadata.sorted_tables
            if not table.name.startswith("handover")
        ]


def numbers_of(engine: Engine, email: str) -> list[str]:
    mine = (
        sa.select(tables.orders.c.number)
        .join(tables.customers)
        .where(tables.customers.c.email == email)
    )
    with engine.connect() as connection:
        return list(connection.execute(mine).scalars())


# -- the seed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "today", [TODAY, date(2027, 1, 2), date(2024, 2, 29), date(2031, 6, 1), date.today()]
)
def test_orders_stand_the_same_on_whatever_day_the_shop_is_filled(
    engine: Engine, today: date
) -> None:
    seed(engine, today)
    shop = shop_on(engine, today)
    states = {
        number: shop.state_of(order_of(shop, number)).value for number in numbers_of(engine, MARA)
    }
    assert (
        states.items()
        >= {
            PROCESSING: "processing",
            SHIPPED: "shipped",
            LATE: "late",
            DELIVERED: "delivered",
            KEPT: "kept",
            REFUND_PENDING: "refund_pending",
            REFUNDED: "refunded",
        }.items()
    )


def test_one_customer_of_the_seed_has_an_order_in_every_state(
    shop: SqlShop, engine: Engine
) -> None:
    states = {shop.state_of(order_of(shop, number)) for number in numbers_of(engine, MARA)}
    assert states == set(OrderState)


def test_in_the_seed_things_happen_in_the_order_they_can_happen(
    shop: SqlShop, engine: Engine
) -> None:
    with engine.connect() as connection:
        pairs = connection.execute(
            sa.select(tables.orders.c.number, tables.customers.c.email).join(tables.customers)
        ).fetchall()
    assert len(pairs) > 10
    for number, email in pairs:
        order = order_of(shop, number, email)
        shipment, refund = order.shipment, order.refund
        happened = [order.placed_on, shipment.shipped_on, shipment.delivered_on]
        dates = [day for day in happened if day]
        assert dates == sorted(dates), number
        assert dates[-1] <= TODAY
        assert order.items
        assert order.total > 0
        assert shipment.delivered_on or order.cancelled_on or shipment.expected_on >= TODAY, number
        if refund:
            assert order.placed_on <= refund.requested_on <= TODAY
            assert (refund.paid_on is None) == (refund.due_on >= TODAY), number


def test_filling_the_shop_twice_changes_nothing(engine: Engine) -> None:
    assert seed(engine, TODAY)
    before = everything(engine)
    assert not seed(engine, TODAY + timedelta(days=3))
    assert everything(engine) == before


# -- how an order stands ---------------------------------------------------------------------------


def test_an_order_is_late_the_day_after_it_was_promised_and_not_before(engine: Engine) -> None:
    seed(engine, TODAY)
    promised = order_of(shop_on(engine, TODAY), SHIPPED).shipment.promised_on
    for days, state in [(0, OrderState.SHIPPED), (1, OrderState.LATE)]:
        shop = shop_on(engine, promised + timedelta(days=days))
        assert shop.state_of(order_of(shop, SHIPPED)) == state


def test_an_item_can_be_sent_back_on_the_last_day_and_not_after(engine: Engine) -> None:
    seed(engine, TODAY)
    delivered = order_of(shop_on(engine, TODAY), DELIVERED).shipment.delivered_on
    assert delivered
    for days, state in [(30, OrderState.DELIVERED), (31, OrderState.KEPT)]:
        shop = shop_on(engine, delivered + timedelta(days=days))
        assert shop.state_of(order_of(shop, DELIVERED)) == state


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 18), 0, date(2026, 11, 18)),
        (date(2026, 11, 18), 2, date(2026, 11, 20)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 12, 28), 5, date(2027, 1, 4)),
    ],
)
def test_weekends_are_no_working_days(start: date, days: int, end: date) -> None:
    assert add_working_days(start, days) == end


# -- finding an order ------------------------------------------------------------------------------


def test_an_order_is_found_by_number_and_email_together(shop: SqlShop) -> None:
    order = order_of(shop, LATE)
    assert order.items == ("walnut writing desk", "felt desk pad")
    assert order.total == Decimal("348.50")
    assert order.customer.first_name == "Mara"
    assert order.shipment.promised_on == TODAY - timedelta(days=6)
    assert order.refund is None


def test_it_does_not_matter_how_the_email_is_capitalized(shop: SqlShop) -> None:
    assert shop.find_order(LATE, "Mara.Okafor@EXAMPLE.org") == order_of(shop, LATE)


def test_somebody_elses_number_looks_like_an_unknown_one(shop: SqlShop) -> None:
    assert shop.find_order("ML-104188", JONAS)
    assert shop.find_order("ML-104188", MARA) is None
    assert shop.find_order("ML-999999", MARA) is None
    assert shop.find_order(LATE, "") is None
    assert shop.find_order("", MARA) is None


@pytest.mark.parametrize(
    "attack",
    [
        "' OR '1'='1",
        "ML-104163' --",
        "'; DROP TABLE orders; --",
        "%",
        "ML-10416_",
        "\x00",
        "ü" * 5000,
    ],
)
def test_input_that_looks_like_sql_finds_nothing_and_breaks_nothing(
    shop: SqlShop, engine: Engine, attack: str
) -> None:
    before = everything(engine)
    assert shop.find_order(attack, MARA) is None
    assert shop.find_order(LATE, attack) is None
    assert shop.find_order(attack, attack) is None
    assert everything(engine) == before


def test_an_address_is_found_as_it_was_written_when_ordering(shop: SqlShop, engine: Engine) -> None:
    written = "JÖRG@example.org"
    with engine.begin() as connection:
        mine = tables.customers.c.email == MARA
        connection.execute(tables.customers.update().where(mine).values(email=written))
    assert shop.find_order(LATE, written)


# -- cancelling ------------------------------------------------------------------------------------


def test_a_cancelled_order_stands_as_one_with_its_money_on_the_way(shop: SqlShop) -> None:
    refund = shop.cancel_order(order_of(shop, PROCESSING)).refund
    assert refund
    assert (refund.number, refund.amount) == ("R-104217", Decimal("64.90"))
    assert (refund.requested_on, refund.due_on) == (TODAY, date(2026, 11, 25))
    order = order_of(shop, PROCESSING)
    assert (order.cancelled_on, order.refund) == (TODAY, refund)
    assert shop.state_of(order) == OrderState.REFUND_PENDING


def test_cancelling_twice_is_refused_and_changes_nothing(shop: SqlShop, engine: Engine) -> None:
    seen_before = order_of(shop, PROCESSING)
    shop.cancel_order(seen_before)
    before = everything(engine)
    with pytest.raises(NotPossible):
        shop.cancel_order(seen_before)
    assert everything(engine) == before


@pytest.mark.parametrize("number", [SHIPPED, LATE, DELIVERED, KEPT, REFUND_PENDING, REFUNDED])
def test_what_has_left_the_warehouse_or_was_settled_cannot_be_cancelled(
    shop: SqlShop, engine: Engine, number: str
) -> None:
    before = everything(engine)
    with pytest.raises(NotPossible):
        shop.cancel_order(order_of(shop, number))
    assert everything(engine) == before


def test_what_was_cancelled_before_anything_was_paid_brings_no_money(
    shop: SqlShop, engine: Engine
) -> None:
    seen_before = order_of(shop, PROCESSING)
    with engine.begin() as connection:
        mine = tables.orders.c.number == PROCESSING
        connection.execute(tables.orders.update().where(mine).values(cancelled_on=TODAY))
    assert shop.state_of(order_of(shop, PROCESSING)) == OrderState.CANCELLED
    for change in (shop.cancel_order, shop.refund_order):
        with pytest.raises(NotPossible):
            change(seen_before)
    assert order_of(shop, PROCESSING).refund is None


def test_what_left_the_warehouse_since_one_looked_cannot_be_cancelled(
    shop: SqlShop, engine: Engine
) -> None:
    seen_before = order_of(shop, PROCESSING)
    with engine.begin() as connection:
        mine = tables.shipments.c.order_number == PROCESSING
        connection.execute(tables.shipments.update().where(mine).values(shipped_on=TODAY))
    with pytest.raises(NotPossible):
        shop.cancel_order(seen_before)
    assert order_of(shop, PROCESSING).refund is None


def test_a_late_order_that_never_left_can_still_be_cancelled(engine: Engine) -> None:
    seed(engine, TODAY)
    shop = shop_on(engine, TODAY + timedelta(days=10))
    order = order_of(shop, PROCESSING)
    assert shop.state_of(order) == OrderState.LATE
    refund = shop.cancel_order(order).refund
    assert refund
    assert refund.amount == order.total


def test_cancelling_from_two_threads_at_once_pays_once(shop: SqlShop, at_once: AtOnce) -> None:
    order = order_of(shop, PROCESSING)
    results = at_once(lambda: shop.cancel_order(order))
    assert sorted(type(result).__name__ for result in results) == ["NotPossible", "Order"]


# -- refunding -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [LATE, DELIVERED])
def test_a_late_or_returnable_order_is_refunded_whole(shop: SqlShop, number: str) -> None:
    order = order_of(shop, number)
    refund = shop.refund_order(order)
    assert refund.amount == order.total
    assert refund.due_on == date(2026, 11, 25)
    assert refund.paid_on is None
    assert shop.state_of(order_of(shop, number)) == OrderState.REFUND_PENDING


@pytest.mark.parametrize("number", [PROCESSING, SHIPPED, KEPT, REFUND_PENDING, REFUNDED])
def test_nothing_else_is_refunded(shop: SqlShop, engine: Engine, number: str) -> None:
    before = everything(engine)
    with pytest.raises(NotPossible):
        shop.refund_order(order_of(shop, number))
    assert everything(engine) == before


def test_asking_twice_for_a_refund_pays_once(shop: SqlShop) -> None:
    seen_before = order_of(shop, LATE)
    refund = shop.refund_order(seen_before)
    with pytest.raises(NotPossible):
        shop.refund_order(seen_before)
    assert order_of(shop, LATE).refund == refund


def test_refunding_from_two_threads_at_once_pays_once(shop: SqlShop, at_once: AtOnce) -> None:
    order = order_of(shop, LATE)
    results = at_once(lambda: shop.refund_order(order))
    assert sorted(type(result).__name__ for result in results) == ["NotPossible", "Refund"]


def test_what_was_done_outlives_the_process(shop: SqlShop, tmp_path: Path) -> None:
    refund = shop.refund_order(order_of(shop, LATE))
    reopened = shop_on(open_database(f"sqlite:///{tmp_path / 'shop.db'}"), TODAY)
    assert order_of(reopened, LATE).refund == refund


# -- notes and complaints --------------------------------------------------------------------------


def test_every_note_on_an_order_is_kept_as_it_was_written(shop: SqlShop, engine: Engine) -> None:
    order = order_of(shop, LATE)
    for text in ("It's late'); --", "Ünïcode 🎁", "x" * (LONGEST + 1)):
        shop.note_on_order(order, text)
    with engine.connect() as connection:
        notes = connection.execute(sa.select(tables.order_notes).order_by("id")).fetchall()
    assert [note.text for note in notes] == ["It's late'); --", "Ünïcode 🎁", "x" * LONGEST]
    assert {note.order_number for note in notes} == {LATE}


def test_a_complaint_is_registered_with_a_number_and_a_day_to_answer_by(shop: SqlShop) -> None:
    complaint = shop.register_complaint("web-1", "The desk came broken.", LATE)
    assert complaint.number == "C-1001"
    assert (complaint.text, complaint.order_number) == ("The desk came broken.", LATE)
    assert complaint.answer_by == date(2026, 11, 20)
    assert shop.open_complaints() == [complaint]


def test_a_conversation_has_one_complaint_to_which_more_is_added(shop: SqlShop) -> None:
    first = shop.register_complaint("web-1", "The desk came broken.", LATE)
    second = shop.register_complaint("web-1", "And nobody answers.", LATE)
    again = shop.register_complaint("web-1", "And nobody answers.", LATE)
    assert second.number == first.number
    assert second.text == "The desk came broken.\nAnd nobody answers."
    assert again == second
    assert shop.open_complaints() == [second]


def test_another_conversation_has_a_complaint_of_its_own(shop: SqlShop) -> None:
    numbers = [shop.register_complaint(f"web-{count}", "Late.", None).number for count in range(3)]
    assert len(set(numbers)) == 3
    assert [complaint.number for complaint in shop.open_complaints()] == numbers


def test_complaining_twice_at_the_same_moment_registers_one_complaint(
    shop: SqlShop, at_once: AtOnce
) -> None:
    for count in range(10):
        results = at_once(lambda name=f"web-{count}": shop.register_complaint(name, "Late.", None))
        assert len({complaint.number for complaint in results}) == 1, results


def test_the_complaint_to_be_answered_first_stands_first(engine: Engine) -> None:
    for conversation, day in [("later", TODAY + timedelta(days=7)), ("sooner", TODAY)]:
        shop_on(engine, day).register_complaint(conversation, "Late.", None)
    waiting = shop_on(engine, TODAY).open_complaints()
    assert [complaint.conversation for complaint in waiting] == ["sooner", "later"]


def test_an_answered_complaint_waits_again_when_there_is_more(engine: Engine) -> None:
    shop_on(engine, TODAY).register_complaint("web-1", "Late.", None)
    with engine.begin() as connection:
        connection.execute(tables.complaints.update().values(answered=datetime(2026, 11, 19, 9)))
    later = shop_on(engine, TODAY + timedelta(days=7))
    later.register_complaint("web-1", "Late.", LATE)
    assert later.open_complaints() == []
    more = later.register_complaint("web-1", "Still late.", None)
    assert later.open_complaints() == [more]
    assert more.answer_by > TODAY + timedelta(days=7)


# -- what only a database can hold -----------------------------------------------------------------


def test_of_two_accounts_whose_addresses_differ_in_capitals_each_is_found(
    shop: SqlShop, engine: Engine
) -> None:
    with engine.begin() as connection:
        for name, email in [("First", "Two@example.org"), ("Second", "two@example.org")]:
            connection.execute(tables.customers.insert().values(name=name, email=email))
    for name, email in [("First", "Two@example.org"), ("Second", "two@example.org")]:
        found = shop.find_customer(email)
        assert found
        assert found.name == name


def test_a_product_without_a_word_in_its_name_is_in_nobodys_way(
    shop: SqlShop, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(
            tables.products.insert().values(
                sku="X", name="4711", category="scents", price="9.00", stock=1
            )
        )
    assert [product.sku for product in shop.find_products("felt desk pad")] == ["PAD-01"]
    assert shop.find_products("4711") == []


def test_a_customer_without_a_name_is_greeted_without_one(shop: SqlShop, engine: Engine) -> None:
    with engine.begin() as connection:
        mine = tables.customers.c.email == MARA
        connection.execute(tables.customers.update().where(mine).values(name=" "))
    assert order_of(shop, LATE).customer.first_name == ""


def test_numbers_that_are_not_the_shops_own_do_not_disturb_its_count(
    shop: SqlShop, engine: Engine
) -> None:
    with engine.begin() as connection:
        for number in ("ZZ-9", "zz"):
            connection.execute(
                tables.orders.insert().values(
                    number=number, customer_id=1, total="1.00", placed_on=TODAY
                )
            )
    customer, (product,) = shop.find_customer(MARA), shop.find_products("felt desk pad")
    assert customer
    placed = shop.place_order(customer, product, 1, customer.addresses[0])
    assert placed.number == "ML-104227"


def test_an_error_of_the_database_does_not_tell_what_was_written(
    shop: SqlShop, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE mails"))
    with pytest.raises(sa.exc.OperationalError) as raised:
        shop.send_password_link(MARA)
    assert MARA not in str(raised.value)


# -- the terms -------------------------------------------------------------------------------------


def test_the_companys_terms_can_be_read() -> None:
    policy = load_policy(POLICY_FILE)
    assert policy.return_days > 0
    assert policy.standard_delivery


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"just words",
        b"return_days: 30",
        b"return_days: [",
        b"return_days: \xff",
        POLICY_FILE.read_bytes().replace(b"return_days: 30", b"return_days: thirty"),
        POLICY_FILE.read_bytes().replace(b"season_to: 24 December", b"season_to: Christmas"),
    ],
    ids=["empty", "list", "words", "incomplete", "broken", "not-utf-8", "days-in-words", "no-day"],
)
def test_broken_terms_are_one_clear_error_that_names_the_file(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "policy.yml"
    file.write_bytes(content)
    with pytest.raises(ExemplarError, match=r"policy\.yml"):
        load_policy(file)


def test_missing_terms_are_one_clear_error_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(ExemplarError, match=r"nowhere\.yml"):
        load_policy(tmp_path / "nowhere.yml")


@pytest.mark.parametrize(
    ("arrival", "last"),
    [
        (date(2026, 11, 14), date(2026, 12, 14)),
        (date(2026, 11, 15), date(2027, 1, 31)),
        (date(2026, 12, 24), date(2027, 1, 31)),
        (date(2026, 12, 25), date(2027, 1, 24)),
        (date(2027, 3, 1), date(2027, 3, 31)),
    ],
)
def test_what_arrives_in_the_season_can_come_back_until_the_day_that_the_terms_name(
    arrival: date, last: date
) -> None:
    assert returnable_until(arrival, load_policy(POLICY_FILE)) == last
