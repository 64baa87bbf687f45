"""``exemplar lint``: what Rasa's own validation lets pass.

Unknown slots, intents and actions behind a response or a story; responses that nothing uses; buttons
that say one thing and do another; wording that is an anti-move; stories that pass over a feeling, or put
two questions at once; promises with nothing behind them; one phrase under two intents;
expectations of intents that are none; parts of sentences in which nothing can be filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from exemplar.conversation import ANY, of_customers
from exemplar.emotion.taxonomy import EMOTIONS
from exemplar.errors import ExemplarError
from exemplar.knowledge.parts import load_parts
from exemplar.moves import ANTI_MOVES, MEETING, MOVES, move_of
from exemplar.settings import ROOT

#: Slack drops buttons beyond five, and refuses a title beyond 75 characters.
_MOST_BUTTONS: Final = 5
_LONGEST_TITLE: Final = 75
#: Fewer phrases than this teach an intent nothing.
_FEWEST_PHRASES: Final = 20
#: What Rasa brings itself.
_BUILT_IN_ACTIONS: Final = frozenset({"action_listen", "action_restart", "action_default_fallback"})
_BUILT_IN_INTENTS: Final = frozenset({"nlu_fallback"})
_BUILT_IN_RESPONSES: Final = frozenset({"utter_default"})
#: Words for a feeling, which stories learned from SESSIONS take up or not.
_FOR_LEARNING: Final = frozenset(
    f"utter_{move}_{feeling}" for move in MOVES for feeling in EMOTIONS if feeling != "neutral"
)
#: What an action says by itself.
_SAID_BY: Final = {"action_resume_matter": "utter_clarify_back_to_matter"}


@dataclass
class _Project:
    """The designers' files, as data; problems are collected."""

    root: Path
    domain: dict[str, Any]
    #: What stands behind each promise.
    behind: dict[str, list[str]]
    problems: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    @property
    def slots(self) -> dict[str, Any]:
        return dict(self.domain.get("slots") or {})

    @property
    def intents(self) -> set[str]:
        named = self.domain.get("intents") or []
        return {name if isinstance(name, str) else next(iter(name)) for name in named}

    def report(self, file: Path, where: str, problem: str) -> None:
        self.problems.append(f"{file.relative_to(self.root)}: {where}: {problem}")

    def files(self, folder: str) -> Iterator[tuple[Path, dict[str, Any]]]:
        for file in sorted((self.root / "data" / folder).rglob("*.yml")):
            yield file, _read(file)


def lint_project(root: Path = ROOT) -> list[str]:
    """Returns what is wrong with a project's data, a line a problem, each naming file and place.

    Raises:
        ExemplarError: a file is missing or no YAML.
    """
    promises = root / "data" / "knowledge" / "promises.yml"
    project = _Project(root, _read(root / "domain.yml"), _read(promises))
    responses = {
        name: (file, variants)
        for file, content in project.files("responses")
        for name, variants in (content.get("responses") or {}).items()
    }
    for name, (file, variants) in responses.items():
        with _shape(project, file, name):
            _lint_response(project, file, name, variants)
    for folder, key, title in (("rules", "rules", "rule"), ("stories", "stories", "story")):
        for file, content in project.files(folder):
            for story in content.get(key) or []:
                with _shape(project, file, str(story)[:60]):
                    _lint_story(project, file, story.get(title, "?"), story, responses)
    for file in (*(root / "actions").glob("*.py"), *(root / "exemplar/server").glob("*.py")):
        project.used |= set(re.findall(r"utter_\w+", file.read_text(encoding="utf-8")))
    actions = set(project.domain.get("actions") or [])
    for name, behind in project.behind.items():
        if name not in responses:
            project.report(promises, name, "is no response.")
        for action in set(behind) - actions:
            project.report(promises, name, f"{action} is no action of the domain.")
    for name, (file, _) in responses.items():
        if name not in project.used | _BUILT_IN_RESPONSES | _FOR_LEARNING:
            project.report(file, name, "no story, rule or action uses it.")
    _lint_phrases(project)
    _lint_expected(project)
    _lint_parts(project)
    return project.problems


@contextmanager
def _shape(project: _Project, file: Path, where: str) -> Iterator[None]:
    """Reports what is not built as the other entries are."""
    try:
        yield
    except (AttributeError, TypeError):
        project.report(file, where, "is not built as the other entries are.")


def _read(file: Path) -> dict[str, Any]:
    try:
        content = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ExemplarError(f"cannot read {file}: {error}") from error
    except YAMLError as error:
        raise ExemplarError(f"{file} is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise ExemplarError(f"{file} should hold named sections, as the other files do.")
    return content


def _lint_response(project: _Project, file: Path, name: str, variants: Any) -> None:
    if move_of(name) is None and name not in _BUILT_IN_RESPONSES:
        project.report(
            file, name, "a response is named utter_<move>_<what>, with a move of DESIGN.md."
        )
    for variant in variants or []:
        text = str(variant.get("text") or "")
        for slot in re.findall(r"{(\w+)}", text):
            if slot not in project.slots:
                project.report(file, name, f"quotes {{{slot}}}, which is no slot.")
        for condition in variant.get("condition") or []:
            _lint_slot(project, file, name, condition.get("name"), condition.get("value"))
        for anti_move, pattern in ANTI_MOVES.items():
            if found := pattern.search(text):
                project.report(
                    file, name, f"“{found.group()}” is {anti_move}; say it in concrete words."
                )
        _lint_buttons(project, file, name, variant.get("buttons") or [])


def _lint_buttons(project: _Project, file: Path, name: str, buttons: list[dict[str, str]]) -> None:
    if len(buttons) > _MOST_BUTTONS:
        project.report(file, name, f"has more than {_MOST_BUTTONS} buttons; Slack drops them all.")
    for button in buttons:
        title = button.get("title", "")
        if button.get("payload") != title:
            project.report(file, name, f"button “{title}”: what is clicked must be what is said.")
        if len(title) > _LONGEST_TITLE:
            project.report(
                file, name, f"button “{title}” is longer than {_LONGEST_TITLE} characters."
            )


def _lint_slot(project: _Project, file: Path, where: str, slot: Any, value: Any) -> None:
    if slot not in project.slots:
        project.report(file, where, f"asks for {slot}, which is no slot.")
        return
    values = project.slots[slot].get("values")
    if values and value is not None and value not in values:
        project.report(file, where, f"{slot} is never {value}; it is one of {', '.join(values)}.")


def _lint_story(
    project: _Project, file: Path, title: str, story: dict[str, Any], responses: dict[str, Any]
) -> None:
    mood, met = "low", True
    # What was done in the turn so far.
    done: set[str] = set()
    # The question put in the turn so far.
    asked: str | None = None
    actions = set(project.domain.get("actions") or []) | _BUILT_IN_ACTIONS
    if "or" in (story.get("steps") or [{}])[-1]:
        project.report(
            file,
            title,
            "it ends with an 'or', and Rasa leaves out what ends so: write one for each.",
        )
    for step in [*(story.get("condition") or []), *(story.get("steps") or [])]:
        alternatives = list(_flat([step]))
        moods = [v for one in alternatives for s, v in _slots_of(one) if s == "frustration"]
        if moods:
            # Of several moods in an "or", the hottest counts.
            mood = "high" if "high" in moods else moods[-1]
        for one in alternatives:
            for slot, value in _slots_of(one):
                _lint_slot(project, file, title, slot, value)
                # Met in the turn before, as the stories that are learned from SESSIONS say.
                met = met or (slot, value) == ("feeling", "met")
            if intent := one.get("intent"):
                met = False
                done.clear()
                asked = None
                if intent not in project.intents | _BUILT_IN_INTENTS:
                    project.report(file, title, f"{intent} is no intent of the domain.")
                if intent == ANY and "story" in story:
                    project.report(
                        file, title, f"the intent {ANY} is for rules alone: a story names its own."
                    )
            if action := one.get("action"):
                project.used.add(action)
                if action.startswith("utter_") and action not in responses:
                    project.report(file, title, f"there is no response {action}.")
                if not action.startswith("utter_") and action not in actions:
                    project.report(file, title, f"{action} is no action of the domain.")
                move = move_of(action)
                done.add(action)
                if move == "expect" and not done.intersection(project.behind.get(action, ())):
                    project.report(
                        file,
                        title,
                        f"{action} promises, and no action before it stands behind it: see "
                        "data/knowledge/promises.yml.",
                    )
                # The thing itself comes after the feeling.
                if mood == "high" and not met and move in {"explain", "options", "resolve"}:
                    project.report(
                        file, title, f"an angry customer gets {action} before being met."
                    )
                met = met or move in MEETING or move in {"own", "close"}
                if _asks(responses, said := _SAID_BY.get(action, action)):
                    if asked not in (None, said):
                        project.report(
                            file,
                            title,
                            f"{said} asks where {asked} has asked: one question a turn.",
                        )
                    asked = said


def _asks(responses: dict[str, Any], name: str) -> bool:
    """Tells whether what is said may end in a question."""
    _, variants = responses.get(name, (None, ()))
    return any(str(variant.get("text") or "").rstrip().endswith("?") for variant in variants or ())


def _flat(steps: list[Any]) -> Iterator[dict[str, Any]]:
    for step in steps:
        if isinstance(step, dict) and "or" in step:
            yield from _flat(step["or"])
        elif isinstance(step, dict):
            yield step


def _slots_of(step: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for pair in step.get("slot_was_set") or []:
        yield from pair.items() if isinstance(pair, dict) else [(pair, None)]


def _lint_expected(project: _Project) -> None:
    """Looks for intents that are expected and do not exist: a misspelt one is silently without effect."""
    file = project.root / "data" / "knowledge" / "expected.yml"
    if not file.exists():
        return
    content, known = _read(file), project.intents | _BUILT_IN_INTENTS
    places: dict[str, Any] = {
        key: content.get(key) or ()
        for key in (
            "surely",
            "weighed_below",
            "asked_surely",
            "in_passing",
            "answered_as",
            "answered_wishes",
            "answered_else",
            "any_act",
            "acts",
            "named_by",
        )
    }
    places["likelier"] = [one.get("intents") for one in content.get("likelier") or []]
    for place, named in places.items():
        with _shape(project, file, place):
            for intent in _names(named):
                if intent not in known:
                    project.report(file, place, f"{intent} is no intent of the domain.")


def _lint_parts(project: _Project) -> None:
    """Looks for parts of sentences that are missing, or in which something unknown is to be filled in."""
    file = project.root / "data" / "knowledge" / "parts.yml"
    if file.exists():
        try:
            load_parts(file)
        except ExemplarError as error:
            project.problems.append(str(error).removeprefix(f"{project.root}/"))


def _names(named: Any) -> Iterator[str]:
    """Yields the intents of a list, of lists of them, or of the keys that have a number."""
    if isinstance(named, dict):
        for key, value in named.items():
            yield from _names(value) if isinstance(value, list) else (str(key),)
    elif isinstance(named, list):
        for one in named:
            yield from _names(one) if isinstance(one, list) else (str(one),)


def _lint_phrases(project: _Project) -> None:
    known: dict[str, str] = {}
    counts = dict.fromkeys(of_customers(project.intents), 0)
    for file, content in project.files("nlu"):
        for entry in content.get("nlu") or []:
            if not isinstance(entry, dict):
                project.report(file, str(entry)[:60], "is not built as the other entries are.")
                continue
            intent = entry.get("intent")
            if intent is None:
                continue
            if intent not in project.intents:
                project.report(file, intent, "is no intent of the domain.")
            for line in str(entry.get("examples") or "").splitlines():
                phrase = re.sub(r"\[([^]]*)](\([^)]*\)|{[^}]*})", r"\1", line.removeprefix("- "))
                plain = " ".join(phrase.lower().split())
                if plain and known.setdefault(plain, intent) != intent:
                    project.report(file, intent, f"“{phrase}” stands under {known[plain]}, too.")
                counts[intent] = counts.get(intent, 0) + bool(plain)
    for intent, count in counts.items():
        if count < _FEWEST_PHRASES:
            project.report(
                project.root / "domain.yml",
                intent,
                f"has {count} phrases; write {_FEWEST_PHRASES}.",
            )
