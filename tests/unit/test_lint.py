from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exemplar.errors import ExemplarError
from exemplar.lint import lint_project
from exemplar.settings import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's data, to be broken."""
    for folder in ("nlu", "responses", "rules", "stories"):
        shutil.copytree(ROOT / "data" / folder, tmp_path / "data" / folder)
    shutil.copytree(ROOT / "actions", tmp_path / "actions")
    shutil.copytree(ROOT / "exemplar" / "server", tmp_path / "exemplar" / "server")
    shutil.copy(ROOT / "domain.yml", tmp_path)
    (tmp_path / "data" / "knowledge").mkdir()
    shutil.copy(ROOT / "data/knowledge/promises.yml", tmp_path / "data" / "knowledge")
    return tmp_path


def write(project: Path, kind: str, content: str) -> None:
    (project / "data" / kind / "broken.yml").write_text(content, encoding="utf-8")


def write_response(project: Path, variant: str, name: str = "utter_explain_broken") -> None:
    """Writes one response, and a rule that uses it."""
    write(project, "responses", f"responses:\n  {name}:\n  - {variant}\n")
    (project / "data" / "rules" / "uses.yml").write_text(
        f"rules:\n- rule: uses it\n  steps:\n  - intent: greet\n  - action: {name}\n"
    )


def write_story(project: Path, *steps: str, kind: str = "stories", title: str = "story") -> None:
    lines = "".join(f"  - {step}\n" for step in steps)
    write(project, kind, f"{kind}:\n- {title}: broken one\n  steps:\n{lines}")


def problems(project: Path) -> list[str]:
    return [line for line in lint_project(project) if "broken.yml" in line]


def test_the_projects_own_data_pass() -> None:
    assert lint_project() == []


def test_what_is_in_order_is_not_reported(project: Path) -> None:
    write_response(project, '{text: "It is on its way, {customer_name}."}')
    write_story(
        project,
        "intent: track_order",
        "slot_was_set: [{frustration: high}]",
        "action: utter_validate_order_late",
        "action: utter_explain_broken",
    )
    assert problems(project) == []


@pytest.mark.parametrize(
    ("variant", "problem"),
    [
        (
            '{text: "Hello.", condition: [{type: slot, name: shoe_size, value: "42"}]}',
            "asks for shoe_size, which is no slot.",
        ),
        (
            '{text: "Hello.", condition: [{type: slot, name: frustration, value: furious}]}',
            "frustration is never furious; it is one of low, medium, high.",
        ),
        ('{text: "Size {shoe_size}."}', "quotes {shoe_size}, which is no slot."),
        ('{text: "Sorry for any inconvenience."}', "“Sorry for any inconvenience” is scripted_"),
        ('{text: "Your parcel has come!"}', "“!” is over_cheer"),
        (
            '{text: "Which?", buttons: [{title: "Money back", payload: "/get_refund"}]}',
            "button “Money back”: what is clicked must be what is said.",
        ),
        (
            f'{{text: "Which?", buttons: [{{title: {"x" * 76}, payload: {"x" * 76}}}]}}',
            "is longer than 75 characters.",
        ),
        (
            f'{{text: "Which?", buttons: [{", ".join(["{title: a, payload: a}"] * 6)}]}}',
            "has more than 5 buttons",
        ),
        (
            '{text: "Size {shoe_size}.", condition: [{type: slot, name: stage, value: after}]}',
            "quotes {shoe_size}, which is no slot.",
        ),
    ],
)
def test_a_wrong_response_is_reported_with_its_file_and_name(
    project: Path, variant: str, problem: str
) -> None:
    write_response(project, variant)
    (found,) = problems(project)
    assert found.startswith("data/responses/broken.yml: utter_explain_broken: ")
    assert problem in found


def test_five_buttons_that_do_what_they_say_are_fine(project: Path) -> None:
    buttons = ", ".join(["{title: Money back, payload: Money back}"] * 5)
    write_response(project, f'{{text: "Which?", buttons: [{buttons}]}}')
    assert problems(project) == []


def test_every_variant_of_a_response_is_read(project: Path) -> None:
    write_response(project, '{text: "Fine."}\n  - {text: "I feel your pain."}')
    assert len(problems(project)) == 1


def test_a_response_named_without_a_move_is_reported(project: Path) -> None:
    write_response(project, '{text: "Hello."}', name="utter_hello")
    (found,) = problems(project)
    assert found.startswith("data/responses/broken.yml: utter_hello: ")
    assert "utter_<move>_<what>" in found


def test_a_response_that_nothing_uses_is_reported(project: Path) -> None:
    write(project, "responses", 'responses:\n  utter_explain_nothing:\n  - text: "Hello."\n')
    assert problems(project) == [
        "data/responses/broken.yml: utter_explain_nothing: no story, rule or action uses it."
    ]


def test_a_response_that_only_an_action_uses_is_not_reported(project: Path) -> None:
    write(project, "responses", 'responses:\n  utter_explain_nothing:\n  - text: "Hello."\n')
    (project / "actions" / "more.py").write_text('say("utter_explain_nothing")\n')
    assert problems(project) == []


@pytest.mark.parametrize(("kind", "title"), [("rules", "rule"), ("stories", "story")])
@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        (["intent: order_pizza"], "order_pizza is no intent of the domain."),
        (
            ["or: [{intent: greet}, {intent: order_pizza}]", "action: utter_listen_greet"],
            "order_pizza is no intent",
        ),
        (["action: action_bake"], "action_bake is no action of the domain."),
        (["action: utter_explain_pizza"], "there is no response utter_explain_pizza."),
        (["slot_was_set: [{shoe_size: 42}]"], "asks for shoe_size, which is no slot."),
        (["slot_was_set: [shoe_size]"], "asks for shoe_size, which is no slot."),
        (["slot_was_set: [{frustration: furious}]"], "frustration is never furious"),
    ],
)
def test_a_wrong_step_is_reported_with_the_story_it_stands_in(
    project: Path, kind: str, title: str, steps: list[str], problem: str
) -> None:
    write_story(project, *steps, kind=kind, title=title)
    (found,) = problems(project)
    assert found.startswith(f"data/{kind}/broken.yml: broken one: ")
    assert problem in found


def test_a_rules_condition_is_read_too(project: Path) -> None:
    write(
        project,
        "rules",
        "rules:\n- rule: broken one\n  condition:\n  - slot_was_set: [{shoe_size: 42}]\n"
        "  steps:\n  - intent: greet\n  - action: utter_own_order\n",
    )
    assert problems(project) == [
        "data/rules/broken.yml: broken one: asks for shoe_size, which is no slot."
    ]


@pytest.mark.parametrize(
    "mood",
    [
        "slot_was_set: [{frustration: high}]",
        "or: [{slot_was_set: [{frustration: medium}]}, {slot_was_set: [{frustration: high}]}]",
        "or: [{slot_was_set: [{frustration: high}]}, {slot_was_set: [{frustration: medium}]}]",
    ],
)
def test_an_angry_customer_who_is_explained_at_before_being_met_is_reported(
    project: Path, mood: str
) -> None:
    write_story(project, "intent: track_order", mood, "action: utter_explain_order_late")
    assert problems(project) == [
        "data/stories/broken.yml: broken one: an angry customer gets utter_explain_order_late "
        "before being met."
    ]


def test_an_angry_customer_is_met_anew_at_every_message(project: Path) -> None:
    write_story(
        project,
        "intent: track_order",
        "slot_was_set: [{frustration: high}]",
        "action: utter_validate_order_late",
        "action: utter_explain_order_late",
        "intent: track_order",
        "action: utter_options_order_late",
    )
    (found,) = problems(project)
    assert "gets utter_options_order_late before being met" in found


def test_a_promise_that_no_action_keeps_is_reported(project: Path) -> None:
    write_story(
        project,
        "intent: track_order",
        "slot_was_set: [{frustration: low}]",
        "action: utter_expect_order_late",
    )
    (found,) = problems(project)
    assert "utter_expect_order_late promises, and no action before it" in found


def test_a_promise_that_an_action_keeps_is_none_to_object_to(project: Path) -> None:
    write_story(
        project,
        "intent: track_order",
        "slot_was_set: [{frustration: low}]",
        "action: action_look_up_order",
        "action: utter_expect_order_late",
    )
    assert problems(project) == []


def test_a_promise_that_another_action_would_keep_is_reported(project: Path) -> None:
    write_story(
        project,
        "intent: track_order",
        "slot_was_set: [{frustration: low}]",
        "action: action_note_on_order",
        "action: utter_expect_order_late",
    )
    (found,) = problems(project)
    assert "utter_expect_order_late promises, and no action before it" in found


def test_a_promise_kept_in_an_earlier_turn_is_reported(project: Path) -> None:
    write_story(
        project,
        "intent: track_order",
        "slot_was_set: [{frustration: low}]",
        "action: action_look_up_order",
        "intent: thank",
        "action: utter_expect_order_late",
    )
    (found,) = problems(project)
    assert "utter_expect_order_late promises, and no action before it" in found


def test_a_new_promise_with_nothing_named_behind_it_is_reported(project: Path) -> None:
    write_response(project, '{text: "You hear from us on Friday."}', "utter_expect_call")
    (found,) = [line for line in lint_project(project) if "utter_expect_call" in line]
    assert "promises, and no action before it stands behind it" in found


def test_what_is_named_behind_a_promise_exists(project: Path) -> None:
    (project / "data" / "knowledge" / "promises.yml").write_text(
        (ROOT / "data/knowledge/promises.yml").read_text(encoding="utf-8")
        + "utter_expect_call: [action_call_back]\n",
        encoding="utf-8",
    )
    found = lint_project(project)
    assert [line.partition("promises.yml: ")[2] for line in found] == [
        "utter_expect_call: is no response.",
        "utter_expect_call: action_call_back is no action of the domain.",
    ]


def test_a_part_of_a_sentence_with_something_unknown_in_it_is_reported(project: Path) -> None:
    own = (ROOT / "data/knowledge/parts.yml").read_text(encoding="utf-8")
    file = project / "data" / "knowledge" / "parts.yml"
    file.write_text(own, encoding="utf-8")
    assert not [line for line in lint_project(project) if "parts.yml" in line]
    file.write_text(own.replace("{amount}", "{sum}"), encoding="utf-8")
    (found,) = [line for line in lint_project(project) if "parts.yml" in line]
    assert found.startswith("data/knowledge/parts.yml: ")
    assert "delivery_costs has {sum}" in found


def test_a_calm_customer_may_be_told_the_facts_at_once(project: Path) -> None:
    write_story(
        project,
        "intent: track_order",
        "slot_was_set: [{frustration: low}]",
        "action: utter_explain_order_late",
    )
    assert problems(project) == []


def write_phrases(project: Path, **phrases: str) -> None:
    entries = "".join(
        f"- intent: {intent}\n  examples: |\n    - {phrase}\n" for intent, phrase in phrases.items()
    )
    write(project, "nlu", f"nlu:\n{entries}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("my parcel of gold", "my parcel of gold"),
        ("my parcel of gold", "My  parcel of GOLD"),
        ("my parcel of [gold](product)", "my parcel of gold"),
        ('my parcel of [gold]{"entity": "product", "value": "Au"}', "my parcel of gold"),
    ],
)
def test_one_phrase_under_two_intents_is_reported(project: Path, one: str, other: str) -> None:
    write_phrases(project, track_order=one, get_refund=other)
    (found,) = problems(project)
    assert found.startswith("data/nlu/broken.yml: get_refund: ")
    assert "stands under track_order, too." in found


def test_one_phrase_twice_under_the_same_intent_is_not_reported(project: Path) -> None:
    write_phrases(project, track_order="my parcel of gold\n    - my parcel of gold")
    assert problems(project) == []


def test_phrases_for_an_intent_that_the_domain_lacks_are_reported(project: Path) -> None:
    write_phrases(project, order_pizza="one margherita")
    assert "data/nlu/broken.yml: order_pizza: is no intent of the domain." in problems(project)


def test_an_intent_that_hardly_anybody_was_asked_to_phrase_is_reported(project: Path) -> None:
    domain = project / "domain.yml"
    text = domain.read_text()
    assert "\nintents:\n" in text
    domain.write_text(text.replace("\nintents:\n", "\nintents:\n- order_pizza\n"))
    write_phrases(project, order_pizza="one margherita")
    assert lint_project(project) == ["domain.yml: order_pizza: has 1 phrases; write 20."]


@pytest.mark.parametrize("kind", ["nlu", "responses", "rules", "stories"])
@pytest.mark.parametrize("content", ["responses: [", "a: b: c", "- just\n- a list\n", "words", ""])
def test_a_file_that_is_no_yaml_or_no_sections_is_one_clear_error_that_names_it(
    project: Path, kind: str, content: str
) -> None:
    write(project, kind, content)
    with pytest.raises(ExemplarError, match=rf"data/{kind}/broken\.yml") as raised:
        lint_project(project)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("responses", "responses:\n  utter_explain_broken: Hello.\n"),
        ("responses", "responses:\n  utter_explain_broken:\n  - Hello.\n"),
        ("stories", "stories:\n- just words\n"),
        ("nlu", "nlu:\n- just words\n"),
    ],
)
def test_a_section_of_the_wrong_shape_is_reported_and_does_not_end_in_a_traceback(
    project: Path, kind: str, content: str
) -> None:
    write(project, kind, content)
    try:
        told = "\n".join(lint_project(project))
    except ExemplarError as error:
        told = str(error)
    assert f"data/{kind}/broken.yml" in told


def test_a_missing_domain_is_one_clear_error(project: Path) -> None:
    (project / "domain.yml").unlink()
    with pytest.raises(ExemplarError, match=r"domain\.yml"):
        lint_project(project)


def test_what_ends_with_an_or_is_reported_as_rasa_leaves_it_out(project: Path) -> None:
    either = "or: [{slot_was_set: [{pending: person}]}, {slot_was_set: [{pending: null}]}]"
    write_story(project, "intent: track_order", "action: utter_options_person", either)
    (problem,) = problems(project)
    assert "ends with an 'or'" in problem


def test_a_story_for_any_intent_is_reported_as_only_rules_know_it(project: Path) -> None:
    write_story(project, "intent: any", "action: utter_options_person")
    assert any("for rules alone" in problem for problem in problems(project))


def test_one_turn_puts_one_question(project: Path) -> None:
    write_response(project, '{text: "Shall I look?"}', "utter_clarify_broken")
    write_story(
        project,
        "intent: track_order",
        "action: utter_clarify_broken",
        "action: utter_options_person",
        "intent: affirm",
        "action: utter_options_person",
    )
    (problem,) = problems(project)
    assert "utter_options_person asks where utter_clarify_broken has asked" in problem


@pytest.mark.parametrize(
    ("section", "place"),
    [
        ("surely: {trak_order: 0.5}", "surely"),
        ("likelier: [{while: matter, times: 2, intents: [thank, trak_order]}]", "likelier"),
        ("acts: {request: [cancel_order, trak_order]}", "acts"),
        ("any_act: [trak_order]", "any_act"),
        ("asked_surely: {trak_order: 0.5}", "asked_surely"),
    ],
)
def test_an_expected_intent_that_the_domain_lacks_is_reported(
    project: Path, section: str, place: str
) -> None:
    (project / "data" / "knowledge" / "expected.yml").write_text(section)
    said = "trak_order is no intent of the domain."
    assert f"data/knowledge/expected.yml: {place}: {said}" in lint_project(project)
