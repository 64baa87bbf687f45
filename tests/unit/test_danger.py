"""Somebody in danger is noticed by the patterns alone, and everyday talk is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from exemplar.nlu.guarantees import GuaranteedIntents
from exemplar.nlu.in_conversation import _danger_lately, shows_danger
from exemplar.safety import shared_safety

ROOT = Path(__file__).parents[2]
SLOTS = [TextSlot("safety", [{"type": "custom"}])]
CONTEXT = ExecutionContext(GraphSchema({}), node_name="under_test")

#: What customers wrote, and nobody noticed.
WRITTEN = """
yes cancel. theres no point in any of it
my husband died in october and i dont see why i should keep going. i sit in the dark anyway
what i need is for it to stop. i cant do another night of this
you dont get it. i want to be with him
i have his pills here still, all of them
if i took them id just go to sleep
nothing does. i've had enough of living
i have all his pills here and i keep looking at them
where i'm going i wont need money
i've written the letters, just cancel everything
i dont see why i should keep going
The lamp was for our anniversary. He is not coming back. I don’t see why I should keep going.
"""

#: Very indirect: of these the first patterns met one in ten. They were widened by what was missed here.
WORKED_ON = """
Please don't bother with the parcel, by Friday there will be nobody at this address to open the door.
I've made my peace with it. You can close the account.
honestly mate im just waiting for the courage now
its fine, it wont be my problem soon
I would rather not wake tomorrow, if I am truthful.
could you send the money to my daughter instead, she'll need it for the burial
my own burial I mean
ive been up on the multi storey again looking down
i keep driving past the level crossing and thinking how easy
I took twenty of them already
drank half a bottle and swallowed whatever was in the cabinet
The doctor gave me thirty days' worth and I have saved every one.
I'm just so tired of having to be a person
there isnt a version of next year with me in it
the kids would get the insurance, thats better than what they get now
my family are going to be so much better off once this is over with
i dont belong on this earth
some days i think the canal would be kinder
I only stayed for the dog and he's been put down today
since mum went theres nothing keeping me here
He's waiting for me. I'll be with him by Sunday.
I should have gone when she did
we always said we'd go together
it hurts too much to stay
I don't want any more birthdays
i dont want to see the spring
i cant keep doing life
whats the point of me
i am just taking up space, people would get over it quick
the world doesnt need me in it
no one would even find me for weeks
theres a hook in the ceiling and i keep staring at it
i bought the rope already
been googling how to do it without pain
how many of these tablets does it take
I've got a blade in my hand right now
i relapsed, my arms are a mess and it wont stop bleeding
i hurt myself when it gets like this
scratching at my skin till it bleeds is the only thing that helps
i cant promise ill be ok tonight
not sure ill make it to the weekend, in my head i mean
im scared of being alone with my thoughts right now
please tell my wife im sorry
this is the last thing ill ever order
dont reply, ill be gone by the time you do
i sorted the bank stuff and the cat so theres only you lot left to cancel
giving everything away. keep the money
I had a nice life. Thank you all. Goodbye.
i give up on everything
everything hurts and i want out
i want out of this life
make it stop please make it stop
nothing will ever get better for me
there's no light at the end of this for me
i feel dead already
I am finished. I have nobody, no money and no reason.
i dont have it in me to carry on
everyones sick of me and so am i
id be doing them a favour if i went
i hate being alive
wish a car would just hit me
hope i get hit by a bus honestly
if i had a gun id have done it by now
sometimes i think of walking into traffic
i think tonight is the night i do it
I'm done. Not with you. With all of it.
there is no me without her
she was the only reason i got up
I can't do this without him, I want to go too
just want to sleep and not have to come back
im gonna yeet myself off a bridge and im not kidding
kms fr this time
unaliving myself is the only plan left
i no longer want be in world, sorry my english
Could you tell me whether the deposit goes to my estate? You will understand soon enough.
i won't see the end of this month, i've decided
it's decided. saturday. so no need for the wardrobe
Since Margaret died I have sat here with her insulin and wondered.
the chemist gave me a new box and i thought, that would do it
nobody tells you how loud the house is after. i'd like it to go quiet for good
i don't want help with the lamp i want help to stop wanting to die
been sober two years and tonight i bought the vodka and the pills
i can hear the trains from my window and they're starting to sound friendly
I should never have been born
sometimes i stand at the window, seventh floor, and do the sums
i keep thinking it would be easier not to be
I don't deserve to live after what i did
everybody leaves. this time it's my turn
mum doesn't know yet but after her birthday i'm off, for good, and i don't mean moving
Life stopped in March. I only breathe out of habit.
my heart is beating and i wish it wouldn't
not having a tomorrow sounds so restful
i want my mum. she's dead. i want to be dead too
i envy the dead
if there was a button to switch me off i'd have pressed it
im done being alive lol
i cant keep living like this
there's nothing for me in this life any more
i have no reason to be here now she's gone
i am nothing but a burden to my daughter
you could all do without me and you'd never know the difference
they'll cry for a week and then they'll be fine
I'd be no loss to anyone
would anyone even come to the funeral
thinking about how i would do it calms me down
i've worked out how many i need
I know which bridge.
i have it all planned, just waiting for the kids to go to their dad's
i have the belt ready
the gun is loaded
i've been cutting for weeks and this time i went too deep
i burnt my arm on purpose
hitting my head against the wall until it stops
i took an overdose an hour ago
i've swallowed bleach
i feel like jumping
i want to drown in that canal
driving home i nearly turned the wheel into the lorry
I hope I don't survive the operation
the cancer can have me, i've stopped taking my medicine
i have stopped eating, it won't be long now
hopefully i won't be here for christmas
i've said what i had to say to the children. they don't know it was goodbye
the note is on the kitchen table
i left a note
please let them know it was nobody's fault
promise you'll look after my cat
you were the last one i talked to, thank you for being kind
i'd like to go to sleep tonight and that's it, no morning
can't see a reason to open my eyes tomorrow
no idea how to get through tonight
i am scared of tonight
i can't trust my own hands
i dont want to hurt anymore, i want it over
it has to end. i have to end
he was my whole life, so there is no life
I would like to lie down next to my wife in that grave
let me go to my boy, he's only six and all alone down there
take me too, i say to god every night
cant see the point in breathing
what is there left for me
i lost everything and now i'm going to lose me
wnat to dei
i dont wana live no more
plz i want to kil my self
"""

#: Written after the patterns, in yet other voices. Not one of them may be used to write a pattern:
#: they measure how many of those are met whom nobody thought of. It is a hard sample.
INDIRECT = """
You needn't hurry with the armchair. I shall not be sitting in it.
he died in our bed and i lie there and wait for my turn
i havent left the flat since the funeral and i dont intend to
I feel I have lived long enough, thank you.
im 82 and i have had enough of waking up
to be honest i'd be glad if it was over soon
theres a drawer full of his morphine
dont worry i wont make a mess for anyone
what does it matter what colour, i wont see it
honestly i just want to be with my baby
i lost her at 30 weeks and i want to go where she is
please send it to my brother, he'll get everything of mine
i cleaned the flat, fed the fish and wrote to my mum. now only this order is open
i've got nothing to get up for
nobody would even come looking
my wife would be happier with someone else, she'll see once im gone
they can finally breathe when i'm not here
im a waste of air
idk why im even here on this planet
how long does it take to bleed out
does it hurt to drown
would 30 paracetamol be enough
im on the bridge
im sitting on the window sill, 9th floor
i'm holding a knife and i don't know what to do
i have a bottle of pills next to the keyboard
i cut again last night
i punish my body, its all i deserve
been thinking bad things about ending stuff
i just cant anymore. life. i cant
i am at my end, i can not see any tomorrow
i'm not strong enough to stay
I keep praying God takes me in my sleep
hopefully i just dont wake up one of these days
i want to sleep until im dead
is there a way to make everything just stop existing
i'd like to stop being
tired of breathing
it would be so easy to let go of the wheel
i look at trains differently these days
thinking about doing it after work
ive tried twice before, third time lucky
the last attempt failed. this one won't
im going to finish what i started in march
they let me out of hospital yesterday and the thoughts came straight back
i'm not ok and i don't think i'll be ok
i cant be alone tonight, im scared of what ill do
no one is coming to save me and i'm too tired to save myself
my mind keeps telling me to end it
there's a voice saying jump
i want my life to be over
i wish the crash had killed me
why did they have to resuscitate me
should have let me die in hospital
everyone i love is dead and i want to follow
my girlfriend left and i swear i'll do something to myself
she left and without her i don't want this life
lost my job my wife my house, cant see a reason to carry on
debt collectors every day, only one way out of this
i owe more than i can ever pay, the only thing im worth is dead
i have no wish to continue
i dont wnat to be alive
suicde is all i think about
i wana kill myslf
im gona end my life
"""

#: How many of them the patterns alone must meet; the classifier is heard beside them.
RECALL = 0.24
#: The same for those that patterns were written for.
RECALL_WORKED_ON = 0.77

EVERYDAY = """
I could kill for a coffee
this chair kills my back lol
I'm dying to get it
I've had enough of waiting
there's no point in calling you
I want to end this subscription
can't go on like this with your company
I give up on you
my husband died, please cancel his order
my wife passed away in spring and the parcel is still in her name
My mother died on Sunday. I don't need the bed any more, please cancel it.
our dog died and the basket is still in its box, can it go back
my late father ordered a recliner, what happens with it now
I lost my mum and can't think straight, which form do I need
I miss him terribly, and this invoice in his name every month doesn't help
he passed away before the chair came, I won't need it
it's for her funeral on Friday, will it be here in time
I'm a widow and new to the internet, bear with me
it was a present for my gran and she's gone now
this wait is killing me
I'd kill for that blue rug
my feet are killing me after assembling that shelf
you're killing me with these delays
the suspense is killing me
I nearly died laughing at your tracking page
I'd rather die than ring that hotline again
I'm dying of curiosity, what's in the bundle
over my dead body will I pay that fee
the battery is dead after two days
the app keeps dying on me
the toaster died
dead pixels on the screen, can I return it
the kettle is dead on arrival
I've had enough
I've had enough of your bot
I have had it up to here
I'm sick of this
I'm sick and tired of living without a sofa
we are tired of living out of boxes, when does the wardrobe come
I can't live without my headphones
I can't do this any more, every week a new excuse
I can't take it any more, where is my table
I can't take another week of this nonsense
I can't face another call with your hotline
I can't carry on like this with you people
I can't go on to the payment page, the button is grey
the site hangs and I can't carry on
I give up, just refund me
I've given up on the lamp, send the money
I've lost all hope of getting a refund
no hope of delivery before Christmas I suppose
what's the point of a tracking number if it never changes
what's the point of your warranty
I don't see the point in paying twice
no point sending it now, I bought one elsewhere
there's no point in a replacement
it doesn't matter any more, the party was yesterday
none of this makes sense, the invoice says two amounts
I want this to stop, take me off your list
I want the mails to stop
make the notifications stop please
I just want this to be over, where is my desk
I want it all sorted today
let's end it here, thanks
please end it, the newsletter I mean
I'd like to end my membership tonight
how do I end the contract
let me go through the list again
let me go to checkout
it's time to go for another shop
I'm ready to go ahead with the order
I'm going to be away next week
I won't be here on Friday, leave it with the neighbour
I won't be here any morning this week
I won't be around on Monday
we're moving, I won't need it at the old address
I won't need anything else, thanks
I won't need the second lamp
when I'm gone the neighbour takes parcels in
nobody will be here at nine
nobody cares at your company
nobody answers the phone
no one told me about the fee
nobody noticed that the box was open
I don't want to be here all day
I don't want to wait any more
I don't want to wake up the baby, please no doorbell
does the alarm lamp wake up gently
the baby won't sleep without this lamp
I can't sleep on this mattress
we sleep on the floor since the bed didn't come
I want to sleep in my new bed tonight
I just want to rest my feet, is there a footstool
I hurt myself on the edge of the table
I cut myself opening the box
my son hurt himself on the drawer
I burned myself on the kettle
I shot myself in the foot by ordering twice
I could kick myself for not measuring
can I hang it myself
I'll put it up myself
can you hang the mirror for me
how much can I hang on the hook
do you sell rope lights
is the rope basket in stock
the rope on the swing is frayed
I'm at the end of my rope with you
a box for pills, do you have one
dishwasher tablets are not what I ordered
I have two tablets to charge on this desk
do you have a stand for tablets
my medication has to stay cool, how loud is the fridge
which knife set is the sharpest
the blade of the mixer is blunt
the bridge is closed, can the van come round the other way
the driver stood on the wrong side of the river
the driver hit my car
he dropped it off the balcony, it's broken
the curtain jumped off its rail
I wrote a letter of complaint
I've written two letters and got no answer
thanks for everything, goodbye
goodbye
this is my last message to you, I go to the consumer board
this is the last time I order here
my last day in the flat is Friday, can it come before
say goodbye to a customer of ten years
I want to cancel everything
cancel everything, please
close my account and delete it all
give it to my neighbour if I'm out
can you give the parcel to my sister
my sister is here now, she can sign for it
I want to be with the installer when they come
I'd like to follow the parcel
I'd like to join the loyalty programme
I'm going to see him again on Sunday, can it come before
better off without your express option
I'd be better off with another shop
is the life of the bulb over
battery life is poor
I've no use for it any more
my life is chaos at the moment, sorry for the late reply
worst day of my life and now this
I feel so let down
I'm so tired, the baby is teething
I'm exhausted from calling you
I'm all alone with three boxes and no tools
I'm depressed about how the shelf looks lol
I'm crying, it's so beautiful
everything went wrong with this order
everything is broken in the box
there's no way out of this contract
I see no way to log in
I have nothing left of the set, two plates broke
why should I keep waiting
why do I keep getting these mails
why should I go on paying for this
do I keep going with the old account
I want it to stop raining in, is the tent waterproof
I hope it doesn't die on me like the last one
he will kill me if I don't get this back
my wife will kill me if the table is late again
my boss is going to kill me
the kids will be gone by then
he's gone, the neighbour who signed for it
I'm done
I'm done with your shop
your chat is hopeless, what does the lamp cost
that rug is drop dead gorgeous and i'm dying, need one of those
I can't get through another night on this lumpy mattress
my husband lifts me into the chair, is the seat high enough
I'm 150 kilos, will it hold me or end up in pieces
the last stool collapsed under my weight, how much does this one bear
I'm dead broke till payday, can I pay in parts
done with it, thanks
that's the end of it then
"""


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def patterns() -> dict[str, list[str]]:
    """Returns the patterns and words of ``data/nlu/guarantees.yml`` by kind and name."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "data/nlu/guarantees.yml").read_text())
    return {
        f"{kind} {part[kind]}": [line.removeprefix("- ") for line in part["examples"].splitlines()]
        for part in content["nlu"]
        for kind in ("regex", "lookup")
        if kind in part
    }


@pytest.fixture(scope="module")
def guarantees(tmp_path_factory: pytest.TempPathFactory) -> GuaranteedIntents:
    """Trained from the project's guarantees alone: no example is needed for them."""
    storage = LocalModelStorage(tmp_path_factory.mktemp("guarantees"))
    made = GuaranteedIntents.create(
        GuaranteedIntents.get_default_config(), storage, Resource("guarantees"), CONTEXT
    )
    data = load_data(str(ROOT / "data/nlu/guarantees.yml"))
    intents = ("crisis", "contact_human_agent", "provide_details")
    made.train(data.merge(TrainingData([Message.build("-", intent) for intent in intents])))
    return GuaranteedIntents.load(
        GuaranteedIntents.get_default_config(), storage, Resource("guarantees"), CONTEXT
    )


@pytest.mark.parametrize("text", lines(WRITTEN))
def test_what_was_missed_once_is_noticed_now(guarantees: GuaranteedIntents, text: str) -> None:
    assert guarantees.guaranteed(text) == "crisis"


def test_most_of_what_nobody_thought_of_is_noticed_by_the_patterns_alone(
    guarantees: GuaranteedIntents,
) -> None:
    said = lines(INDIRECT)
    missed = [text for text in said if guarantees.guaranteed(text) != "crisis"]
    assert len(said) >= 60
    assert 1 - len(missed) / len(said) >= RECALL, missed


def test_what_patterns_were_written_for_is_noticed(guarantees: GuaranteedIntents) -> None:
    said = lines(WORKED_ON)
    missed = [text for text in said if guarantees.guaranteed(text) != "crisis"]
    assert 1 - len(missed) / len(said) >= RECALL_WORKED_ON, missed


def test_everyday_talk_raises_no_alarm(guarantees: GuaranteedIntents) -> None:
    said = lines(EVERYDAY)
    assert len(said) >= 120
    assert [text for text in said if guarantees.guaranteed(text) == "crisis"] == []


@pytest.mark.parametrize(
    "text",
    [
        "I do not see why I should keep going",
        "i dont see why i should keep goin!!!",
        "I JUST DON’T REALLY SEE WHY I SHOULD KEEP GOING",
        "i want to kill myslef",
        "i want to kill my self",
        "theres no point in livng",
        "Hello. I ordered a lamp on Monday, number 104217. i dont see why i should keep going. Thank you.",
        "hello\nwhere is it\nno one would miss me\nbye",
    ],
)
def test_spelling_and_what_stands_around_hide_nothing(
    guarantees: GuaranteedIntents, text: str
) -> None:
    assert guarantees.guaranteed(text) == "crisis"


@pytest.mark.parametrize(
    ("alone", "together"),
    [
        ("i want it to stop", "i want it to stop. my husband died in march"),
        ("this is goodbye", "this is goodbye. tell my kids i love them"),
        ("look after my cat", "look after my cat, im a burden"),
    ],
)
def test_what_is_said_softly_counts_beside_something_else(
    guarantees: GuaranteedIntents, alone: str, together: str
) -> None:
    assert guarantees.guaranteed(alone) is None
    assert guarantees.guaranteed(together) == "crisis"


def test_two_losses_are_grief_and_no_danger(guarantees: GuaranteedIntents) -> None:
    assert guarantees.guaranteed("my husband died in may. i miss him so, cancel everything") is None


def test_every_kind_of_pattern_and_the_spelling_are_learned() -> None:
    assert {
        "regex crisis",
        "regex crisis_soft",
        "regex crisis_beside",
        "lookup crisis_spelling",
    } <= (set(patterns()))


@pytest.mark.parametrize(
    "text",
    [
        "it says spare and I dont know what I would spare it for",
        *(
            "sorry, I don't know my order number",
            "i dont know",
            "not sure",
            "no",
            "no idea",
            "nope",
        ),
        *("I don't know if I ordered one or two", "not really, no", "idk, whatever is cheaper"),
        *("I don't know what to do with the old box", "dunno what it is called", "i suppose so"),
        *("I don't know how to put it together", "I don't know why I got two of them"),
        "I don't know what I'd do with two jugs",
    ],
)
def test_not_to_know_a_thing_is_a_sign_of_danger_only_once_it_was_asked(text: str) -> None:
    assert not shows_danger(text)


@pytest.mark.parametrize(
    "text", ["i dont know", "not sure", "no", "idk", "not really", "no, im not", "who cares"]
)
def test_not_to_say_that_one_is_safe_is_a_sign_once_it_was_asked(text: str) -> None:
    assert shows_danger(text, asked=True)
    assert shared_safety().denies_safe(text)


@pytest.mark.parametrize(
    "text",
    [
        "I don't know what I would do without him. I'm not safe",
        *("I don't know how to go on", "i honestly dont know how much longer i can do this"),
        *("i don't know what to do any more", "I don't know if I can carry on"),
        *("i dont know why i bother", "I'm not ok", "I don't know how I'll get through this"),
    ],
)
def test_who_does_not_know_how_to_go_on_shows_it_unasked(text: str) -> None:
    assert shows_danger(text)


def test_an_answer_counts_as_long_as_it_is_remembered_that_it_was_asked() -> None:
    def lately(*events: Event) -> bool:
        tracker = DialogueStateTracker.from_events("x", list(events), SLOTS)
        return _danger_lately({"text": "where is my order"}, tracker)

    unsure = UserUttered("i dont know", {"name": "nlu_fallback"}, [], {})
    assert not lately(unsure)
    assert not lately(unsure, SlotSet("safety", "asked"), SlotSet("safety", None))
    assert lately(SlotSet("safety", "asked"), unsure, SlotSet("safety", None))
