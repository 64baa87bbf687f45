"""Simulated customers: drawn from a seed, reacting as SESSIONS say, and reported as they fared."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.engine import Engine

from exemplar.errors import ExemplarError
from exemplar.moves import MOVES
from exemplar.sessions.project import read_domain, responses_of
from exemplar.settings import ROOT
from exemplar.shop.policy import shared_policy
from exemplar.shop.seed import seed
from exemplar.shop.shop import Shop
from exemplar.shop.sql import SqlShop
from exemplar.simulation.customers import Customer, draw_customers
from exemplar.simulation.measures import Measure, measure
from exemplar.simulation.needs import NEEDS, ORDERS, Need
from exemplar.simulation.phrases import (
    MOST,
    Phrase,
    Phrasebook,
    read_phrases,
    varied,
    with_readings,
)
from exemplar.simulation.reactions import FEATURES, Observed, Reactions, Turn, estimate
from exemplar.simulation.record import Answer, Conversation, Exchange
from exemplar.simulation.report import Simulation, data, page, write
from exemplar.simulation.running import ARMS, play, play_all, reply_of
from exemplar.simulation.shop import Holding, count, demonstration_holdings, give_orders
from exemplar.simulation.talking import INTENTS, Reply, Talker

INITIAL = (0.0, 0.2, 0.6, 0.9)
PRODUCTS = (("plant pot", "stoneware mug"), ("glass kettle",))
LATE = Need("track_order", "late", ("utter_explain_order_late",))


@pytest.fixture
def shop(engine: Engine) -> Shop:
    seed(engine)
    return SqlShop(engine, shared_policy())


@pytest.fixture(scope="module")
def reactions() -> Reactions:
    return estimate(made_up_turns())


def made_up_turns(noise: float = 0.02) -> list[Observed]:
    """Turns in which validating calms by 0.2, blame upsets by 0.3, and nothing else does anything."""
    random = np.random.default_rng(3)
    turns = []
    for number in range(900):
        moves = frozenset(m for m in MOVES if random.random() < 0.3)
        anti = frozenset({"blame"} if random.random() < 0.2 else ())
        change = -0.2 * ("validate" in moves) + 0.3 * bool(anti) + random.normal(0, noise)
        turn = Turn(moves, anti, float(random.random()))
        turns.append(Observed(f"session-{number // 6}", turn, change))
    return turns


def customer(*needs: Need, draw: int = 0, frustration: float = 0.1, **habits: int) -> Customer:
    """A customer with these needs and, unless said otherwise, the plainest habits."""
    from dataclasses import replace

    drawn = draw_customers(draw + 1, 5, INITIAL, PRODUCTS)[draw]
    plain = dict.fromkeys(vars(drawn.habits), False) | {"gives_both": True} | habits
    return replace(
        drawn,
        needs=needs,
        temper=replace(drawn.temper, frustration=frustration, strength=1.0),
        patience=replace(drawn.patience, turns=3, frustration=1.1, asks_for_person=True),
        habits=type(drawn.habits)(**plain),
    )


def book() -> Phrasebook:
    return Phrasebook(
        [
            Phrase("track_order", "where is [ML-1](order_number)", True, 0.1),
            Phrase("track_order", "WHERE is it", True, 0.9),
            Phrase("thank", "thanks", True, 0.0),
            Phrase("affirm", "yes", True, 0.0),
            Phrase("deny", "no", True, 0.0),
            Phrase("vent", "what a mess", True, 0.9),
            Phrase("reject_answer", "that is no answer", True, 0.4),
            Phrase("contact_human_agent", "a person please", True, 0.4),
            Phrase("provide_details", "[a@b.c](email)", True, 0.0),
        ]
    )


def holding() -> Holding:
    return demonstration_holdings()["ML-104163"]


def reply(*actions: str, text: str = "", **slots: str) -> Reply:
    said = tuple(Answer(text or name, name) for name in actions if name.startswith("utter_"))
    return Reply("track_order", 0.1, actions, said, slots)


# -- needs and shop ------------------------------------------------------------------------------


def test_orders_stand_as_the_needs_say(shop: Shop) -> None:
    owners = {number: one.email for number, one in demonstration_holdings().items()}
    for state, numbers in ORDERS.items():
        for number in numbers:
            order = shop.find_order(number, owners[number])
            assert order is not None
            if state in {"failed", "twice"}:
                assert order.payment.value == state
            else:
                assert shop.state_of(order).value == state


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.name)
def test_needs_name_what_there_is(need: Need, shop: Shop, engine: Engine) -> None:
    assert need.goal in read_domain(ROOT)["intents"]
    assert need.order in ORDERS
    responses = responses_of(ROOT / "data")
    for name in need.served_by:
        assert any(response.startswith(name) for response in responses), name
    if need.query:
        known = dict.fromkeys(("order", "email", "sender", "street", "phone", "new_name"), "x")
        assert count(engine, need.query, known) == 0


def test_everybody_has_an_order_of_their_own(shop: Shop, engine: Engine) -> None:
    given = give_orders(engine, {"0m": "ML-104163", "0b": "ML-104163", "1m": "ML-104055"})
    assert len({one.order for one in given.values()}) == len({o.email for o in given.values()}) == 3
    late = shop.find_order(given["0b"].order, given["0b"].email)
    assert late is not None
    assert shop.state_of(late).value == "late"
    assert late.items == ("walnut writing desk", "felt desk pad")
    pending = shop.find_order(given["1m"].order, given["1m"].email)
    assert pending is not None
    assert pending.refund is not None
    shop.refund_order(late)
    other = shop.find_order(given["0m"].order, given["0m"].email)
    assert other is not None
    assert other.refund is None


# -- customers -----------------------------------------------------------------------------------


def test_the_same_seed_draws_the_same_customers() -> None:
    assert draw_customers(30, 7, INITIAL, PRODUCTS) == draw_customers(30, 7, INITIAL, PRODUCTS)
    assert draw_customers(30, 7, INITIAL, PRODUCTS) != draw_customers(30, 8, INITIAL, PRODUCTS)


def test_more_customers_begin_with_the_same() -> None:
    assert draw_customers(9, 7, INITIAL, PRODUCTS) == draw_customers(40, 7, INITIAL, PRODUCTS)[:9]


def test_customers_differ() -> None:
    drawn = draw_customers(200, 7, INITIAL, PRODUCTS)
    assert len({one.needs[0] for one in drawn}) > 25
    assert 20 < sum(len(one.needs) == 2 for one in drawn) < 80
    assert all(0 <= one.temper.frustration <= 1 for one in drawn)
    assert {one.habits.insists for one in drawn} == {0, 1, 2, 3}
    assert all(one.order in ORDERS[one.needs[0].order] for one in drawn)


# -- phrases -------------------------------------------------------------------------------------


def test_details_of_a_phrase_become_the_customers_own() -> None:
    phrase = Phrase("track_order", "[Ann](name) asks for [ML-1](order_number)", True)
    assert phrase.plain == "Ann asks for ML-1"
    assert phrase.filled({"order_number": "ML-7"}) == "Ann asks for ML-7"
    assert phrase.details == {"name", "order_number"}


def test_a_phrase_with_somebody_elses_number_is_known() -> None:
    assert Phrase("track_order", "where is 330917", True).has_other_numbers
    assert not Phrase("track_order", "where is [330917](order_number)", True).has_other_numbers
    assert Phrase("edit_account", "not [Ann](name) but [Anne](name)", True).repeats_a_detail


def test_words_fit_the_frustration() -> None:
    random = np.random.default_rng(0)
    calm = [book().choose("track_order", 0.1, random) for _ in range(20)]
    angry = [book().choose("track_order", 0.9, random) for _ in range(20)]
    assert {one.frustration for one in calm if one} == {0.1}
    assert {one.frustration for one in angry if one} == {0.9}
    assert book().choose("track_order", 0.5, random, lambda _: False) is None


def test_every_intent_can_be_said() -> None:
    phrases = varied(read_phrases(), INTENTS)
    counted = {intent: sum(one.intent == intent for one in phrases) for intent in INTENTS}
    assert min(counted.values()) >= 10
    assert max(counted.values()) <= MOST
    assert sum(one.heldout for one in phrases) > 1000


def test_phrases_are_read_once(tmp_path: Path) -> None:
    texts: list[str] = []

    def read(text: str) -> float:
        texts.append(text)
        return 0.25

    unread = [Phrase("greet", "hi", True), Phrase("greet", "hello", False)]
    first = with_readings(unread, tmp_path, read)
    assert [one.frustration for one in first] == [0.25, 0.25]
    assert with_readings(unread, tmp_path, read) == first
    assert texts == ["hi", "hello"]
    with_readings(unread[:1], tmp_path, read)
    assert len(texts) == 3


def test_a_broken_cache_is_read_anew(tmp_path: Path) -> None:
    unread = [Phrase("greet", "hi", True)]
    with_readings(unread, tmp_path, lambda _: 0.25)
    next(tmp_path.glob("*.json")).write_text("{")
    assert with_readings(unread, tmp_path, lambda _: 0.5)[0].frustration == 0.5


# -- reactions -----------------------------------------------------------------------------------


def test_reactions_find_what_was_put_in(reactions: Reactions) -> None:
    found = {one.name: one for one in reactions.coefficients}
    assert found["validate"].mean == pytest.approx(-0.2, abs=0.01)
    assert found["blame"].mean == pytest.approx(0.3, abs=0.01)
    for name in set(FEATURES) - {"validate", "blame"}:
        assert abs(found[name].mean) < 0.01, name
        assert found[name].low - 0.003 < 0 < found[name].high + 0.003, name
    assert found["validate"].high < 0 < found["blame"].low
    assert reactions.explained > 0.9


def test_a_reaction_stays_in_bounds(reactions: Reactions) -> None:
    random = np.random.default_rng(0)
    blamed = Turn(frozenset(), frozenset({"blame"}), 0.95)
    met = Turn(frozenset({"validate"}), frozenset(), 0.05)
    assert reactions.after(blamed, 5.0, random) == 1.0
    assert reactions.after(met, 5.0, random) == 0.0


def test_too_few_turns_are_refused() -> None:
    with pytest.raises(ExemplarError, match="at least 40"):
        estimate(made_up_turns()[:20])


# -- talking -------------------------------------------------------------------------------------


def test_a_customer_gives_what_is_asked_and_leaves_when_served(reactions: Reactions) -> None:
    talker = Talker(customer(LATE), holding(), book(), reactions)
    assert talker.speak() == "where is ML-104163"
    assert talker.meant == "track_order"
    talker.hear(reply("utter_clarify_order_details", details_missing="order"))
    assert talker.speak() == "ML-104163 mara.okafor@example.org"
    talker.hear(reply("utter_explain_order_late"))
    assert talker.end == "served"
    assert talker.served == [LATE]


def test_a_customer_who_mistypes_mends_it(reactions: Reactions) -> None:
    talker = Talker(customer(LATE, mistypes=True), holding(), book(), reactions)
    talker.speak()
    talker.hear(reply("utter_clarify_order_details", details_missing="order"))
    assert talker.speak() == "ML-104163 amra.okafor@example.org"
    talker.hear(reply("utter_explain_order_not_found", details_missing="match"))
    assert talker.speak() == "ML-104163 mara.okafor@example.org"


def test_who_is_not_helped_asks_for_a_person(reactions: Reactions) -> None:
    talker = Talker(customer(LATE), holding(), book(), reactions)
    for _ in range(3):
        talker.speak()
        talker.hear(reply("utter_clarify_rephrase"))
    assert talker.speak() == "a person please"
    assert talker.asked_for_person
    talker.hear(reply("action_hand_over", "utter_handover_waiting"))
    assert talker.end == "person"


def test_who_insists_asks_again_and_takes_any_answer(reactions: Reactions) -> None:
    talker = Talker(customer(LATE, insists=2), holding(), book(), reactions)
    for answer in ("utter_explain_order_late", "utter_expect_refund"):
        assert talker.speak()
        assert talker.meant == "track_order"
        talker.hear(reply(answer))
        assert not talker.end
    talker.speak()
    talker.hear(reply("utter_resolve_refund"))
    assert (talker.end, talker.served) == ("served", [LATE])


def test_the_same_answer_twice_is_noticed(reactions: Reactions) -> None:
    talker = Talker(customer(LATE), holding(), book(), reactions)
    talker.speak()
    assert talker.hear(reply("utter_clarify_rephrase", text="What?")) == ()
    talker.speak()
    assert talker.hear(reply("utter_clarify_rephrase", text="What?")) == ("repeat_answer",)


def test_a_greeting_may_be_said_twice(reactions: Reactions) -> None:
    talker = Talker(customer(LATE), holding(), book(), reactions)
    talker.overhear(reply("utter_open_first_contact"))
    talker.speak()
    assert talker.hear(reply("utter_open_first_contact")) == ()


def test_both_arms_draw_the_same_chances(reactions: Reactions) -> None:
    paths = []
    for _ in range(2):
        talker = Talker(customer(LATE, draw=3, frustration=0.8), holding(), book(), reactions)
        said = []
        for _ in range(3):
            said.append(talker.speak())
            talker.hear(reply("utter_clarify_rephrase"))
        paths.append((said, talker.frustration))
    assert paths[0] == paths[1]


def test_a_reply_is_read_from_the_tracker() -> None:
    events = [
        {"event": "user", "text": "hi", "parse_data": {"intent": {"name": "greet"}}},
        {"event": "action", "name": "utter_listen_greet"},
        {"event": "bot", "text": "old", "metadata": {}},
        {
            "event": "user",
            "text": "where",
            "parse_data": {"intent": {"name": "track_order"}, "emotion": {"frustration": 0.4}},
        },
        {"event": "action", "name": "utter_options_person"},
        {
            "event": "bot",
            "text": "A person?",
            "data": {"buttons": [{"title": "Yes", "payload": "Yes, a person"}]},
            "metadata": {"utter_action": "utter_options_person"},
        },
        {"event": "action", "name": "action_listen"},
    ]
    slots = {"emotion_reading": True, "frustration": "low"}
    read = reply_of({"events": events, "slots": slots})
    assert (read.heard, read.read, read.actions) == ("track_order", 0.4, ("utter_options_person",))
    assert read.answers == (Answer("A person?", "utter_options_person", ("Yes, a person",)),)
    assert reply_of({"events": events, "slots": {"emotion_reading": False}}).read is None


# -- measures and page ---------------------------------------------------------------------------


def made_up(
    number: int, arm: str, end: float, *, left: bool = False, again: bool = False
) -> Conversation:
    answers = (Answer("It is late.", "utter_explain_order_late"),)
    turn = Exchange(
        said="where is <it>",
        meant="track_order",
        heard="track_order",
        frustration=0.7,
        read=0.6,
        mood="medium",
        actions=("utter_explain_order_late",),
        answers=answers,
        anti_moves=(),
        after=end,
    )
    return Conversation(
        number,
        arm,
        f"made-{arm}-{number}",
        ("track order, late",),
        exchanges=[turn, turn] if again else [turn],
        served=[] if left else ["track order, late"],
        end="left" if left else "served",
    )


@pytest.fixture(scope="module")
def conversations() -> list[Conversation]:
    random = np.random.default_rng(1)
    made = []
    for number in range(60):
        base = float(random.uniform(0.2, 0.8))
        made.append(made_up(number, "mood", base - 0.05, again=number == 4))
        made.append(made_up(number, "blind", base, left=number % 3 == 0))
    return made


@pytest.fixture(scope="module")
def measures(conversations: list[Conversation]) -> Callable[[str], Measure]:
    return {one.name: one for one in measure(conversations)}.__getitem__


def test_differences_are_of_the_same_customers(measures: Callable[[str], Measure]) -> None:
    end = measures("frustration at the end")
    assert end.difference.mean == pytest.approx(-0.05, abs=0.001)
    assert end.difference.high - end.difference.low < 0.01
    assert end.mood.high - end.mood.low > 0.05
    assert end.verdict == "better"
    assert not end.apart


def test_shares_and_verdicts(measures: Callable[[str], Measure]) -> None:
    assert measures("abandoned").blind.mean == pytest.approx(1 / 3, abs=0.001)
    assert measures("abandoned").apart
    assert measures("resolved").verdict == "better"
    assert measures("repeated answers").mood.mean == pytest.approx(1 / 60, abs=0.001)
    assert measures("repeated answers").verdict == "no difference shown"


def test_an_action_without_its_row_in_the_database_is_not_resolved() -> None:
    one = made_up(0, "mood", 0.1)
    assert one.resolved
    one.shown = False
    assert not one.resolved


def test_the_page_shows_it_all(
    conversations: list[Conversation], reactions: Reactions, tmp_path: Path
) -> None:
    simulation = Simulation(conversations, reactions, 1, "2026-01-01", "nobody", True)
    html = page(simulation)
    assert html.count('<details class="talk"') == 60
    assert "where is &lt;it&gt;" in html
    assert "circular" in html
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", html)
    assert html.count("<svg") == 5
    beside = write(simulation, tmp_path / "page.html")
    kept = json.loads(beside.read_text())
    assert kept["customers"] == 60
    assert kept == json.loads(json.dumps(data(simulation)))
    assert kept["repeated_answers"][0]["where"] == ["made-mood-4"]
    assert len(kept["conversations"]) == 120


# -- failures ------------------------------------------------------------------------------------


class Broken:
    """A line on which nobody answers."""

    def say(self, sender: str, text: str) -> Reply:
        raise ExemplarError("nobody answers")


def test_a_failed_conversation_says_why(reactions: Reactions) -> None:
    one = play(customer(LATE), "mood", "s", holding(), Broken(), book(), reactions)
    assert (one.end, one.error, one.abandoned) == ("failed", "nobody answers", True)


def test_where_all_fail_one_need_not_wait_for_the_rest(reactions: Reactions) -> None:
    drawn = draw_customers(50, 7, INITIAL, PRODUCTS)
    holdings = {(one.number, arm): holding() for one in drawn for arm in ARMS}
    played: list[Conversation] = []
    with pytest.raises(ExemplarError, match="the first 8 conversations all failed: nobody"):
        play_all(drawn, holdings, Broken(), book(), reactions, at_once=2, step=played.append)
    assert len(played) == 8
