"""The moves that are read in an agent's words, and labels for turns that have none."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from recorded import AGREED, recorded
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from exemplar.emotion.encoder import shared_encoder
from exemplar.emotion.reader import EmotionReader
from exemplar.errors import ExemplarError
from exemplar.moves import MOVES
from exemplar.sessions.annotating import agent_turns, annotate, train_moves
from exemplar.sessions.files import read_sessions
from exemplar.sessions.model import Labels, Session, Turn
from exemplar.sessions.move_features import echo, see, with_neighbours
from exemplar.sessions.move_model import FEWEST, AgentTurn, MoveModel, sentences
from exemplar.sessions.noisy_or import NoisyOr, Sentences, of_turns

THINGS = ("sofa", "lamp", "rug", "desk", "kettle", "chair", "shelf", "mirror")
#: Ways in which agents make a move; "{}" is what the customer bought.
WAYS = {
    "apologize": (
        "I'm sorry about the {}.",
        "I am sorry that the {} broke.",
        "Sorry, that should not have happened with the {}.",
    ),
    "clarify": (
        "Which {} do you mean?",
        "What is the number of the order with the {}?",
        "Which address was the {} to go to?",
    ),
    "expect": (
        "The {} will be with you on Friday.",
        "You will hear from us about the {} by Monday noon.",
        "The {} will come tomorrow between eight and ten.",
    ),
}


def labelled() -> tuple[list[AgentTurn], list[tuple[str, ...]], list[str]]:
    """Returns turns of one or two sentences, each sentence one move, of eight SESSIONS."""
    turns, moves, sessions = list[AgentTurn](), list[tuple[str, ...]](), list[str]()
    for (session, thing), (move, ways) in itertools.product(enumerate(THINGS), WAYS.items()):
        for number, way in enumerate(ways):
            turns.append(AgentTurn(way.format(thing), f"my {thing}?", number))
            moves.append((move,))
            sessions.append(f"s-{session}")
        other = next(name for name in WAYS if name != move)
        both = f"{ways[0]} {WAYS[other][1]}".replace("{}", thing)
        turns.append(AgentTurn(both, f"my {thing}?", 3))
        moves.append((move, other))
        sessions.append(f"s-{session}")
    return turns, moves, sessions


@pytest.fixture(scope="module")
def model() -> MoveModel:
    return MoveModel.train(*labelled())


def moves_of(model: MoveModel, text: str) -> tuple[str, ...]:
    (reading,) = model.read([AgentTurn(text, "my wardrobe?", 1)])
    return reading.moves


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("I'm sorry about the wardrobe.", ("apologize",)),
        ("Which wardrobe do you mean?", ("clarify",)),
        ("The wardrobe will be with you on Thursday.", ("expect",)),
    ],
)
def test_a_move_is_read_in_words_that_nobody_has_labelled(
    model: MoveModel, text: str, moves: tuple[str, ...]
) -> None:
    assert moves_of(model, text) == moves


def test_moves_come_in_the_order_of_the_sentences_that_make_them(model: MoveModel) -> None:
    sorry, which = "I'm sorry about the wardrobe.", "Which wardrobe do you mean?"
    assert moves_of(model, f"{sorry} {which}") == ("apologize", "clarify")
    assert moves_of(model, f"{which} {sorry}") == ("clarify", "apologize")
    assert moves_of(model, f"{which}\n\n{sorry}") == ("clarify", "apologize")


@pytest.mark.parametrize(
    "text",
    ["", " ", "?", "😡😡", "asdf qwer", "你好", "\x00", "ok " * 4000, "a. " * 200],
    ids=lambda text: repr(text)[:12],
)
def test_every_turn_makes_at_least_one_move(model: MoveModel, text: str) -> None:
    (reading,) = model.read([AgentTurn(text)])
    assert reading.moves
    assert len(set(reading.moves)) == len(reading.moves)
    assert set(reading.moves) <= set(MOVES)


def test_a_reading_says_how_sure_it_is(model: MoveModel) -> None:
    for reading in model.read(labelled()[0]):
        assert tuple(reading.scores) == MOVES
        assert all(0 <= score <= 1 for score in reading.scores.values())
        assert 0 <= reading.confidence <= 1


def test_a_move_that_nobody_labelled_is_never_read(model: MoveModel) -> None:
    readings = model.read([AgentTurn("Hello, I'm Mia. I'd offer you two ways: return or repair.")])
    assert set(readings[0].moves) <= set(WAYS)
    assert readings[0].scores["open"] == 0.0


def test_the_same_turns_teach_the_same(model: MoveModel) -> None:
    again = MoveModel.train(*labelled())
    assert again.thresholds == model.thresholds
    turns = labelled()[0]
    assert again.read(turns) == model.read(turns)


def test_a_turn_is_read_the_same_alone_and_among_others(model: MoveModel) -> None:
    turns = [*labelled()[0][:12], AgentTurn("ok " * 400)]
    together = model.read(turns)
    for turn, reading in zip(turns, together, strict=True):
        (alone,) = model.read([turn])
        assert alone.moves == reading.moves
        assert alone.scores == pytest.approx(reading.scores, abs=0.002)


def test_nothing_is_read_of_nothing(model: MoveModel) -> None:
    assert model.read([]) == []


@pytest.mark.parametrize("many", [0, 1, FEWEST - 1])
def test_too_few_turns_are_an_error_that_says_how_many_are_needed(many: int) -> None:
    turns, moves, sessions = (part[:many] for part in labelled())
    with pytest.raises(ExemplarError, match=f"{many} labelled turns .* label {FEWEST} in"):
        MoveModel.train(turns, moves, sessions)


def test_turns_of_too_few_sessions_are_an_error() -> None:
    turns, moves, sessions = labelled()
    with pytest.raises(ExemplarError, match="at least 5 SESSIONS"):
        MoveModel.train(turns, moves, ["one", "two"] * (len(sessions) // 2))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("One\ntwo\n\nthree", ["One", "two", "three"]),
        ('"Late." And then?', ['"Late."', "And then?"]),
        ("€3.50 on 2.4.", ["€3.50 on 2.4."]),
        ("one", ["one"]),
        ("", [""]),
        (" \n ", [" \n "]),
    ],
)
def test_sentences_end_where_punctuation_and_lines_end(text: str, parts: list[str]) -> None:
    # A closing quotation mark may stay with its sentence or go.
    assert [one.strip('"') for one in sentences(text)] == [one.strip('"') for one in parts]


def test_what_the_customer_said_is_known_when_it_is_said_back() -> None:
    before = "my desk lamp ML-104440 flickers, since Tuesday"
    said, begun, number, other, _, nothing = echo("Since Tuesday ML-104440 is flickering.", before)
    assert 0 < said < begun
    assert (number, other, nothing) == (1.0, 0.0, 0.0)
    assert echo("It comes by 12:30.", before)[:4] == (0.0, 0.0, 0.0, 1.0)
    assert echo("Hello.", "")[-1] == 1.0
    assert echo("", "") == (0.0, 0.0, 0.0, 0.0, 0.0, 1.0)


def test_neighbours_are_sentences_of_the_same_turn() -> None:
    own = np.array([[1.0], [2.0], [4.0], [8.0]], np.float32)
    near = with_neighbours(own, np.array([0, 0, 1, 1]))
    assert near.tolist() == [[1, 0, 1], [2, 0.5, 0], [4, 0, 4], [8, 2, 0]]
    assert with_neighbours(own[:1], np.array([0])).tolist() == [[1, 0, 0]]


def test_what_is_seen_of_some_turns_is_what_is_seen_of_them_alone() -> None:
    turns = labelled()[0][:8]
    some = see(shared_encoder(), turns).of(np.array([3, 7]))
    alone = see(shared_encoder(), [turns[3], turns[7]])
    assert some.texts == alone.texts
    for name in ("turn", "own", "echo", "around"):
        assert getattr(some, name) == pytest.approx(getattr(alone, name), abs=1e-5)


def test_which_sentence_makes_a_move_is_learned_from_labels_of_turns() -> None:
    # Twenty turns of two sentences; the turn makes a move where one of its sentences has the sign of it.
    signs = np.random.default_rng(0).random((40, 2)) < 0.3
    turn = np.repeat(np.arange(20), 2)
    dense = np.where(signs, 3.0, -3.0).astype(np.float32)
    seen = Sentences(dense, csr_matrix((40, 1), dtype=np.float32), turn)
    made = np.array([signs[turn == number].any(axis=0) for number in range(20)])
    model = NoisyOr.fit(seen, made)
    logits = model.logits(seen)
    assert logits[signs].min() > logits[~signs].max()
    turns = of_turns(logits, turn, 20)
    assert turns.shape == (20, 2)
    assert turns[made].min() > turns[~made].max()
    # A turn makes a move at least as surely as each of its sentences.
    assert (turns[turn] >= 1 / (1 + np.exp(-logits)) - 1e-6).all()


# -- labels ----------------------------------------------------------------------------------------


def session(name: str, turns: Sequence[Turn], **changes: Any) -> Session:
    return recorded(name, *turns, **changes)


def taught() -> list[Session]:
    """The same turns as SESSIONS."""
    found: dict[str, list[Turn]] = {}
    for turn, moves, name in zip(*labelled(), strict=True):
        said = found.setdefault(name, [])
        at = float(len(said))
        said.append(Turn("customer", at, turn.before))
        said.append(Turn("agent", at + 1, turn.text, Labels("author", moves=moves)))
    return [session(name, turns) for name, turns in found.items()]


def misled(name: str, by: str = "author", **changes: Any) -> Session:
    """A SESSION in which every move is called another."""
    labels = Labels(by, moves=("handover",))
    turns = [
        Turn("agent", float(n), turn.text, labels) for n, turn in enumerate(labelled()[0][:40])
    ]
    return session(name, turns, **changes)


def test_only_what_people_labelled_in_sessions_that_may_teach_is_learned_from() -> None:
    withdrawn = replace(AGREED, withdrawn=date(2026, 10, 1))
    others = [
        misled("a", by="model"),
        misled("b", apart=True),
        misled("c", customer_consent=withdrawn),
        misled("d", agent_consent=withdrawn),
        session("e", [Turn("agent", 0.0, "Which wardrobe do you mean?")]),
    ]
    alone, among = train_moves(taught(), ()), train_moves([*others, *taught()], ())
    turns = labelled()[0]
    assert among.read(turns) == alone.read(turns)
    # It would be noticed.
    assert train_moves([misled("f"), *taught()], ()).read(turns) != alone.read(turns)


def test_an_agents_turn_is_taken_with_the_customers_words_before_and_after_and_its_place() -> None:
    said = [("agent", "a"), ("customer", "b"), ("agent", "c"), ("agent", "d"), ("customer", "e")]
    made = session("s", [Turn(who, 0.0, text) for who, text in said])
    assert agent_turns(made) == [
        (0, AgentTurn("a", "", 0, after="b")),
        (2, AgentTurn("c", "b", 1)),
        (3, AgentTurn("d", "b", 2, after="e")),
    ]
    assert agent_turns(replace(made, turns=made.turns[:4]))[-1][1].last


def test_what_people_said_is_never_overwritten_and_the_rest_is_labelled(model: MoveModel) -> None:
    settled = [
        Turn("customer", 0.0, "I am furious!", Labels("person", emotion="joy", frustration=0.0)),
        Turn("agent", 1.0, "Which wardrobe do you mean?", Labels("author", moves=("close",))),
    ]
    facts = {"order_state": "late"}
    open_turns = [
        Turn("customer", 2.0, "I am furious!"),
        Turn("agent", 3.0, "I'm sorry about the wardrobe."),
        Turn("customer", 4.0, "Thank you so much!", Labels("model", 0.2, emotion="anger")),
        Turn(
            "agent",
            5.0,
            "Which wardrobe do you mean?",
            Labels("model", 0.1, moves=("close",), anti_moves=("blame",), facts=facts),
        ),
    ]
    made = session("s", [*settled, *open_turns])
    done = annotate(made, model, EmotionReader(), lambda text: f"wish_{len(text)}")
    assert done.turns[:2] == tuple(settled)
    assert [(turn.speaker, turn.text) for turn in done.turns] == [
        (turn.speaker, turn.text) for turn in made.turns
    ]
    angry, sorry, glad, which = (turn.labels for turn in done.turns[2:])
    assert angry is not None
    assert sorry is not None
    assert glad is not None
    assert which is not None
    assert {one.by for one in (angry, sorry, glad, which)} == {"model"}
    assert (angry.emotion, angry.intent) == ("anger", "wish_13")
    assert (angry.frustration or 0.0) > (glad.frustration or 0.0)
    assert glad.emotion == "gratitude"
    assert (sorry.moves, which.moves) == (("apologize",), ("clarify",))
    # What only a person can have noted stays.
    assert (which.facts, which.anti_moves) == (facts, ("blame",))
    # What is labelled once stays so.
    assert annotate(done, model, EmotionReader(), lambda text: f"wish_{len(text)}") == done


# -- our own SESSIONS ------------------------------------------------------------------------------


def macro_f1(made: Sequence[Sequence[str]], read: Sequence[Sequence[str]]) -> float:
    """Returns the mean F1 of the moves that were made at all."""
    scores = []
    for move in {move for one in made for move in one}:
        right = sum(move in a and move in b for a, b in zip(made, read, strict=True))
        named = sum(move in one for one in (*made, *read))
        scores.append(2 * right / named)
    return sum(scores) / len(scores)


def micro_f1(made: Sequence[Sequence[str]], read: Sequence[Sequence[str]]) -> float:
    """Returns the F1 over all moves together."""
    right = sum(len(set(a) & set(b)) for a, b in zip(made, read, strict=True))
    return 2 * right / sum(map(len, (*made, *read)))


def by_word_counts(
    turns: Sequence[AgentTurn], made: Sequence[Sequence[str]], asked: Sequence[AgentTurn]
) -> list[list[str]]:
    """Returns the moves that a logistic model of word counts reads, one of each move, taught by turns."""
    vectorizer = CountVectorizer()
    known = vectorizer.fit_transform([turn.text for turn in turns])
    new = vectorizer.transform([turn.text for turn in asked])
    found: list[list[str]] = [[] for _ in asked]
    for move in MOVES:
        model = LogisticRegression(max_iter=1000).fit(known, [move in one for one in made])
        for one, does in zip(found, model.predict(new), strict=True):
            one.extend([move] if does else [])
    return found


def test_on_sessions_set_apart_it_is_far_better_than_word_counts_and_the_most_frequent() -> None:
    sessions = list(read_sessions())
    taught_turns, taught_moves = list[AgentTurn](), list[Sequence[str]]()
    turns, made = list[AgentTurn](), list[Sequence[str]]()
    for one in sessions:
        for place, turn in agent_turns(one):
            labels = one.turns[place].labels
            if labels is None or not labels.settled:
                continue
            if one.apart:
                turns.append(turn)
                made.append(labels.moves)
            elif one.teaches:
                taught_turns.append(turn)
                taught_moves.append(labels.moves)
    assert len(turns) > 50
    read = [reading.moves for reading in train_moves(sessions).read(turns)]
    counted = by_word_counts(taught_turns, taught_moves, turns)
    frequent = max(MOVES, key=lambda move: sum(move in one for one in taught_moves))
    # The figures of docs/sessions.md: 0.80 and 0.75; 0.46 and 0.51; 0.04 and 0.27. Some moves are made
    # three or five times in these SESSIONS: the mean over moves may swing by some hundredths.
    assert macro_f1(made, read) > macro_f1(made, counted) + 0.1
    assert micro_f1(made, read) > micro_f1(made, counted) + 0.1
    assert macro_f1(made, read) > macro_f1(made, [(frequent,)] * len(turns)) + 0.5
    assert micro_f1(made, read) > micro_f1(made, [(frequent,)] * len(turns)) + 0.3
    # Whoever names all of them at every turn misses none.
    assert macro_f1(made, read) > macro_f1(made, [MOVES] * len(turns)) + 0.3
    assert macro_f1(made, read) > 0.7
    assert micro_f1(made, read) > 0.68
