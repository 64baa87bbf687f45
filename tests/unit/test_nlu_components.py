from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from exemplar.conversation import DANGER_LIKELY
from exemplar.emotion.base import DIMENSIONS
from exemplar.emotion.encoder import shared_encoder
from exemplar.emotion.reader import EmotionReader
from exemplar.nlu import danger as of_danger
from exemplar.nlu import exchange as of_exchanges
from exemplar.nlu import intents as of_intents
from exemplar.nlu.acts import ACTS, load_exchanges
from exemplar.nlu.danger import Danger
from exemplar.nlu.emotion import EmotionComponent
from exemplar.nlu.entities import SettledEntities, settled
from exemplar.nlu.exchange import ACT, BEFORE, Exchanges
from exemplar.nlu.guarantees import GuaranteedIntents
from exemplar.nlu.intents import Intents
from exemplar.nlu.meanings import load_meant
from exemplar.nlu.meant_intents import MeantIntents
from exemplar.nlu.minilm import MiniLMFeaturizer
from exemplar.nlu.questions import load_wordings
from exemplar.nlu.wishes import OtherWish
from exemplar.nlu.words import EntityPatterns, LearnedEntities

AtOnce = Callable[[Callable[[], Any]], list[Any]]

ROOT = Path(__file__).parents[2]
COMPONENTS = [
    LearnedEntities,
    MiniLMFeaturizer,
    EmotionComponent,
    Danger,
    Intents,
    GuaranteedIntents,
]
#: These have nothing to settle or to note in the messages here; what they do is tested by itself.
QUIET = [EntityPatterns, SettledEntities, OtherWish, Exchanges, MeantIntents]
CONTEXT = ExecutionContext(GraphSchema({}), node_name="under_test")

EXAMPLES = {
    "greet": ["hi", "hello there", "good morning", "hey you"],
    "thank": ["thanks", "thank you so much", "many thanks for that", "cheers, thank you"],
    "track_order": [
        "where is my order",
        "track my parcel",
        "when does my order come",
        "where is it",
    ],
    "contact_human_agent": ["I want to talk to a human", "give me a person", "a human please"],
    "crisis": ["I want to end my life", "I might harm myself", "I cannot live any more"],
}
TEXTS = ["I fear I will harm myself", "where is my ordr?", "humen", "asdf 😡 qwert", "\0\ud83d"]


#: What the exchanges taught, by file. It takes more than a minute.
_exchanges: dict[str, bytes] = {}


def training_data(examples: dict[str, list[str]]) -> TrainingData:
    return TrainingData(
        [
            Message.build(text=text, intent=intent)
            for intent, texts in examples.items()
            for text in texts
        ]
        # What is learned as an entity: whom somebody fears for.
        + [
            Message.build(
                text=f"I {verb} harm myself",
                intent="crisis",
                entities=[
                    {
                        "entity": "name",
                        "value": "myself",
                        "start": len(verb) + 8,
                        "end": len(verb) + 14,
                    }
                ],
            )
            for verb in ("will", "could", "fear I will", "am about to")
            if "crisis" in examples
        ],
        regex_features=[
            {"name": "crisis", "pattern": r"\bharm myself\b"},
            {"name": "order_number", "pattern": r"\d+"},
        ],
        lookup_tables=[
            {"name": "contact_human_agent", "elements": ["human", "person"]},
            {"name": "contact_human_agent_around", "elements": ["a", "real", "please"]},
        ],
    )


def tokenizer() -> WhitespaceTokenizer:
    return WhitespaceTokenizer(WhitespaceTokenizer.get_default_config())


def train(
    kind: type[GraphComponent], storage: ModelStorage, data: TrainingData | None = None
) -> Any:
    """Trains a component as Rasa does; what learns from the project's own files alone, once."""
    if kind is Exchanges and _exchanges:
        with storage.write_to(Resource(kind.__name__)) as folder:
            for name, trained in _exchanges.items():
                (folder / name).write_bytes(trained)
        return load(kind, storage)
    data = tokenizer().process_training_data(data or training_data(EXAMPLES))
    made: Any = kind.create(kind.get_default_config(), storage, Resource(kind.__name__), CONTEXT)
    if hasattr(made, "train"):
        made.train(data)
    if hasattr(made, "process_training_data"):
        made.process_training_data(data)
    if kind is Exchanges:
        with storage.read_from(Resource(kind.__name__)) as folder:
            _exchanges.update({file.name: file.read_bytes() for file in folder.iterdir()})
    return made


def load(kind: type[GraphComponent], storage: ModelStorage) -> Any:
    return kind.load(kind.get_default_config(), storage, Resource(kind.__name__), CONTEXT)


def understood(component: Any, *texts: str) -> list[Message]:
    return component.process(tokenizer().process([Message({TEXT: text}) for text in texts]))


def seen(message: Message) -> dict[str, Any]:
    """Returns all that a later component or a client sees of a message."""
    features = [(f.type, f.origin, f.features.tolist()) for f in message.features]
    return {**message.as_dict(only_output_properties=True), "features": features}


def ranking(message: Message) -> dict[str, float]:
    return {entry["name"]: entry["confidence"] for entry in message.get(INTENT_RANKING_KEY)}


@pytest.fixture(scope="module")
def some() -> tuple[list[Any], list[Any]]:
    """Some of the project's exchanges and questions: to read all of them takes seconds."""
    return load_exchanges()[:400], load_wordings()[::8]


@pytest.fixture(autouse=True)
def few_exchanges(monkeypatch: pytest.MonkeyPatch, some: tuple[list[Any], list[Any]]) -> None:
    """Learns from some of the exchanges and questions: from all of them takes minutes."""
    exchanges, wordings = some
    monkeypatch.setattr(of_exchanges, "load_exchanges", lambda: exchanges)
    monkeypatch.setattr(of_exchanges, "load_wordings", lambda: wordings)
    monkeypatch.setattr(of_exchanges, "load_meant", lambda: load_meant()[::20])
    monkeypatch.setattr(of_danger, "load_exchanges", lambda: exchanges)


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage(tmp_path)


# The contract that every component keeps.


def test_every_component_in_the_pipeline_is_under_the_contract() -> None:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text())["pipeline"]
    ours = {part["name"] for part in pipeline if part["name"].startswith("exemplar.")}
    kinds = [*COMPONENTS, *QUIET]
    assert ours == {f"{kind.__module__}.{kind.__name__}" for kind in kinds}


@pytest.mark.parametrize("kind", COMPONENTS)
def test_it_adds_something_and_the_same_after_loading(
    kind: type[GraphComponent], storage: LocalModelStorage
) -> None:
    untouched = tokenizer().process([Message({TEXT: text}) for text in TEXTS])
    now = [seen(message) for message in understood(train(kind, storage), *TEXTS)]
    assert now[0] != seen(untouched[0])
    assert [seen(message) for message in understood(load(kind, storage), *TEXTS)] == now


@pytest.mark.parametrize("kind", [*COMPONENTS, *QUIET])
def test_an_empty_message_is_taken(kind: type[GraphComponent], storage: LocalModelStorage) -> None:
    component = train(kind, storage)
    for empty in (Message({TEXT: ""}), Message({TEXT: " "}), Message({})):
        before = empty.get(TEXT)
        (message,) = component.process(tokenizer().process([empty]))
        assert message.get(TEXT) == before


@pytest.mark.parametrize("kind", [*COMPONENTS, *QUIET])
def test_a_message_of_10_000_characters_is_taken_like_any_other(
    kind: type[GraphComponent], storage: LocalModelStorage
) -> None:
    component = train(kind, storage)
    text = ("I fear I will harm myself, " * 400)[:10_000]
    for long in (text, "x" * 10_000, "?" * 10_000):
        (message,) = understood(component, long)
        assert message.get(TEXT) == long
    assert seen(understood(component, text)[0]).keys() == (
        seen(understood(component, TEXTS[0])[0]).keys()
    )


@pytest.mark.parametrize("kind", [*COMPONENTS, *QUIET])
def test_two_threads_get_what_one_gets(
    kind: type[GraphComponent], storage: LocalModelStorage, at_once: AtOnce
) -> None:
    component = train(kind, storage)
    alone = [seen(message) for message in understood(component, *TEXTS)]
    both = at_once(lambda: [seen(message) for message in understood(component, *TEXTS)])
    assert both == [alone, alone]


# Features and emotion.


def test_a_message_has_the_vector_of_its_topic_and_no_other(storage: LocalModelStorage) -> None:
    text = "unbelievably late"
    (message,) = understood(train(MiniLMFeaturizer, storage), text)
    (sentence,) = (features.features for features in message.features)
    assert sentence.shape == (1, DIMENSIONS)
    assert np.allclose(sentence, shared_encoder().encode(text).sentence[None])


def test_training_examples_are_featurized_like_messages(storage: LocalModelStorage) -> None:
    data = training_data(EXAMPLES)
    component = train(MiniLMFeaturizer, storage, data)
    for example in data.training_examples:
        (message,) = understood(component, example.get(TEXT))
        for learned, met in zip(example.features, message.features, strict=True):
            assert np.allclose(learned.features, met.features, atol=1e-4)


def test_the_reading_stands_beside_the_intent_with_or_without_the_featurizer(
    storage: LocalModelStorage,
) -> None:
    text = "great, another week of waiting"
    component = train(EmotionComponent, storage)
    expected = EmotionReader().read(text).as_dict()
    (alone,) = understood(component, text)
    (after,) = component.process(understood(train(MiniLMFeaturizer, storage), text))
    for message in (alone, after):
        assert message.as_dict(only_output_properties=True)["emotion"] == expected


# Danger.


def test_danger_is_likelier_where_it_is_told_than_in_an_everyday_message(
    storage: LocalModelStorage,
) -> None:
    told, everyday = understood(
        train(Danger, storage), "I want to end my life", "sat at home like an idiot all wednesday"
    )
    # From a handful of examples: how likely it is is told by the trained assistant's tests.
    assert told.get(DANGER_LIKELY) > 5 * everyday.get(DANGER_LIKELY)
    assert everyday.get(DANGER_LIKELY) < 0.1


def test_an_assistant_without_a_crisis_among_its_intents_reads_no_danger(
    storage: LocalModelStorage,
) -> None:
    (message,) = understood(train(Danger, storage, training_data({"greet": ["hi", "hello"]})), "hi")
    assert message.get(DANGER_LIKELY) is None


# Intents.


def test_it_learns_the_intents(storage: LocalModelStorage) -> None:
    component = train(Intents, storage)
    for intent, texts in EXAMPLES.items():
        for message in understood(component, *texts):
            assert message.get(INTENT)["name"] == intent


@pytest.mark.parametrize("text", [*TEXTS, "", "zxqv wvut", "你好"])
def test_any_text_gets_a_ranking_of_all_intents_that_sums_to_1(
    storage: LocalModelStorage, text: str
) -> None:
    (message,) = understood(train(Intents, storage), text)
    assert ranking(message).keys() == EXAMPLES.keys()
    assert sum(ranking(message).values()) == pytest.approx(1)
    assert list(ranking(message).values()) == sorted(ranking(message).values(), reverse=True)
    assert message.get(INTENT) == message.get(INTENT_RANKING_KEY)[0]


def test_many_examples_are_learned_as_few_are(
    storage: LocalModelStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_intents, "_FEW", 1)
    component = train(Intents, storage)
    for intent, texts in EXAMPLES.items():
        for message in understood(component, *texts):
            assert message.get(INTENT)["name"] == intent
            assert sum(ranking(message).values()) == pytest.approx(1)
    again = load(Intents, storage)
    assert [ranking(m) for m in understood(again, *TEXTS)] == [
        ranking(m) for m in understood(component, *TEXTS)
    ]


def test_an_encoding_that_was_made_already_gives_the_same_ranking(
    storage: LocalModelStorage,
) -> None:
    component = train(Intents, storage)
    alone = understood(component, *TEXTS)
    after = component.process(understood(train(MiniLMFeaturizer, storage), *TEXTS))
    assert [ranking(message) for message in after] == [ranking(message) for message in alone]


@pytest.mark.parametrize("examples", [{}, {"greet": ["hi", "hello"]}])
def test_with_no_intents_to_tell_apart_it_says_nothing(
    storage: LocalModelStorage, examples: dict[str, list[str]]
) -> None:
    for component in (
        train(Intents, storage, training_data(examples)),
        load(Intents, storage),
    ):
        (message,) = understood(component, "hi")
        assert message.get(INTENT) is None


@pytest.mark.parametrize(
    "examples",
    [
        {"greet": EXAMPLES["greet"], "thank": EXAMPLES["thank"]},
        {"greet": ["hello"], "thank": ["hello thanks"]},
        {"greet": ["hi"], "thank": ["cool"]},
    ],
    ids=["many", "two", "nothing in common"],
)
def test_two_intents_are_enough_however_few_their_examples(
    storage: LocalModelStorage, examples: dict[str, list[str]]
) -> None:
    component = train(Intents, storage, training_data(examples))
    for intent, texts in examples.items():
        assert understood(component, texts[0])[0].get(INTENT)["name"] == intent


# What must never be missed.


def test_a_guarantee_overrules_the_classifier(storage: LocalModelStorage) -> None:
    message = Message({TEXT: "humans"})
    message.set(
        INTENT_RANKING_KEY,
        [{"name": "greet", "confidence": 0.9}, {"name": "contact_human_agent", "confidence": 0.1}],
    )
    train(GuaranteedIntents, storage).process([message])
    assert message.get(INTENT) == {"name": "contact_human_agent", "confidence": 1.0}
    assert ranking(message) == {"contact_human_agent": 1.0, "greet": 0.0}
    assert INTENT in message.as_dict(only_output_properties=True)


def test_where_there_is_no_guarantee_the_classifier_is_heard(storage: LocalModelStorage) -> None:
    message = Message({TEXT: "order 4711"})
    decided = {"name": "track_order", "confidence": 0.9}
    message.set(INTENT, decided)
    train(GuaranteedIntents, storage).process([message])
    assert message.get(INTENT) == decided


@pytest.fixture(scope="module")
def guarantees(tmp_path_factory: pytest.TempPathFactory) -> GuaranteedIntents:
    """The guarantees that the project's own data give."""
    storage = LocalModelStorage(tmp_path_factory.mktemp("guarantees"))
    made = GuaranteedIntents.create(
        GuaranteedIntents.get_default_config(), storage, Resource("guarantees"), CONTEXT
    )
    made.train(load_data(str(ROOT / "data" / "nlu")))
    return made


@pytest.mark.parametrize(
    "text",
    [
        "I want to kill myself",
        "KILL MYSELF",
        "im gonna kill my self",
        "I have been thinking about killing myself, and your parcel is late",
        "I might hurt myself tonight",
        "I keep cutting myself",
        "I will hang myself",
        "I'm going to end my life",
        "thinking of taking my own life",
        "I tried to take my life",
        "I want to end it all",
        "suicide",
        "I feel suicidal",
        "suiside",
        "sucide",
        "self-harm",
        "self harming again",
        "I want to die",
        "I just wanna die",
        "I wish I was dead",
        "I'd rather be dead",
        "everyone would be better off dead without me",
        "I don't want to live anymore",
        "I don’t want to live",
        "i dont want to be alive",
        "I don't wanna be here anymore",
        "I do not want to wake up tomorrow",
        "there is no reason to live",
        "there's no point in living",
        "my husband is going to kill me when he comes home",
        "He's going to kill me",
        "my ex wants to hurt me",
        "everything is falling apart and i just want it all to stop",
        "i want to end me",
        "my mother has given up on life",
        "this is not living any more",
        "I don't see any point in anything any more",
        "I would rather be with my sister, she went before me. I want to be with her",
        "I'm scared I will do something final",
        "I am on a roof and I can't go on",
        "I'm standing on the roof",
        "I work nights and i want to be dead",
        "I don't trust myself",
        "the flat is so quiet and I dont trust myself tonight",
        "worked my last shift. i am basically dead inside",
    ],
)
def test_somebody_in_danger_is_never_missed(guarantees: GuaranteedIntents, text: str) -> None:
    assert guarantees.guaranteed(text) == "crisis"


@pytest.mark.parametrize(
    "text",
    [
        "this wait is killing me",
        "I would kill for that lamp",
        "I'd kill for a discount",
        "dying to get it",
        "I am dying of curiosity",
        "I want to die laughing",
        "my feet are killing me in these shoes",
        "the battery is dead",
        "dead on arrival",
        "the deadline is killing us",
        "I could kick myself",
        "I shot myself in the foot by ordering twice",
        "I'll end my membership",
        "I assembled it myself and hurt my back",
        "can I hang it myself?",
        "hang on",
        "I'll take it all",
        "you can take it all back",
        "I don't want to be here all day",
        "I want the mails to stop",
        "I just want this to be over, where is my desk",
        "I don't see the point in paying twice",
        "The new address would be my sister: Swidnicka 22, or my neighbour, she is always home.",
        "could you maybe not do anything final yet and I'll sleep on it?",
        "please don't do anything final before I write",
        "ring me after four, I'm on a roof till then",
        "I'm on a roof all day, I do solar panels",
        "One hums, slightly. I have not decided if I can live with it.",
        # Two patterns see the same words; that is one thing.
        "the pieces I can throw away or somebody wants to see them? I have a cat",
        "my nan died before i could give her the foot spa. i cant look at it. can i return it",
        "the gas strut in my chair has given up on life",
        "bag C is not existing",
        "my rug is about to go to them, at number 12",
        "If I havent got one I would like to start again but I dont trust myself. What do I press first",
        "I work nights this week, so between 8 and 15 I am basicly dead and the doorbell is off",
        "after four late shifts i'm literally dead, can it come in the evening?",
    ],
)
def test_an_idiom_is_no_crisis(guarantees: GuaranteedIntents, text: str) -> None:
    assert guarantees.guaranteed(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "human",
        "HUMAN!!!",
        "humen",
        "huamn",
        "hooman",
        "person",
        "persn",
        "agnt plz",
        "rep",
        "representitive",
        "real person",
        "a real person please",
        "spek to a humen",
        "speek to a person",
        "can I talk to someone",
        "I want an actual person now",
        "get me a manager",
        "2 of em snapped clean in half. can i get a person on here plz",
        "connect me to an agent",
        "customer service representative",
        "hm, well, perhaps a colleague if they have time",
        "ok a human after all",
        "this is an official complaint. And a manager, not a robot",
        "i'd like a human, not another machine please",
    ],
)
def test_the_word_for_a_person_is_enough_misspelt_too(
    guarantees: GuaranteedIntents, text: str
) -> None:
    assert guarantees.guaranteed(text) == "contact_human_agent"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4711",
        "are you human?",
        "are you a person",
        "urgent",
        "yes",
        "no",
        "hello",
        "stop",
        "please",
        "customer service",
        "a person of my family ordered this",
        "someone stole my parcel",
        "your agent was rude",
        "are you a person then?",
        "are you a person, not a robot?",
        "treat me like a human, not a machine",
        "sorry my english so-so but i can",
        "maybe a person put it at another door",
        "no human",
        "the reason",
        "season",
        "personal",
        "stuff",
    ],
)
def test_what_does_not_ask_for_a_person_is_left_to_the_classifier(
    guarantees: GuaranteedIntents, text: str
) -> None:
    assert guarantees.guaranteed(text) is None


def test_the_projects_own_examples_agree_with_its_guarantees(
    guarantees: GuaranteedIntents,
) -> None:
    examples = load_data(str(ROOT / "data" / "nlu")).intent_examples
    wrong = {
        example.get(TEXT): decided
        for example in examples
        if (decided := guarantees.guaranteed(example.get(TEXT))) not in {None, example.get(INTENT)}
    }
    assert wrong == {}


# Entities.


def test_what_has_a_form_goes_before_a_longer_one_that_was_learned() -> None:
    learned = {"entity": "email", "start": 0, "end": 47, "extractor": "LearnedEntities"}
    by_form = {"entity": "email", "start": 8, "end": 31, "extractor": "RegexEntityExtractor"}
    assert settled([learned, by_form]) == [by_form]
    assert settled([learned]) == [learned]


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        # "inv 208845": the longer one.
        ([("order_number", 4, 10), ("invoice_number", 0, 10)], ["invoice_number"]),
        # "invoice 208845": the more particular one.
        ([("order_number", 8, 14), ("invoice_number", 8, 14)], ["invoice_number"]),
        # Next to each other, both, in the order of the text.
        ([("email", 10, 20), ("order_number", 0, 9)], ["order_number", "email"]),
        ([], []),
    ],
)
def test_of_entities_that_overlap_one_is_kept(
    found: list[tuple[str, int, int]], kept: list[str]
) -> None:
    entities = [{"entity": e, "start": start, "end": end, "value": ""} for e, start, end in found]
    assert [entity["entity"] for entity in settled(entities)] == kept


def test_an_order_number_with_words_around_it_is_the_intent_of_details(
    storage: LocalModelStorage,
) -> None:
    table = {"name": "greet_around", "elements": ["and", "its"]}
    examples = training_data(EXAMPLES)
    examples.lookup_tables.append(table)
    component = GuaranteedIntents.create(
        {**GuaranteedIntents.get_default_config(), "only_entities": "greet"},
        storage,
        Resource("bare"),
        CONTEXT,
    )
    component.train(examples)
    for text, intent in (("and its 123456", "greet"), ("where is 123456", None)):
        message = Message({TEXT: text})
        start = text.index("1")
        message.set("entities", [{"entity": "order_number", "start": start, "end": start + 6}])
        component.process([message])
        assert (message.get(INTENT) or {}).get("name") == intent


def test_what_was_not_understood_and_holds_a_detail_is_the_intent_of_details(
    storage: LocalModelStorage,
) -> None:
    component = GuaranteedIntents.create(
        {
            **GuaranteedIntents.get_default_config(),
            "only_entities": "greet",
            "details": ["order_number"],
        },
        storage,
        Resource("details"),
        CONTEXT,
    )
    component.train(training_data(EXAMPLES))
    for read, entity, heard in (
        ("nlu_fallback", "order_number", "greet"),
        ("nlu_fallback", "product", "nlu_fallback"),
        ("bye", "order_number", "bye"),
    ):
        message = Message({TEXT: "sorry. anyway. 123456"})
        message.set(INTENT, {"name": read, "confidence": 0.35})
        message.set("entities", [{"entity": entity, "start": 15, "end": 21}])
        component.process([message])
        assert message.get(INTENT)["name"] == heard


def test_what_is_taken_for_a_detail_without_certainty_and_holds_none_is_not_understood(
    storage: LocalModelStorage,
) -> None:
    component = GuaranteedIntents.create(
        {**GuaranteedIntents.get_default_config(), "only_entities": "greet"},
        storage,
        Resource("unsure"),
        CONTEXT,
    )
    component.train(training_data(EXAMPLES))
    for sure, found, heard in (
        (0.44, False, "nlu_fallback"),
        (0.9, False, "greet"),
        (0.44, True, "greet"),
    ):
        message = Message({TEXT: "qwpe zxcm flurb"})
        message.set(INTENT, {"name": "greet", "confidence": sure})
        if found:
            message.set("entities", [{"entity": "product", "start": 0, "end": 4}])
        component.process([message])
        assert message.get(INTENT)["name"] == heard


def test_a_matter_told_beside_a_detail_is_heard_though_it_was_not_sure(
    storage: LocalModelStorage,
) -> None:
    config = {"only_entities": "greet", "details": ["order_number"]}
    component = GuaranteedIntents.create(
        {**GuaranteedIntents.get_default_config(), **config}, storage, Resource("beside"), CONTEXT
    )
    component.train(training_data(EXAMPLES))
    for matter, bare, heard in (
        (0.33, 0.05, "track_order"),
        (0.33, 0.3, "greet"),
        (0.2, 0.0, "greet"),
    ):
        message = Message({TEXT: "a red one came instead, 123456"})
        message.set(INTENT, {"name": "nlu_fallback", "confidence": 0.35})
        shown = {"nlu_fallback": 0.35, "track_order": matter, "greet": bare}
        rows = [{"name": name, "confidence": sure} for name, sure in shown.items()]
        message.set(INTENT_RANKING_KEY, rows)
        message.set("entities", [{"entity": "order_number", "start": 24, "end": 30}])
        component.process([message])
        assert message.get(INTENT)["name"] == heard
    # A person is called for nobody on a guess.
    message = Message({TEXT: "where does a red one go, 123456"})
    message.set(INTENT, {"name": "nlu_fallback", "confidence": 0.35})
    rows = [{"name": "contact_human_agent", "confidence": 0.34}]
    message.set(INTENT_RANKING_KEY, rows)
    message.set("entities", [{"entity": "order_number", "start": 25, "end": 31}])
    component.process([message])
    assert message.get(INTENT)["name"] == "greet"
    message = Message({TEXT: "Jo, 123456"})
    message.set(INTENT, {"name": "nlu_fallback", "confidence": 0.35})
    message.set(INTENT_RANKING_KEY, [{"name": "track_order", "confidence": 0.33}])
    message.set("entities", [{"entity": "order_number", "start": 4, "end": 10}])
    component.process([message])
    assert message.get(INTENT)["name"] == "greet"


# What is refused.


@pytest.fixture
def refusing(storage: LocalModelStorage) -> tuple[Intents, GuaranteedIntents]:
    """Both components, for which a person and tracking can be refused; "thank" stands for a no."""
    refusals = {"contact_human_agent": ["human", "person"], "track_order": ["track", "tracked"]}
    config = {**Intents.get_default_config(), "refusals": refusals, "no": "thank"}
    intents = Intents.create(config, storage, Resource("intents"), CONTEXT)
    intents.train(training_data(EXAMPLES))
    guarantees = train(GuaranteedIntents, storage)
    return intents, guarantees


def test_a_clause_in_the_middle_of_something_else_is_heard_apart(
    storage: LocalModelStorage,
) -> None:
    config = {**Intents.get_default_config(), "apart": {"crisis": 0.4}}
    intents = Intents.create(config, storage, Resource("apart"), CONTEXT)
    intents.train(training_data(EXAMPLES))
    text = "where is my order, track my parcel please, I might harm myself, when does my order come"
    (message,) = understood(intents, text)
    assert message.get(INTENT)["name"] == "crisis"
    (message,) = understood(train(Intents, storage), text)
    assert message.get(INTENT)["name"] == "track_order"


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("I want to talk to a human", "contact_human_agent"),
        ("I don't want to talk to a human", "thank"),
        ("no human please", "thank"),
        ("no human please. where is my order", "track_order"),
        ("do NOT track my parcel", "thank"),
        ("I don't want a human. no wait, a human please", "contact_human_agent"),
    ],
)
def test_what_a_message_refuses_is_no_wish(
    refusing: tuple[Intents, GuaranteedIntents], text: str, heard: str
) -> None:
    (message,) = understood(refusing[0], text)
    refusing[1].process([message])
    assert message.get(INTENT)["name"] == heard


# Patterns of entities are features; those of intents are guarantees.


def test_only_patterns_of_entities_are_features(storage: LocalModelStorage) -> None:
    data = training_data(EXAMPLES)
    data.regex_features.append({"name": "name", "pattern": r"\bmyself\b"})
    patterns = train(EntityPatterns, storage, data)
    assert [one["name"] for one in patterns.known_patterns] == ["name"]
    assert len(data.regex_features) == 3, "what the others learn from is left as it is"


def test_learned_entities_are_found_where_patterns_alone_have_read_a_message(
    storage: LocalModelStorage,
) -> None:
    # Rasa looks for none where no component left a feature with the message.
    told = ("I want the wool rug", "is the wool rug here", "the wool rug please", "my wool rug")
    examples = [
        Message.build(
            text=text,
            intent="ask",
            entities=[{"entity": "product", "value": "wool rug", "start": at, "end": at + 8}],
        )
        for text in told
        for at in (text.index("wool rug"),)
    ]
    data = TrainingData(examples, regex_features=[{"name": "product", "pattern": "rug"}])
    patterns = train(EntityPatterns, storage, data)
    learned = train(LearnedEntities, storage, patterns.process_training_data(data))
    (read,) = learned.process(understood(patterns, "where is the wool rug"))
    assert [one["value"] for one in read.get("entities")] == ["wool rug"]


# What is told beside a detail.

BESIDE = {
    "provide_details": ["1234 is it", "the number is 4711", "it is 99", "here it is 1000", "12"],
    "report_damaged_item": [
        "my kettle leaks",
        "the lamp is broken",
        "it came cracked",
        "it sparks",
    ],
    "thank": ["thanks", "thank you so much", "many thanks for that", "cheers, thank you"],
}


@pytest.fixture
def beside(storage: LocalModelStorage) -> Intents:
    data = TrainingData(
        [Message.build(text=text, intent=of) for of, texts in BESIDE.items() for text in texts]
        + [
            Message.build(
                text="4711",
                intent="provide_details",
                entities=[{"entity": "order_number", "value": "4711", "start": 0, "end": 4}],
            )
        ],
        regex_features=[{"name": "order_number", "pattern": r"\b\d{4}\b"}],
    )
    config = {
        **Intents.get_default_config(),
        "beside": {"provide_details": ["report_damaged_item"]},
    }
    made = Intents.create(config, storage, Resource("intents"), CONTEXT)
    made.train(tokenizer().process_training_data(data))
    return Intents.load(config, storage, Resource("intents"), CONTEXT)


def test_a_matter_told_beside_a_number_is_heard(beside: Intents) -> None:
    for text in ("my lamp leaks, the number is 4711", "4711 it came broken"):
        (message,) = understood(beside, text)
        assert message.get(INTENT)["name"] == "report_damaged_item", text


def test_what_is_no_matter_beside_a_number_leaves_it_a_detail(beside: Intents) -> None:
    for text in ("the number is 4711", "here it is 4711"):
        (message,) = understood(beside, text)
        assert message.get(INTENT)["name"] == "provide_details", text


# What a message does.


def test_what_a_message_does_is_read_where_it_is_known_what_went_before(
    storage: LocalModelStorage,
) -> None:
    def asked(component: Exchanges) -> dict[str, Any]:
        told = Message({TEXT: "do I need the box?", "metadata": {BEFORE: "It is due on Friday."}})
        (message,) = component.process([told])
        return dict(message.as_dict(only_output_properties=True)[ACT])

    read = asked(train(Exchanges, storage))
    assert read["name"] == "question"
    assert set(read["shares"]) == set(ACTS)
    assert read["confidence"] == max(read["shares"].values())
    assert asked(load(Exchanges, storage)) == read
    assert ACT not in understood(load(Exchanges, storage), "do I need the box?")[0].as_dict()
