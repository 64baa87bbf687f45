"""Promises: written down once, due in the morning after, told once, and never over a person."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Engine

import actions.feedback
import actions.item
import actions.order
import actions.promise
import actions.who
from exemplar.asking import CUSTOMER, proof_for
from exemplar.desk.brief import Brief
from exemplar.desk.dispatcher import Dispatcher
from exemplar.desk.fronts import Later, Never
from exemplar.desk.model import Outcome, Person, PromiseState
from exemplar.desk.outbox import Outbox
from exemplar.desk.promises import (
    COMPLAINT,
    DELIVERY,
    LEASE,
    LONGEST_WAIT,
    REFUND,
    Promise,
    Promises,
)
from exemplar.desk.registry import Registry, utc_now
from exemplar.settings import shared_secrets
from exemplar.shop.model import ClaimKind
from exemplar.shop.policy import POLICY_FILE, load_policy
from exemplar.shop.seed import seed
from exemplar.shop.sql import SqlShop
from tests.conftest import CUSTOMER as MARA
from tests.conftest import AtOnce

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
BRIEF = Brief("asked", "Mara wrote about: track refund.", (), (), "person!")
SARA = Person("desk:sara", "Sara")
FRIDAY = date(2026, 11, 20)
#: A Wednesday.
TODAY = date(2026, 11, 18)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 18, 10)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def promises(engine: Engine, clock: Clock) -> Promises:
    return Promises(engine, AMSTERDAM, clock)


def make(promises: Promises, day: date = FRIDAY, number: str = "R-104163") -> None:
    promises.make("web-1", "website", REFUND, number, day, order_number="ML-104163")


def days(promises: Promises) -> list[date]:
    return [one.promised_on for one in promises.open_in("web-1")]


# -- the table ---------------------------------------------------------------------------------------


def test_a_promise_is_kept_as_it_was_made_and_due_on_the_morning_after(promises: Promises) -> None:
    make(promises)
    (kept,) = promises.open_in("web-1")
    assert (kept.conversation, kept.channel, kept.kind) == ("web-1", "website", REFUND)
    assert (kept.number, kept.order_number, kept.promised_on) == ("R-104163", "ML-104163", FRIDAY)
    assert kept.state == PromiseState.OPEN
    # Nine o'clock in Amsterdam, in winter.
    assert kept.due == datetime(2026, 11, 21, 8)
    assert str(kept) == "refund R-104163 by 20 November"


def test_a_promise_of_a_day_that_has_passed_is_due_tomorrow(promises: Promises) -> None:
    make(promises, date(2026, 11, 2))
    assert promises.open_in("web-1")[0].due == datetime(2026, 11, 19, 8)


def test_the_same_promise_made_again_is_one(promises: Promises) -> None:
    for _ in range(3):
        make(promises)
    assert days(promises) == [FRIDAY]


def test_another_day_takes_the_place_of_the_one_before_and_may_be_the_first_again(
    promises: Promises,
) -> None:
    later = FRIDAY + timedelta(days=3)
    make(promises)
    make(promises, later)
    assert days(promises) == [later]
    make(promises)
    assert days(promises) == [FRIDAY]


def test_two_promises_of_one_conversation_stand_side_by_side(promises: Promises) -> None:
    make(promises)
    make(promises, number="R-104099")
    assert [one.number for one in promises.open_in("web-1")] == ["R-104163", "R-104099"]
    promises.end("web-1", REFUND, "R-104163", PromiseState.CANCELLED)
    assert [one.number for one in promises.open_in("web-1")] == ["R-104099"]


def test_the_same_promise_made_twice_at_the_same_moment_is_one(
    engine: Engine, at_once: AtOnce
) -> None:
    promises = Promises(engine, AMSTERDAM)
    for count in range(10):
        made = at_once(lambda n=f"R-{count}": make(promises, number=n))
        assert made == [None, None]
    assert len(promises.open_in("web-1")) == 10


def test_what_is_due_is_taken_once_until_its_lease_ends(promises: Promises, clock: Clock) -> None:
    make(promises)
    assert promises.take() == []
    clock.now = datetime(2026, 11, 21, 8)
    (taken,) = promises.take()
    assert (taken.number, taken.tries) == ("R-104163", 0)
    assert promises.take() == []
    # Who took it was killed.
    clock.now += LEASE
    (again,) = promises.take()
    assert (again.id, again.tries) == (taken.id, 1)
    promises.done(again, PromiseState.KEPT)
    clock.now += timedelta(days=30)
    assert promises.take() == []


def test_what_failed_waits_longer_each_time_and_at_most_an_hour(
    promises: Promises, clock: Clock
) -> None:
    make(promises)
    times = []
    for _ in range(9):
        while not (due := promises.take()):
            clock.now += timedelta(minutes=1)
        times.append(clock.now)
        promises.later(due[0])
    waits = [after - before for before, after in pairwise(times)]
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert waits[-1] == LONGEST_WAIT


def test_a_promise_kept_is_not_made_again_by_a_second_look(
    promises: Promises, clock: Clock
) -> None:
    make(promises)
    clock.now = datetime(2026, 11, 21, 8)
    promises.done(promises.take()[0], PromiseState.KEPT)
    make(promises)
    assert days(promises) == []


def test_one_that_was_taken_is_not_ended_over_a_newer_day(promises: Promises, clock: Clock) -> None:
    make(promises)
    clock.now = datetime(2026, 11, 21, 8)
    (taken,) = promises.take()
    later = date(2026, 11, 24)
    make(promises, later)
    promises.done(taken, PromiseState.KEPT)
    promises.later(taken)
    assert days(promises) == [later]


@pytest.mark.parametrize("claimed", [False, True])
def test_nothing_is_taken_while_a_person_has_the_conversation(
    engine: Engine, promises: Promises, clock: Clock, claimed: bool
) -> None:
    registry = Registry(engine, clock, fronts=())
    make(promises)
    number = registry.request("web-1", "website", BRIEF).number
    if claimed:
        registry.claim(number, SARA)
    clock.now = datetime(2026, 11, 21, 8)
    assert promises.take() == []
    registry.close(number, SARA if claimed else None, Outcome.RETURNED)
    assert [one.number for one in promises.take()] == ["R-104163"]


def test_what_fell_due_while_a_person_solved_the_matter_is_theirs_and_not_said_again(
    engine: Engine, promises: Promises, clock: Clock
) -> None:
    registry = Registry(engine, clock, fronts=())
    make(promises)
    make(promises, date(2026, 11, 30), number="R-104099")
    number = registry.request("web-1", "website", BRIEF).number
    registry.claim(number, SARA)
    clock.now = datetime(2026, 11, 21, 9)
    registry.close(number, SARA)
    assert promises.take() == []
    # What is due later is still followed up.
    assert [one.number for one in promises.open_in("web-1")] == ["R-104099"]


def test_a_person_who_only_gets_in_touch_does_not_hold_a_promise_up(
    engine: Engine, promises: Promises, clock: Clock
) -> None:
    make(promises)
    Registry(engine, clock, fronts=()).request("web-1", "website", BRIEF, queue=False)
    clock.now = datetime(2026, 11, 21, 8)
    assert len(promises.take()) == 1


# -- the dispatcher ----------------------------------------------------------------------------------


async def followed_up(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, trouble: Exception | None
) -> tuple[list[str], list[Promise], Clock]:
    """Runs the dispatcher on a promise that is due; what was said, and what is open afterwards."""
    clock = Clock()
    promises = Promises(engine, AMSTERDAM, clock)
    make(promises)
    clock.now = datetime(2026, 11, 21, 8)
    said: list[str] = []

    async def follow_up(promise: Promise) -> None:
        said.append(promise.number)
        if trouble:
            raise trouble

    monkeypatch.setattr("exemplar.desk.dispatcher.TICK", 0.0)
    registry = Registry(engine, fronts=())
    dispatcher = Dispatcher(registry, Outbox(engine, "here", utc_now), {}, promises, follow_up)
    running = asyncio.create_task(dispatcher.run())
    await asyncio.sleep(1.5)
    running.cancel()
    return said, promises.open_in("web-1"), clock


async def test_the_dispatcher_has_a_promise_said_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, still_open, _ = await followed_up(engine, monkeypatch, None)
    assert (said, still_open) == (["R-104163"], [])


async def test_a_promise_to_a_conversation_that_is_gone_is_let_go(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, still_open, _ = await followed_up(engine, monkeypatch, Never("gone"))
    assert (said, still_open) == (["R-104163"], [])


@pytest.mark.parametrize("trouble", [Later("nothing to say"), RuntimeError("not loaded")])
async def test_a_promise_that_could_not_be_said_stays_and_waits(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    said, still_open, _ = await followed_up(engine, monkeypatch, trouble)
    assert said == ["R-104163"]
    assert [one.tries for one in still_open] == [1]


# -- what actions write down -------------------------------------------------------------------------


@pytest.fixture
def shop(engine: Engine, promises: Promises, monkeypatch: pytest.MonkeyPatch) -> SqlShop:
    seed(engine, TODAY)
    made = SqlShop(engine, load_policy(POLICY_FILE), lambda: datetime.combine(TODAY, time(12)))
    for module in (
        actions.feedback,
        actions.item,
        actions.order,
        actions.promise,
        actions.who,
    ):
        monkeypatch.setattr(module, "shared_shop", lambda: made)
    monkeypatch.setattr(actions.promise, "shared_promises", lambda: promises)
    return made


def run(action: Any, intent: str = "affirm", **slots: Any) -> dict[str, Any]:
    held = {"order_number": "ML-104163", "email": MARA, **slots}
    said = {"text": "…", "metadata": {}, "intent": {"name": intent}}
    events = [{"event": "user", "text": "…", "parse_data": said, "input_channel": "website"}]
    tracker = Tracker("web-1", held, said, events, False, None, {}, "action_listen")
    return {
        event["name"]: event["value"] for event in action.run(CollectingDispatcher(), tracker, {})
    }


def written(promises: Promises) -> list[tuple[str, str]]:
    return [(one.kind, one.number) for one in promises.open_in("web-1")]


@pytest.mark.usefixtures("shop")
def test_a_late_order_is_followed_up_on_the_carriers_day_until_it_is_paid_back(
    shop: SqlShop, promises: Promises
) -> None:
    run(actions.order.ActionLookUpOrder())
    order = shop.find_order("ML-104163", MARA)
    assert order
    (parcel,) = promises.open_in("web-1")
    assert (parcel.kind, parcel.promised_on) == (DELIVERY, order.shipment.expected_on)
    assert parcel.channel == "website"
    assert run(actions.order.ActionRefundOrder())["change"] == "made"
    (money,) = promises.open_in("web-1")
    refund = shop.find_order("ML-104163", MARA).refund  # type: ignore[union-attr]
    assert refund
    assert (money.kind, money.number, money.promised_on, money.order_number) == (
        *(REFUND, refund.number, refund.due_on, "ML-104163"),
    )


@pytest.mark.usefixtures("shop")
def test_a_complaint_is_followed_up_on_the_day_of_its_answer_and_what_is_added_is_the_same(
    promises: Promises,
) -> None:
    number = run(actions.feedback.ActionRegisterComplaint())["complaint_number"]
    run(actions.feedback.ActionRegisterComplaint())
    assert written(promises) == [(COMPLAINT, number)]
    find = actions.promise.ActionFindComplaint()
    assert run(find, promise_number=number) == {"change": "refused"}
    assert run(find, promise_number="C-9999") == {"change": "made"}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("goal", "kind"), [("report_damaged_item", "replacement"), ("ask_warranty", "claim")]
)
def test_a_claim_is_followed_up_on_the_day_of_replacement_or_answer(
    promises: Promises, goal: str, kind: str
) -> None:
    delivered = {"order_number": "ML-104140", "email": "aisha.rahman@example.org"}
    found = run(actions.item.ActionOpenClaim(), goal=goal, **delivered)
    assert found["change"] == "made"
    assert written(promises) == [(kind, found["claim_number"])]


def test_a_claim_is_switched_to_the_money_and_back_and_what_was_promised_goes_with_it(
    shop: SqlShop, promises: Promises
) -> None:
    known = {"order_number": "ML-104140", "email": "aisha.rahman@example.org"}
    opened = run(actions.item.ActionOpenClaim(), goal="report_damaged_item", **known)
    number = opened["claim_number"]
    known["claim_matter"] = opened["claim_matter"]
    add = actions.item.ActionAddToClaim()
    money = run(add, "get_refund", offered="claim_money", **known)
    assert (money["change"], money["settled"]) == ("made", "claim_money")
    assert written(promises) == [("claim", number)]
    back = run(add, "place_order", offered="claim_new", **known)
    assert (back["claim_number"], back["settled"]) == (number, "replacement")
    assert written(promises) == [("replacement", number)]
    assert run(add, "change_order", offered="claim_more", **known)["change"] == "made"
    # A colleague reads what was wanted, one under the other.
    order = shop.find_order("ML-104140", known["email"])
    assert order
    said = shop.open_claim(order, ClaimKind.DAMAGED, "").text.splitlines()
    assert "Wants the money instead of the new one: …" in said
    assert "Wants the new one after all, not the money: …" in said


def test_a_part_of_the_price_back_is_noted_as_that_and_no_new_one_is_waited_for(
    shop: SqlShop, promises: Promises
) -> None:
    known = {"order_number": "ML-104140", "email": "aisha.rahman@example.org"}
    opened = run(actions.item.ActionOpenClaim(), goal="report_damaged_item", **known)
    held = {"claim_matter": opened["claim_matter"], "settled": opened["settled"], **known}
    noted = run(actions.item.ActionNoteClaimWish(), claim_wish="part", **held)
    assert (noted["change"], noted["settled"]) == ("made", "claim_wish")
    assert (noted["claim_number"], noted["claim_running"]) == (opened["claim_number"], "yes")
    assert written(promises) == [("claim", opened["claim_number"])]
    order = shop.find_order("ML-104140", known["email"])
    assert order
    said = shop.open_claim(order, ClaimKind.DAMAGED, "").text.splitlines()
    assert "Wants a part of the price back and keeps it, no new one: …" in said


def test_a_repair_is_noted_and_nothing_is_sent_for_it(shop: SqlShop, promises: Promises) -> None:
    known = {"order_number": "ML-104140", "email": "aisha.rahman@example.org"}
    noted = run(actions.item.ActionNoteClaimWish(), claim_wish="repair", **known)
    assert (noted["change"], noted["claim_running"]) == ("made", None)
    assert noted["claim_replacement_on"] is None
    assert written(promises) == [("claim", noted["claim_number"])]


def test_a_claim_that_was_open_before_is_seen(shop: SqlShop, promises: Promises) -> None:
    known = {"order_number": "ML-104140", "email": "aisha.rahman@example.org"}
    order = shop.find_order("ML-104140", known["email"])
    assert order
    before = shop.open_claim(order, ClaimKind.DAMAGED, "The lever is stuck.")
    found = run(actions.item.ActionOpenClaim(), goal="report_damaged_item", **known)
    assert (found["change"], found["claim_number"]) == ("already", before.number)
    assert found["settled"] == "replacement"
    shop.open_claim(order, ClaimKind.DAMAGED, "Wants it repaired, no new one: mend it")
    found = run(actions.item.ActionOpenClaim(), goal="report_damaged_item", **known)
    assert (found["settled"], found["claim_wish"]) == ("claim_wish", "repair")


def test_nothing_is_switched_where_no_claim_is_known(promises: Promises, shop: SqlShop) -> None:
    found = run(actions.item.ActionAddToClaim(), offered="claim_money", order_number="ML-104140")
    assert found == {"change": "refused"}
    assert written(promises) == []


@pytest.mark.usefixtures("shop")
def test_the_look_of_a_follow_up_ends_no_promise_and_awaits_nothing(promises: Promises) -> None:
    run(actions.order.ActionLookUpOrder())
    before = written(promises)
    due = "EXTERNAL_delivery_due"
    found = run(actions.order.ActionLookUpOrder(), due, asked_before="often")
    assert found["order_state"] == "late"
    assert written(promises) == before
    lost = run(actions.order.ActionLookUpOrder(), due, email="somebody@example.org")
    assert lost == {"order_state": "not_found"}


@pytest.mark.usefixtures("shop")
def test_who_signed_in_when_they_wrote_is_still_known_when_a_promise_is_followed_up() -> None:
    key = shared_secrets().visitor_key
    wrote = {CUSTOMER: {"email": MARA, "proof": proof_for(MARA, "web-1", key)}}
    due = {"intent": {"name": "EXTERNAL_delivery_due"}, "metadata": {"is_external": True}}
    events = [
        {"event": "user", "parse_data": {"intent": {"name": "track_order"}}, "metadata": wrote},
        {"event": "user", "parse_data": due, "metadata": due["metadata"]},
    ]
    held = {"order_number": "ML-104163"}
    tracker = Tracker("web-1", held, due, events, False, None, {}, "action_listen")
    found = actions.order.ActionLookUpOrder().run(CollectingDispatcher(), tracker, {})
    assert {"event": "slot", "timestamp": None, "name": "order_state", "value": "late"} in found


@pytest.mark.usefixtures("shop")
def test_what_is_dropped_is_followed_up_no_more(promises: Promises) -> None:
    run(actions.order.ActionLookUpOrder())
    run(actions.promise.ActionDropPromise(), promise_number="ML-104163")
    assert written(promises) == []
