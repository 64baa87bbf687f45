"""What a message does in its conversation, and what that changes in how it is read."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from exemplar.conversation import of_customers
from exemplar.errors import ExemplarError
from exemplar.nlu.acts import ACTS, EXCHANGES, ActModel, Exchange, load_exchanges
from exemplar.nlu.amid import amid
from exemplar.nlu.expectation import load_expectation, shared_expectation
from exemplar.nlu.meant import (
    danger_unlikely,
    fitting,
    goes_on_asking,
    not_understood,
    only_heard,
    plainly_business,
    without_complaint,
    without_danger,
    without_invoice,
    without_person,
)
from exemplar.settings import ROOT


def read(intent: str, confidence: float, act: str, sure: float = 0.9) -> dict[str, Any]:
    """Returns a reading as the pipeline gives it, the rest of both shared out evenly."""
    rest = (1 - sure) / (len(ACTS) - 1)
    scores = {one: sure if one == act else rest for one in ACTS}
    ranking = [
        {"name": intent, "confidence": confidence},
        {"name": "goodbye", "confidence": 0.02},
        {"name": "thank", "confidence": 0.01},
    ]
    told = {"name": act, "confidence": sure, "shares": scores}
    return {"intent": ranking[0], "intent_ranking": ranking, "act": told}


def meant(parsed: dict[str, Any], *stands: str) -> str:
    found = fitting(parsed, stands)
    assert found["intent"] == found["intent_ranking"][0]
    return str(found["intent"]["name"])


def test_a_question_is_no_wish_for_an_invoice() -> None:
    assert meant(read("get_invoice", 0.72, "question")) == "nlu_fallback"


def with_number(parsed: dict[str, Any]) -> dict[str, Any]:
    return {**parsed, "entities": [{"entity": "order_number", "value": "ML-104120"}]}


def test_whoever_gives_what_was_asked_for_wishes_for_nothing_else() -> None:
    recited = with_number(read("get_invoice", 0.78, "answer", 0.86))
    assert meant(recited, "details") == "provide_details"
    # Nobody has asked for it, or more is wanted, or a pattern decided, or a person is wanted.
    assert meant(recited) == "get_invoice"
    assert meant(with_number(read("cancel_order", 0.7, "request")), "details") == "cancel_order"
    assert meant(with_number(read("get_invoice", 1.0, "answer")), "details") == "get_invoice"


def test_whoever_gives_number_and_address_goes_on_with_their_matter_unless_another_is_plain() -> (
    None
):
    def given(parsed: dict[str, Any]) -> dict[str, Any]:
        email = {"entity": "email", "value": "aisha.rahman@example.org"}
        both = with_number(parsed)
        return {**both, "entities": [*both["entities"], email]}

    late = read("track_order", 0.64, "question")
    assert meant(given(late), "details") == "provide_details"
    assert meant(given(late)) == "track_order"
    # One of the two is enough, where it was asked for.
    paid = with_number(read("payment_issue", 0.52, "inform"))
    assert meant(paid, "details") == "provide_details"
    assert meant(paid) == "payment_issue"
    assert meant(given(read("cancel_order", 0.64, "request")), "details") == "cancel_order"
    assert meant(given(read("cancel_order", 0.95, "inform", 0.5)), "details") == "cancel_order"


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("please don't offer me a voucher or to swap it for something", "inform"),
        ("and don't say sorry again", "inform"),
        ("don't send it before friday please", "request"),
        ("you don't have to ask me, do you?", "request"),
    ],
)
def test_what_shall_not_be_offered_is_heard_and_no_wish(text: str, act: str) -> None:
    parsed = {**read("nlu_fallback", 0.8, "request"), "text": text}
    assert only_heard(parsed)["act"]["name"] == act
    assert only_heard({**parsed, **read("get_refund", 0.8, "request")})["act"]["name"] == "request"


@pytest.mark.parametrize("intent", ["vent", "reject_answer", "ask_why", "thank", "review"])
def test_what_was_asked_for_is_given_whatever_is_said_beside_it_in_anger(intent: str) -> None:
    angry = with_number(read(intent, 0.55, "inform"))
    assert meant(angry, "details") == "provide_details"
    assert meant(angry) == intent


def test_what_begins_like_a_yes_and_goes_on_to_ask_is_no_yes_to_a_person() -> None:
    yes = read("affirm", 0.98, "answer")
    assert goes_on_asking(
        {**yes, "text": "fine then. suppose I do wait for it, what can I do then?"}
    )
    assert not goes_on_asking({**yes, "text": "yes please, can you?"})
    assert not goes_on_asking(
        {**yes, "text": "fine then, bring me one of your people, I have had it"}
    )
    assert not_understood(yes)["intent"]["name"] == "nlu_fallback"
    person = with_number(read("contact_human_agent", 0.7, "answer"))
    assert meant(person, "details") == "contact_human_agent"


@pytest.mark.parametrize(
    ("text", "confidence", "person"),
    [
        ("confirm it in writing, so that I need not begin again with a fifth person", 0.77, False),
        ("please put this on file for whoever reads it next", 0.8, False),
        ("can't someone just press it through today?", 0.9, False),
        ("can somebody call me today?", 0.9, True),
        ("a person, please. and in writing", 1.0, True),
        ("is there somebody I can talk this through with", 0.8, True),
    ],
)
def test_what_is_wanted_in_writing_is_no_person(text: str, confidence: float, person: bool) -> None:
    found = without_person({**read("contact_human_agent", confidence, "request"), "text": text})
    assert (found["intent"]["name"] == "contact_human_agent") is person


@pytest.mark.parametrize(
    ("text", "meant_as"),
    [
        (
            "Congratulations to whoever is in charge of blenders. Mine was due on Monday",
            "track_order",
        ),
        ("My compliments to whoever thought of this page", "nlu_fallback"),
    ],
)
def test_a_compliment_that_is_none_brings_no_person(text: str, meant_as: str) -> None:
    found = without_person({**read("contact_human_agent", 0.8, "inform"), "text": text})
    assert found["intent"]["name"] == meant_as


def test_what_a_thing_can_do_is_asked_of_it_where_nothing_is_under_way() -> None:
    asked = {
        **read("ask_next", 0.72, "question"),
        "text": "the glass kettle, does it make a sound when it's done?",
        "entities": [{"entity": "product", "value": "glass kettle"}],
    }
    assert amid(asked, {})["intent"]["name"] == "nlu_fallback"
    assert amid({**asked, "entities": []}, {})["intent"]["name"] == "ask_next"
    waits = {"goal": "track_order"}
    assert amid(asked, waits)["intent"]["name"] == "ask_next"


@pytest.mark.parametrize(
    ("text", "confidence", "invoice"),
    [
        ("can somebody send me that in German, by mail", 0.66, False),
        ("can you send me the receipt by mail", 0.66, True),
        ("send me that once more please", 0.95, True),
    ],
)
def test_an_invoice_is_wanted_where_one_is_named_or_it_is_plain(
    text: str, confidence: float, invoice: bool
) -> None:
    found = without_invoice({**read("get_invoice", confidence, "request"), "text": text})
    assert (found["intent"]["name"] == "get_invoice") is invoice


def test_what_has_not_come_cannot_be_broken_unless_that_is_plain() -> None:
    parsed = {**read("report_damaged_item", 0.53, "inform"), "text": "my ironing board squeaks"}
    late = {"goal": "track_order", "order_state_seen": "late"}
    found = amid(parsed, late)
    assert (found["intent"]["name"], found["act"]["name"]) == ("nlu_fallback", "inform")
    for kept, slots in (
        (parsed, {**late, "order_state_seen": "delivered"}),
        ({**read("report_damaged_item", 0.9, "inform"), "text": "it came broken"}, late),
    ):
        assert amid(kept, slots) == kept


def test_an_address_that_is_given_while_people_look_is_one_more_thing_to_go_by() -> None:
    given = {
        **read("delivery_period", 0.9, "inform"),
        "text": "it should be femke@example.nl, or with one m fewer",
        "entities": [{"entity": "email", "value": "femke@example.nl"}],
    }
    sought = {"goal": "report_wrong_item", "order_sought": "yes"}
    assert amid(given, sought)["intent"]["name"] == "provide_details"
    asks = {**given, "text": "femke@example.nl. how long does it take?"}
    assert amid(asks, sought) == asks
    assert amid(given, {"goal": "report_wrong_item"}) == given


def test_whoever_praised_and_gives_an_address_asks_for_no_money() -> None:
    parsed = read("track_refund", 0.41, "inform")
    assert amid(parsed, {"settled": "review"})["intent"]["name"] == "nlu_fallback"
    assert amid(parsed, {}) == parsed


def test_what_is_said_to_be_no_complaint_is_taken_for_none() -> None:
    worried = without_complaint(read("complaint", 0.7, "inform"))
    assert worried["intent"]["name"] == "nlu_fallback"
    assert "complaint" not in {one["name"] for one in worried["intent_ranking"]}
    for other in (read("complaint", 1.0, "request"), read("track_order", 0.9, "question")):
        assert without_complaint(other) == other


def test_what_is_read_very_surely_stands_whatever_it_seems_to_do() -> None:
    assert meant(read("cancel_order", 0.99, "question", 0.6)) == "cancel_order"


@pytest.mark.parametrize(
    ("text", "confidence", "act", "again"),
    [
        (
            "My wife may only take soup. I merely wish you to picture the sieve.",
            0.76,
            "inform",
            False,
        ),
        ("sorry im snappy, i havent slept", 0.65, "reject", False),
        ("still nothing here, where is it?", 0.76, "inform", True),
        ("where my parcel is, for the third time now", 0.97, "inform", True),
        ("tell me where it is", 0.76, "request", True),
    ],
)
def test_who_was_told_where_it_is_and_tells_what_that_means_is_not_told_again(
    text: str, confidence: float, act: str, again: bool
) -> None:
    known = {"goal": "track_order", "order_state_seen": "late"}
    parsed = {**read("track_order", confidence, act), "text": text}
    found = amid(parsed, known)
    assert (found["intent"]["name"] == "track_order") is again
    assert again or found["act"]["name"] == "inform"
    # Before anything was looked up, it is the matter itself; and another matter is one.
    assert amid(parsed, {"goal": "track_order"}) == parsed
    assert amid(parsed, {**known, "goal": "get_refund"}) == parsed


def test_what_an_order_was_for_is_told_to_be_heard_amid_another_matter() -> None:
    parsed = {
        **read("track_order", 0.71, "inform"),
        "text": "i only thought of it as you sent a mail",
    }
    parsed["intent_ranking"].append({"name": "vent", "confidence": 0.69})
    waits = {"goal": "cancel_order"}
    assert amid(parsed, waits)["intent"]["name"] == "vent"
    for kept in (
        {**parsed, "text": "where is it now?"},
        {**parsed, "intent_ranking": parsed["intent_ranking"][:3]},  # 0.71 is likely enough.
        {**parsed, "act": {**parsed["act"], "name": "question"}},
        {**parsed, "entities": [{"entity": "order_number", "value": "ML-104120"}]},
    ):
        assert amid(kept, waits) == kept
    assert amid(parsed, {}) == parsed
    hardly = {**read("track_order", 0.45, "inform"), "text": "it was fetched by your own carrier"}
    assert amid(hardly, waits)["intent"]["name"] == "nlu_fallback"


def test_what_a_pattern_decided_stands() -> None:
    assert meant(read("provide_details", 1.0, "inform", 0.99)) == "provide_details"


@pytest.mark.parametrize("intent", ["crisis", "threat", "contact_human_agent", "stop_reading_mood"])
def test_nothing_that_a_message_seems_to_do_talks_over_danger_or_a_person(intent: str) -> None:
    assert meant(read(intent, 0.45, "inform", 0.97)) == intent


def test_whoever_plainly_asks_is_in_no_crisis_that_only_the_classifier_takes_it_for() -> None:
    asked = read("crisis", 0.85, "question", 0.98)
    assert plainly_business(asked)
    post_office = without_danger(asked)
    assert post_office["intent"]["name"] == "nlu_fallback"
    assert "crisis" not in {one["name"] for one in post_office["intent_ranking"]}


@pytest.mark.parametrize(
    ("confidence", "act", "sure"),
    # A pattern decided it; it is nearly certain; it is told; it is not plainly asked.
    [
        (1.0, "question", 0.98),
        (0.93, "question", 0.98),
        (0.7, "inform", 0.98),
        (0.7, "question", 0.7),
    ],
)
def test_any_other_crisis_is_one(confidence: float, act: str, sure: float) -> None:
    read_as = read("crisis", confidence, act, sure)
    meant_as = without_danger(read_as) if plainly_business(read_as) else read_as
    assert meant_as == read_as


@pytest.mark.parametrize(("likely", "unlikely"), [(0.0008, True), (0.018, False), (0.6, False)])
def test_a_message_far_from_danger_is_no_crisis_though_that_is_the_nearest_intent(
    likely: float, unlikely: bool
) -> None:
    assert danger_unlikely({**read("crisis", 0.98, "inform"), "danger": likely}) is unlikely
    assert not danger_unlikely(read("crisis", 0.98, "inform"))


def test_an_intent_that_fits_the_act_stands_though_it_is_unsure() -> None:
    assert meant(read("vent", 0.4, "inform")) == "vent"
    assert meant(read("cancel_order", 0.4, "request")) == "cancel_order"


def test_a_plain_question_that_was_read_unsurely_goes_to_our_pages() -> None:
    assert meant(read("delivery_options", 0.4, "question")) == "nlu_fallback"
    assert meant(read("delivery_options", 0.95, "question")) == "delivery_options"


def test_where_a_detail_is_waited_for_why_is_about_that() -> None:
    assert meant(read("ask_why", 0.6, "question"), "details") == "ask_why"
    assert meant(read("ask_why", 0.6, "question"), "matter") == "nlu_fallback"


def test_what_closes_is_thanks_or_a_goodbye_whichever_was_likelier() -> None:
    assert meant(read("nlu_fallback", 0.3, "close")) == "goodbye"


def test_what_is_not_understood_stays_so_where_its_act_is_unsure() -> None:
    assert meant(read("nlu_fallback", 0.3, "close", 0.4)) == "nlu_fallback"


def test_an_email_address_is_a_detail_whatever_is_said_beside_it() -> None:
    parsed = {**read("provide_details", 0.6, "inform", 0.9), "entities": [{"entity": "email"}]}
    assert meant(parsed) == "provide_details"


def test_an_orders_number_with_its_address_is_given_where_hardly_anything_else_shows() -> None:
    both = [{"entity": "order_number"}, {"entity": "email"}]
    for intent, confidence, meant_as in (
        ("ask_why", 0.29, "provide_details"),
        ("cancel_order", 0.7, "cancel_order"),
        ("crisis", 0.3, "crisis"),
    ):
        parsed = {**read(intent, confidence, "answer"), "entities": both}
        assert meant(parsed) == meant_as
        one = {**parsed, "entities": both[:1]}
        assert meant(one) == intent


def test_without_a_conversation_the_reading_is_left_alone() -> None:
    parsed = read("get_invoice", 0.4, "question")
    del parsed["act"]
    assert fitting(parsed) == parsed


def test_every_intent_that_is_named_is_in_the_domain() -> None:
    known, domain = shared_expectation(), yaml.safe_load((ROOT / "domain.yml").read_text())
    named = {one for fits in [*known.acts.values(), *known.named_by.values()] for one in fits}
    assert named | known.any_act | set(known.asked_surely) <= set(domain["intents"])
    assert set(known.acts) == set(ACTS)


def test_every_intent_of_the_customers_fits_some_act() -> None:
    known, domain = shared_expectation(), yaml.safe_load((ROOT / "domain.yml").read_text())
    own = set(of_customers(domain["intents"]))
    fit = set(itertools.chain(*known.acts.values())) | known.any_act
    assert own <= fit


def test_the_exchanges_say_what_went_before_each_message() -> None:
    labelled = load_exchanges()
    assert len(labelled) > 3000
    assert {one.act for one in labelled} == set(ACTS)
    begin = [one for one in labelled if not one.exchange.before]
    assert 1400 < len(begin) < 1700


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("- talk: a\n  turns:\n  - {customer: hello, act: shouts}\n", "a: a turn"),
        ("- talk: b\n  turns:\n  - {customer: hello}\n", "b: a turn"),
        ("- talk: [\n", "cannot be read"),
        ("- just text\n", "just text"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(
    tmp_path: Path, content: str, names: str
) -> None:
    (tmp_path / "one.yml").write_text(content)
    with pytest.raises(ExemplarError, match=names):
        load_exchanges(tmp_path)


def test_a_broken_file_of_expectations_is_named(tmp_path: Path) -> None:
    (tmp_path / "expected.yml").write_text("sure: 0.6\nlikelier: []\n")
    with pytest.raises(ExemplarError, match=r"docs/designers\.md"):
        load_expectation(tmp_path / "expected.yml")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ActModel:
    """A model that learned from three files only, which takes less time."""
    few = tmp_path_factory.mktemp("exchanges")
    for file in sorted(EXCHANGES.glob("*.yml"))[:3]:
        shutil.copy(file, few)
    return ActModel(load_exchanges(few))


def test_acts_are_told_apart_in_words_that_nobody_labelled(model: ActModel) -> None:
    said = [
        (Exchange("do i need to keep the box", "It is due on Friday."), "question"),
        (Exchange("please cancel it then", "It is twelve days late."), "request"),
        (Exchange("thanks, that helps. bye", "I have sent it again."), "close"),
        (Exchange("I took the whole morning off for it", "It is due on Friday."), "inform"),
    ]
    scores = model.probabilities([exchange for exchange, _ in said])
    assert [model.acts[row.argmax()] for row in scores] == [act for _, act in said]
    assert np.allclose(scores.sum(axis=1), 1, atol=1e-5)


def test_a_short_answer_is_one_by_what_was_asked(model: ActModel) -> None:
    asked, told = "Which colour would you like, red or blue?", "I have sent the money back."
    answer = model.acts.index("answer")
    scores = model.probabilities([Exchange("the blue", asked), Exchange("the blue", told)])
    assert scores[0, answer] > scores[1, answer]


def test_whoever_lacks_the_number_that_is_waited_for_speaks_of_no_password() -> None:
    lacks = {
        **read("recover_password", 0.82, "answer"),
        "text": "I haven't a number, nor his password",
    }
    waits = {"goal": "track_order", "details_missing": "order"}
    assert amid(lacks, waits)["intent"]["name"] == "no_details"
    assert amid(lacks, {})["intent"]["name"] == "recover_password"
    other = {**lacks, "text": "and I have forgotten my password"}
    assert amid(other, waits)["intent"]["name"] == "recover_password"
