"""What was learned, as Rasa's stories, in the words of our own responses and actions.

A learned story begins as a designer's story does: the same wish, looked up and done in the same way. What
exemplars do to meet the feeling goes before the thing itself; what the thing is, is never learned, since
only the company's systems know. A designer's story for each mood is there already; a learned one is for a
feeling, and names the SESSIONS and turns that taught it.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from exemplar.conversation import ANY
from exemplar.errors import ExemplarError
from exemplar.mood import MET
from exemplar.moves import MET_BY, move_of
from exemplar.sessions.evidence import asks_first
from exemplar.sessions.learning import Learned, Pattern

#: Moves that meet a customer before the thing itself.
MEET: Final = ("open", "listen", "restate", "validate", "apologize", "own")
#: What a designer wrote stays unless fewer exemplars than this share do it.
UNUSUAL: Final = 0.15
#: More words before the thing itself keep people waiting for it.
MOST: Final = 3
#: Moves whose words depend on the feeling more than on the matter.
_BY_FEELING: Final = frozenset({"validate", "apologize"})
#: Feelings for which the words that designers wrote for anger would be wrong.
_UNLIKE_ANGER: Final = frozenset({"anxiety", "confusion", "sadness", "gratitude", "joy"})
#: The feelings that a story can be for.
FEELINGS: Final = (
    *("anger", "frustration", "disappointment", "sadness"),
    *("anxiety", "confusion", "gratitude", "joy", MET),
)
#: Which moods each of them comes with. Somebody who is glad is in no high mood of frustration.
_MOODS: Final = {
    **dict.fromkeys(("anxiety", "confusion", "sadness"), ("low", "medium")),
    **dict.fromkeys(("gratitude", "joy"), ("low",)),
    "disappointment": ("low", "medium", "high"),
    "frustration": ("low", "medium", "high"),
    "anger": ("medium", "high"),
    MET: ("medium", "high"),
}
#: What a look shows where our own systems do not answer.
_FAILING: Final = frozenset(
    {
        *(("change", "open"), ("details", "open"), ("answer", "open")),
        *((f"{what}_state", "unread") for what in ("order", "product", "payment")),
    }
)

#: Places that a story names; `why` prints them.
_NAMED: Final = 12

Step = dict[str, Any]


@dataclass(frozen=True)
class Base:
    """A designer's story, taken apart.

    Attributes:
        name: its title.
        intents: the customer's words that begin it, any of them.
        goals: the matters in hand, any of them.
        mood: ``low``, ``medium`` or ``high``.
        head: what is looked up or done before the first response.
        meeting: the responses that meet the customer before the thing itself.
        rest: all after that.
    """

    name: str
    intents: tuple[str, ...]
    goals: tuple[str, ...]
    mood: str
    head: tuple[Step, ...]
    meeting: tuple[str, ...]
    rest: tuple[Step, ...]

    @property
    def path(self) -> str:
        """What tells it from stories in which something else was found."""
        return json.dumps([self.intents, self.goals, self.head], sort_keys=True)

    @property
    def asks(self) -> bool:
        """Whether something is asked for, as against answered."""
        found = (str(value) for step in self.head for _, value in _slots(step))
        return asks_first(found, self.moves)

    @property
    def fails(self) -> bool:
        """Whether something could not be looked up or done: no exemplar shows what to do then."""
        found = {pair for step in (*self.head, *self.rest) for pair in _slots(step)}
        return bool(found & _FAILING)

    @property
    def moves(self) -> tuple[str, ...]:
        """Its moves, in order."""
        said = [*self.meeting, *(str(step.get("action")) for step in self.rest)]
        return tuple(move for name in said if (move := move_of(name)))


@dataclass(frozen=True)
class Story:
    """A learned story.

    Attributes:
        name: its title.
        file: the name of its file, without ``.yml``.
        steps: as in Rasa's YAML.
        pattern: what was learned.
        seen: where the matter and the feeling came together.
    """

    name: str
    file: str
    steps: tuple[Step, ...]
    pattern: Pattern
    seen: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Tells whether a designer has changed its steps."""
        return digest_of(self.steps)

    def as_data(self) -> dict[str, Any]:
        """Returns it as it stands in its file."""
        pattern = self.pattern
        taught: dict[str, Any] = {
            "situation": str(pattern.situation),
            "moves": list(pattern.moves),
            "sessions": pattern.sessions,
            "turns": pattern.turns,
        }
        if pattern.change:
            taught["frustration_in_the_next_words"] = str(pattern.change)
        if pattern.end:
            taught["frustration_at_the_end"] = str(pattern.end)
        taught["taught_by"] = list(pattern.places[:_NAMED])
        if self.seen:
            taught["seen_in"] = list(self.seen[:_NAMED])
        return {"story": self.name, "metadata": taught, "steps": list(self.steps)}


def digest_of(steps: Sequence[Step]) -> str:
    """Returns a digest of a story's steps."""
    return hashlib.blake2b(
        json.dumps(list(steps), sort_keys=True).encode(), digest_size=8
    ).hexdigest()


def read_bases(folder: Path) -> list[Base]:
    """Returns the designers' stories that can be said otherwise for a feeling.

    Args:
        folder: the project's ``data``.

    Raises:
        ExemplarError: a file is broken.
    """
    bases: list[Base] = []
    for file in sorted((folder / "stories").glob("*.yml")):
        for story in read_entries(file, "stories"):
            if (base := _take_apart(story)) is not None:
                bases.append(base)
    return bases


def read_yaml(file: Path) -> dict[str, Any]:
    """Returns a designer's file as data.

    Raises:
        ExemplarError: it is broken.
    """
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ExemplarError(f"cannot read {file}: {' '.join(str(error).split())[:200]}") from error
    return content if isinstance(content, dict) else {}


def read_entries(file: Path, key: str) -> list[dict[str, Any]]:
    """Returns the stories or rules of a designer's file.

    Raises:
        ExemplarError: it is broken.
    """
    entries = read_yaml(file).get(key) or []
    for entry in entries if isinstance(entries, list) else [str(entries)]:
        steps = entry.get("steps") or [] if isinstance(entry, dict) else [entry]
        if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
            raise ExemplarError(f"{file}: {str(entry)[:60]!r} is not built as other {key} are.")
    return list(entries)


def _slots(step: Step) -> Iterator[tuple[str, Any]]:
    for one in [step, *(step.get("or") or ())]:
        for pair in one.get("slot_was_set") or ():
            yield from pair.items() if isinstance(pair, dict) else [(pair, None)]


def _take_apart(story: Mapping[str, Any]) -> Base | None:
    """Returns the parts of a story of one turn; None for one that cannot be said otherwise."""
    steps: list[Step] = list(story.get("steps") or ())
    if (
        not steps
        or sum("intent" in s or any("intent" in o for o in s.get("or", ())) for s in steps) != 1
    ):
        return None
    first = steps[0]
    intents = (
        [first["intent"]] if "intent" in first else [o.get("intent") for o in first.get("or", ())]
    )
    if not all(intents):
        return None
    moods, goals = list[str](), list[str]()
    number = 1
    while number < len(steps) and "action" not in steps[number]:
        for slot, value in _slots(steps[number]):
            if slot == "frustration":
                moods.append(str(value))
            elif slot == "goal":
                goals.append(str(value))
            else:
                # It rests on more than this turn.
                return None
        number += 1
    if len(moods) != 1:
        return None
    head = list(itertools.takewhile(lambda s: not _says(s), steps[number:]))
    tail = steps[number + len(head) :]
    meeting = list(itertools.takewhile(lambda s: move_of(str(s.get("action"))) in MEET, tail))
    return Base(
        name=str(story.get("story")),
        intents=tuple(map(str, intents)),
        goals=tuple(goals) or tuple(map(str, intents)),
        mood=moods[0],
        head=tuple(head),
        meeting=tuple(str(step["action"]) for step in meeting),
        rest=tuple(tail[len(meeting) :]),
    )


def _says(step: Step) -> bool:
    return str(step.get("action", "")).startswith("utter_")


def write_stories(
    learned: Learned,
    bases: Sequence[Base],
    responses: Mapping[str, Any],
    stages: Mapping[str, str],
) -> list[Story]:
    """Returns the stories that say for a feeling what was learned, where that differs from the designers'.

    Args:
        learned: from SESSIONS.
        bases: the designers' stories.
        responses: of the domain, by name.
        stages: of the purchase, by intent.
    """
    variants: dict[str, list[Base]] = {}
    for base in bases:
        variants.setdefault(base.path, []).append(base)
    stories = []
    for base, feeling in itertools.product(bases, FEELINGS):
        if base.mood not in _MOODS[feeling]:
            continue
        seen = learned.seen(feeling, base.mood, base.goals)
        if not seen or base.fails:
            continue
        wanted = [stages[goal] for goal in base.goals if goal in stages]
        pattern = learned.nearest(feeling, base.mood, base.asks, dict.fromkeys(wanted), base.goals)
        if pattern is None:
            continue
        meeting = _meeting(base, feeling, pattern, variants[base.path], responses)
        rest = _with_person(base, pattern)
        if (meeting, rest) == (base.meeting, base.rest):
            continue
        stage = pattern.situation.stage or (wanted[0] if wanted else "any")
        stories.append(
            Story(
                name=f"{base.name}; {feeling}",
                file=f"{stage}-{feeling}",
                steps=tuple(_steps(base, feeling, meeting, rest)),
                pattern=pattern,
                seen=seen,
            )
        )
    return stories


def _meeting(
    base: Base,
    feeling: str,
    pattern: Pattern,
    variants: Sequence[Base],
    responses: Mapping[str, Any],
) -> tuple[str, ...]:
    """Returns the responses that meet the customer, one for each learned move that we have words for."""
    later = {move_of(str(step.get("action"))) for step in base.rest}
    designed = {move_of(name) for name in base.meeting}
    said: list[str] = []
    for move, rate in pattern.rates.items():
        wanted = move in pattern.moves or (move in designed and rate >= UNUSUAL)
        if not wanted or move not in MEET or move in later:
            continue
        specific = _words_for(move, base, variants)
        general = f"utter_{move}_{feeling}"
        if move in _BY_FEELING and feeling in _UNLIKE_ANGER:
            words = general if general in responses else None
        else:
            words = specific or (general if general in responses else None)
        if words:
            said.append(words)
    said = said[:MOST]
    met = {move_of(name) for name in said} & MET_BY
    # Whatever the exemplars of a few SESSIONS did: nobody who is angry gets facts before being met.
    return tuple(said) if met or base.mood != "high" or feeling == MET else base.meeting


def _words_for(move: str, base: Base, variants: Sequence[Base]) -> str | None:
    """Returns what designers say in the same matter for a move, at this mood or else at another."""
    for one in (base, *variants):
        for name in one.meeting:
            if move_of(name) == move:
                return name
    return None


def _with_person(base: Base, pattern: Pattern) -> tuple[Step, ...]:
    """Returns the rest of a story; where exemplars pass to a person, with the offer of one."""
    offered = any(
        step.get("action") in {"action_offer_person", "action_hand_over"} for step in base.rest
    )
    if "handover" not in pattern.moves or offered:
        return base.rest
    return (*base.rest, {"action": "utter_options_person"}, {"action": "action_offer_person"})


def _steps(
    base: Base, feeling: str, meeting: Sequence[str], rest: Sequence[Step]
) -> Iterator[Step]:
    yield _either("intent", base.intents)
    yield {"slot_was_set": [{"frustration": base.mood}, {"feeling": feeling}]}
    goals = [{"slot_was_set": [{"goal": goal}]} for goal in base.goals]
    yield goals[0] if len(goals) == 1 else {"or": goals}
    yield from base.head
    yield from ({"action": name} for name in meeting)
    yield from rest


def _either(key: str, values: Sequence[str]) -> Step:
    return {key: values[0]} if len(values) == 1 else {"or": [{key: value} for value in values]}


class _Rule:
    """What a rule says of the first response after what was looked up."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        steps = list(rule.get("steps") or ())
        self.name = str(rule.get("rule"))
        self.conditions = [pair for step in rule.get("condition") or () for pair in _slots(step)]
        first = steps[0] if steps else {}
        self.intents = {
            str(one["intent"]) for one in [first, *(first.get("or") or ())] if "intent" in one
        }
        number = 1
        #: Each has to be one of these.
        self.slots: list[set[tuple[str, Any]]] = [{pair} for pair in self.conditions]
        while number < len(steps) and "action" not in steps[number]:
            pairs = list(_slots(steps[number]))
            self.slots += [set(pairs)] if "or" in steps[number] else [{pair} for pair in pairs]
            number += 1
        self.head = list(itertools.takewhile(lambda s: not _says(s), steps[number:]))
        tail = steps[number + len(self.head) :]
        self.then = str(tail[0]["action"]) if tail else None

    def fits(self, base: Base, feeling: str) -> bool:
        """Tells whether it decides what is said after a story's head."""
        if not self.intents & {ANY, *base.intents} or not self.then:
            return False
        if [_plain(s) for s in self.head] != [_plain(s) for s in base.head]:
            return False
        known = {("frustration", base.mood), ("feeling", feeling)}
        known |= {("goal", goal) for goal in base.goals}
        return all(options & known or _unset(options) for options in self.slots)


def _unset(options: set[tuple[str, Any]]) -> bool:
    return all(value in (None, "null") and slot != "goal" for slot, value in options)


def _plain(step: Step) -> str:
    return json.dumps(sorted(map(str, _slots(step))) if "action" not in step else step["action"])


@dataclass(frozen=True)
class Contradiction:
    """A learned story that cannot be: something else says what comes next."""

    story: str
    by: str


def sift(
    stories: Sequence[Story], bases: Sequence[Base], folder: Path
) -> tuple[list[Story], list[Contradiction]]:
    """Parts the stories that can be trained from those that contradict a rule or each other.

    Args:
        stories: learned.
        bases: that they were made from.
        folder: the project's ``data``.
    """
    rules = [
        _Rule(rule)
        for file in sorted((folder / "rules").glob("*.yml"))
        for rule in read_entries(file, "rules")
    ]
    by_name = {base.name: base for base in bases}
    kept: list[Story] = []
    against: list[Contradiction] = []
    taken: dict[tuple[Any, ...], tuple[str, str]] = {}
    for story in sorted(stories, key=lambda s: (-s.pattern.sessions, s.name)):
        name, _, feeling = story.name.rpartition("; ")
        base = by_name[name]
        rule = next((r for r in rules if r.fits(base, feeling)), None)
        if rule:
            against.append(Contradiction(story.name, f"the rule “{rule.name}”"))
            continue
        said = dict(_what_comes_next(story, base, feeling))
        other = next(
            (
                taken[point][1]
                for point, action in said.items()
                if point in taken and taken[point][0] != action
            ),
            None,
        )
        if other is not None:
            against.append(Contradiction(story.name, f"the story “{other}”"))
            continue
        taken |= {point: (action, story.name) for point, action in said.items()}
        kept.append(story)
    kept.sort(key=lambda story: (story.file, story.name))
    return kept, against


def _what_comes_next(
    story: Story, base: Base, feeling: str
) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yields every point at which a story says what comes next, with that action."""
    for intent, goal in itertools.product(base.intents, base.goals):
        past: tuple[Any, ...] = (intent, goal, base.mood, feeling)
        for step in story.steps[3:]:
            if "action" in step:
                yield past, str(step["action"])
            past = (*past, _plain(step))
        yield past, "action_listen"


#: Where the steps of a story begin in its text.
_STEPS: Final = re.compile(r"(?m)^ +steps:")


@functools.lru_cache(maxsize=1)
def _dumper() -> type[yaml.CSafeDumper]:
    class Dumper(yaml.CSafeDumper):
        """Never points back to what was written before."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    return Dumper


def as_written(file: Path) -> dict[str, str]:
    """Returns the text of each story of a file by its name, with the comment above it; none of no file."""
    text = file.read_text(encoding="utf-8-sig") if file.exists() else ""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    above, entries = next(
        ((key.start_mark.line, value) for key, value in pairs if key.value == "stories"), (0, None)
    )
    if not isinstance(entries, yaml.SequenceNode) or entries.flow_style:
        return {}
    lines = text.splitlines(keepends=True)
    starts = []
    for entry in entries.value:
        start = entry.start_mark.line
        while start > above + 1 and lines[start - 1].lstrip().startswith("#"):
            start -= 1
        starts.append(start)
    told = zip(entries.value, starts, [*starts[1:], entries.end_mark.line], strict=True)
    return {
        str(value.value): "".join(lines[start:end]).rstrip() + "\n"
        for entry, start, end in told
        for key, value in (entry.value if isinstance(entry, yaml.MappingNode) else ())
        if key.value == "story"
    }


def as_yaml(stories: Sequence[Mapping[str, Any]], written: Mapping[str, str] | None = None) -> str:
    """Returns stories as the text of a file.

    Args:
        stories: as data.
        written: by name, how some of them are written already, with the same steps; what their authors noted
            on them stays.
    """
    lines = [
        'version: "3.1"',
        "",
        "# Learned from SESSIONS by `exemplar sessions learn`; each story names those that taught it.",
        "# Edit as you like: what you change is kept, and shown as a difference when it is learned again.",
        "stories:",
    ]
    for story in stories:
        told = (written or {}).get(str(story.get("story")))
        lines.append(_told_anew(story, told) if told else _told(story))
    return "\n".join(lines).rstrip("\n") + "\n"


def _told(story: Mapping[str, Any]) -> str:
    return yaml.dump(
        [dict(story)],
        Dumper=_dumper(),
        sort_keys=False,
        allow_unicode=True,
        width=110,
        default_flow_style=False,
    )


def _told_anew(story: Mapping[str, Any], told: str) -> str:
    """Returns a story's text with the steps, and the comment above it, as they are written already."""
    notes = "".join(itertools.takewhile(_is_note, told.splitlines(keepends=True)))
    steps = _STEPS.search(told)
    head = {key: value for key, value in story.items() if key != "steps"}
    anew = f"{notes}{_told(head)}{told[steps.start() :]}" if steps else told
    # Whoever has built it another way has it built anew.
    return anew if _reads_as(anew, story) else _told(story)


def _reads_as(text: str, story: Mapping[str, Any]) -> bool:
    try:
        return bool(yaml.load(text, yaml.CSafeLoader) == [dict(story)])
    except yaml.YAMLError:
        return False


def _is_note(line: str) -> bool:
    return line.lstrip().startswith("#")
