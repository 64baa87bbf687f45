"""What is said in so many words is heard, and what only sounds like it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from exemplar.errors import ExemplarError
from exemplar.said import load_said, says


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("loss", "my fiancé died last month. the desk was for our flat. ML-104163"),
        ("loss", "The wedding’s off. Long story. There’s a rug on its way"),
        ("loss", "We have lost our baby and need the cot stopped"),
        ("loss", "It was for my late husband"),
        ("loss", "its for the top table. there isnt going to be a top table. he told me saturday"),
        ("loss", "It was for our wedding on the 12th. It's not going ahead."),
        ("illness", "he was operated on last week and can only drink"),
        (
            "suspicious",
            "I had a telephone call from a man who said there was a parcel and I owed £1.99.",
        ),
        ("suspicious", "a text came, I owe 2.99 euros for customs apparently?"),
        ("card_safety", "There is a long number on my bank card do you want that one"),
        ("card_safety", "shall I give you my card number?"),
        ("card_safety", "do you need the number on my card?"),
        ("suspicious", "a message on the telephone to say pay £1.99 or the parcel goes back"),
        ("foreign_thanks", "Tak for help!"),
        ("asks_sure", "shall I take the day off, or is that more of a poetic date"),
        ("defers", "hm. well I'll sleep on it"),
        ("defers", "ok let me think about it"),
        ("defers", "I need to talk to my wife first"),
        ("defers", "gonna measure again and sleep on it, thx"),
        ("asks_amends", "I took two days off for this, unpaid. What do you consider fair?"),
        (
            "praises",
            "The courier was brilliant. The lift was broken and he carried it up four floors",
        ),
        ("apologizes", "That was out of order, you didn't do it"),
        ("apologizes", "thanks. sorry again x"),
        ("nothing_wanted", "I just want to moan… That's it"),
        ("nothing_wanted", "I said I want NOTHING. no order, no person"),
        ("nothing_wanted", "this is not a review"),
        ("nothing_wanted", "i dont want a survey"),
        ("takes_back", "withdraw it"),
        ("takes_back", "you registered a review?!"),
        ("asks_newsletter", "was i ever subscribed"),
        ("no_review", "just take me OFF the list"),
        ("no_review", "what review?"),
        ("no_review", "yes."),
        ("hazard", "my toaster sparks whenever I push the lever"),
        ("hazard", "it gave my son a shock when he touched the switch"),
        ("hazard", "There’s a smell of burnt plastic and it trips the fuse"),
        ("hazard", "smoke came out of the base"),
        ("hazard", "the cable is melting"),
        ("asks_keep", "so do i keep the toaster or not"),
        ("asks_keep", "ok so i keep it then?"),
        ("asks_keep", "what do I do with the broken one"),
        ("asks_keep", "does the wrong one have to go back?"),
        ("asks_claim", "what did you put down"),
        ("wants_part_back", "could I have a bit off and keep it"),
        ("wants_part_back", "some money back would do"),
        ("wants_part_back", "a partial refund?"),
        ("wants_part_back", "30 euros and I'll keep it"),
        ("wants_repair", "could somebody come and mend it"),
        ("wants_repair", "repair please"),
        ("wants_repair", "I'd like to get it fixed"),
        ("wavers", "I'm not sure I want another"),
        ("wavers", "let me ask my wife"),
        ("refuses_new", "please don't send me another one"),
        ("stops_new", "i never asked for that"),
        ("goes_public", "ok so im literally about to post this to 40k people. you STOLE from me"),
        ("goes_public", "nah im calling my bank and doing a chargeback right now"),
        ("goes_public", "but i swear if its not there by friday its going up"),
        ("goes_public", "I'm writing to the newspaper about you"),
        ("goes_public", "one star if this isnt fixed today or else"),
        ("asks_chargeback", "wait so if i do the chargeback does that mess up the refund or what"),
        ("defends", "i’m not a thief you know. he's standing right next to me"),
        ("defends", "so you say I lie?"),
        ("for_somebody", "well its for my friend jonas, he asked me to look"),
        ("for_somebody", "it's my mum's order"),
        ("declines", "oh actually never mind, if its already being sorted i dont need anyone"),
        (
            "asks_reply",
            "By when may I expect a reply, and from whom, a person with a name I trust?",
        ),
        ("only_noted", "right. noted"),
        ("mere_ok", "ok fine"),
        ("asks_alive", "make sure that nobody solves this by cancelling the order altogether"),
        ("asks_alive", "right. this doesnt stop my actual order does it?"),
        ("asks_alive", "wait this wont cancel the actual order will it??"),
        ("compares_orders", "the rug came in two days, why is this one taking weeks?"),
        ("compares_orders", "the duvet refund came fine, so why is this one slow"),
        ("hazard", "you sold me a heater that nearly burnt my house down"),
        ("hazard", "I walked in and it stank of burning"),
        ("hazard", "the base is cracked and a conductor is exposed where the cable enters"),
        ("hazard", "you can see the bare copper through the cord"),
        ("no_number", "I'm afraid I haven't a number dear"),
        ("swollen_battery", "is it meant to go in the normal bin, battery's swelled up"),
        ("told_late", "is my blender being walked to me. by a tortoise?"),
        ("no_number", "no number sorry im typing with one thumb"),
        ("no_number", "I dont know about a number dear. nobody gave me one"),
        ("praises", "whoever packed them deserves a cake"),
        ("praises", "no complaint, don't be scared. the speakers are ridiculous"),
        ("asks_close", "how do i make you go away, do i just shut the lid"),
        ("asks_amends", "is the delivery charge returned when a parcel is this late?"),
        ("card_safety", "is it the long one on the front of the bank card"),
        ("names_bill", "I need the receipt for my accountant"),
        ("by_mail", "okay. e-mail is better than the phone"),
        ("by_mail", "by email please and not a phone call"),
        ("wants_call", "Could somebody ring me please. After 4"),
        ("wants_call", "Can I also just telephone with somebody?"),
        ("asks_waiting", "And how long do I sit here like a lemon"),
        ("asks_waiting", "will they know what it's about or do I start from Adam and Eve again"),
        ("asks_something", "thats all i wanted. can it be done yes or no"),
        ("foreign_thanks", "nou ja. bedankt"),
        ("foreign_where", "goedemiddag, waar blijft mijn bureau?"),
        ("foreign_return", "kan ik hem nog retour sturen? gratis?"),
        ("asks_language", "puede hablar español por favor? my english so so"),
        ("suspicious", "got a text, it says pay 3 pounds for my parcel, is it fake?"),
        ("suspicious", "Somebody phoned me and wants my card number. Was that you?"),
        ("suspicious", "is it phishing, this WhatsApp from your driver"),
        ("keeps_secret", "please don't give my husband our new address"),
        ("keeps_secret", "My ex must not find out where I live now"),
        ("keeps_secret", "keep my address secret pls"),
        ("apologizes", "Sorry for shouting at you before."),
        ("apologizes", "ok. i shouldnt have sworn, the baby has kept us up all night"),
        ("apologizes", "that was uncalled for of me, I apologise for my tone"),
        ("asks_apology", "not one apology so far"),
        ("asks_apology", "you could at least say sorry"),
        ("stops_reading", "please stop reading my mood and tell me when it comes"),
        ("stops_reading", "don't analyse my feelings, where is the rug"),
        ("card_safety", "is it secure to pay with a debit card here"),
        ("card_safety", "Could anybody get at my bank account through this?"),
        ("just_asking", "I'm only asking a question, no address"),
        ("just_asking", "not buying yet. how wide is it"),
        ("asks_total", "and what is it all in all with the delivery"),
        ("asks_total", "so how much altogether then?"),
        ("yes_first", "yeah fine then, and sorry about before"),
        ("no_number", "I can't find the number, I deleted that whole folder"),
        (
            "loss",
            "glasses and a tablecloth. It was for the 19th. There isn't going to be a 19th anymore.",
        ),
        ("loss", "it was for the 12th, and there is no 12th now"),
        ("no_number", "no number no. I never saw one, the screen went white"),
        ("thanks_first", "thanks. nobody's at the house, they'd just ring the bell"),
        ("suspicious", "A man rang to say I must give the code of my bank card. Was that you"),
        ("suspicious", "someone phoned and wants my pin"),
        ("suspicious", "I received an email asking me to confirm my password. real?"),
        ("suspicious", "they want remote access, a guy from your company called"),
        ("suspicious", "do you ever ask for my pin"),
        ("estate", "could it be changed to my name instead?"),
        ("estate", "can you change the name on the account"),
        ("death", "My husband passed away on the 19th"),
        ("praises", "the guy who brought the table carried it up 4 flights and fixed his radio"),
        ("praises", "just wanted to tell you something nice"),
        ("passes_on", "can it get to him somehow?"),
        (
            "no_number",
            "Im at work and the confirmation is on my home laptop, can get the number after 6",
        ),
        ("no_number", "dont have the order number. email got deleted when i changed phone"),
        ("no_number", "i lost the confirmation, its somewhere in the old flat"),
        ("loss", "theres no wedding anymore. she called it off yesterday"),
        (
            "supposes",
            "ok and if I don't want a new one anymore, if I find another here, do I get the 69 back?",
        ),
        (
            "money_sure",
            "I called my bank and they say there's nothing pending from you, nothing at all",
        ),
        ("asks_safe", "Oh and the kettle, should we stop using it? Its in room 4"),
        ("asks_apology", "would it kill you to say sorry"),
        (
            "reviews",
            "the canvas backpack I bought in september is fantastic, I ride to work with it every day",
        ),
    ],
)
def test_what_is_said_is_heard(what: str, text: str) -> None:
    assert says(what, text)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("loss", "our wedding is on the 19th. it's not going to be here in time, is it"),
        ("defers", "can you let me know when it ships"),
        ("defers", "will you get back to me?"),
        ("praises", "the driver was kind of rude"),
        ("refuses_new", "a new one please, but dont send it to the old place"),
        ("refuses_new", "don't send it before Monday"),
        ("loss", "my phone died, sorry"),
        ("loss", "the wedding is off to a good start"),
        ("loss", "there isn't a top table in the box"),
        ("loss", "my wife is dead set on the blue one"),
        ("loss", "my son passed his exam, the desk is his"),
        ("loss", "my wife lost her order number"),
        ("nothing_wanted", "i want nothing but my money back"),
        ("nothing_wanted", "i don't want anything else changed"),
        ("takes_back", "cancel my order"),
        ("takes_back", "delete my account"),
        ("no_review", "The lamp is gorgeous, my favourite thing in the flat."),
        ("no_review", "broke after two weeks, never again"),
        ("no_review", "Excellent!"),
        ("hazard", "that lamp sparks joy"),
        ("hazard", "is the cable visible behind the desk"),
        ("hazard", "is the wire rack open at the back"),
        ("asks_amends", "do I have something to put in his hands on the day"),
        ("hazard", "the bill gave me a shock"),
        ("hazard", "I'd like the smoke grey rug"),
        ("hazard", "my kettle leaks"),
        ("asks_keep", "should I send you a photo?"),
        ("asks_keep", "can I send it back"),
        ("wants_part_back", "I want my money back"),
        ("wants_part_back", "the colour is a bit off"),
        ("wants_part_back", "can I send something back"),
        ("wants_repair", "I tried to repair it myself"),
        ("wants_repair", "I don't want it repaired"),
        ("wants_repair", "fix my order"),
        ("refuses_new", "you did not send the right one, send a new one"),
        ("refuses_new", "its not working send another"),
        ("wavers", "I'm not sure what happened to it"),
        ("suspicious", "you asked me for my card when I ordered"),
        ("suspicious", "I called yesterday, you owe me £142"),
        ("card_safety", "the order number isn't on my card, it's in the mail, do you want it"),
        ("card_safety", "do I need a card to pay?"),
        ("suspicious", "the tracking text says Friday"),
        ("suspicious", "your email said i should reset my password"),
        ("suspicious", "I got an email with a code to confirm my account"),
        ("suspicious", "i called the bank, they say the card number is right"),
        ("estate", "change my phone number"),
        ("estate", "change the address to my sister's, her name is Ann"),
        ("death", "the wedding is off"),
        ("praises", "the guy that delivered my good lamp dropped it"),
        ("praises", "i wanted to tell you something important"),
        ("passes_on", "can it be here by friday"),
        ("keeps_secret", "nobody told me the price"),
        ("keeps_secret", "you don't have my new address yet"),
        ("apologizes", "sorry, the number is ML-104163"),
        ("apologizes", "you should be sorry for this mess"),
        ("apologizes", "Thanks. Sorry. I've been ringing people all day."),
        ("asks_apology", "please accept my apology"),
        ("asks_apology", "I owe you an apology"),
        ("stops_reading", "stop sending me mails"),
        ("card_safety", "my card was charged twice"),
        ("just_asking", "I'm ordering two lamps"),
        ("asks_total", "what is the lamp made of"),
        ("yes_first", "yes but not today"),
        ("by_mail", "don't call me and don't email me, I want a person in this chat"),
        ("loss", "it was for the 12th and there is no sign of it"),
        ("loss", "it was ordered for the 12th. There is one missing"),
        ("thanks_first", "thanks, that's all"),
        ("no_number", "I don't have the order number in front of me, one sec"),
        ("no_number", "ML-104055, the email got through"),
        (
            "asks_apology",
            "she eats four spoonfuls and says sorry. She has nothing to be sorry for.",
        ),
        ("apologizes", "I hope you will forgive me for being direct. Where is it?"),
        ("supposes", "I don't want it any more, send me the money"),
        ("reviews", "I want my money back for the kettle and nothing else"),
        ("loss", "bought it three weeks ago? or it was my wife. time is soup"),
        ("loss", "I have not seen that since my mother's funeral"),
        ("asks_alive", "please cancel my order"),
        ("compares_orders", "and the rug, is that stuck, too?"),
        ("asks_chargeback", "you take my money no bother, ill do a chargeback tonight"),
        ("names_bill", "can somebody send me that in German by mail"),
        ("by_mail", "I never got an email from you"),
    ],
)
def test_what_only_sounds_like_it_is_not_heard(what: str, text: str) -> None:
    assert not says(what, text)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "said.yml"
    file.write_text("loss:\n- '('\n")
    with pytest.raises(ExemplarError, match="cannot read what is said"):
        load_said(file)


def test_whoever_asks_which_one_to_choose_takes_none_yet() -> None:
    assert not says("takes_it", "If you had to choose only one of those for him, which")
    assert says("takes_it", "ok two of those please")


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("suspicious", 'it says my package is stopped and I must pay 1,99 for the "re-delivery"'),
        ("suspicious", "is this mail really from you?"),
        ("hazard", "there's a bit of a warm plastic smell round the controller"),
        (
            "loss",
            "It was for our wedding in September. There won't be one, Jonas died three weeks ago.",
        ),
        (
            "praises",
            "the two lads who brought my armchair were brilliant, does that get back to them?",
        ),
        ("passes_on", "does that get back to them somehow?"),
        ("takes_new", "I want the same one in the same green"),
        ("asks_total", "it's for the wool rug, how much would be the shipping"),
        ("asks_total", "What do they cost the four together?"),
        ("asks_total", "what's the total for the rug and the table"),
        ("all_of_them", "and what is that for all three"),
        ("compares", "I'm torn between the oak and the walnut one"),
        ("asks_stop", "What if they bring it anyway. Can my husband just say no to the driver?"),
        ("asks_alive", "and please don't anybody cancel the actual order by accident!!"),
        ("asks_alive", "but please don't cancel my order, the glasses are for Sunday"),
    ],
)
def test_what_customers_say_in_other_words_is_heard(what: str, text: str) -> None:
    assert says(what, text)


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("suspicious", "I paid the delivery fee of 4.95 already"),
        ("asks_faster", "is anything written down about my earlier messages?"),
        ("asks_total", "how much is express delivery"),
        ("asks_alive", "why don't you cancel my order as I asked"),
        ("asks_alive", "if you don't cancel it today I'll call my bank"),
        ("loss", "the blender died after two weeks"),
        ("loss", "My late wife would have sent it all back by now"),
    ],
)
def test_what_only_looks_like_it_is_not_heard(what: str, text: str) -> None:
    assert not says(what, text)


def test_a_link_that_was_not_pressed_is_suspicious_and_a_button_of_ours_is_not() -> None:
    assert says("suspicious", "there is a text, I havent clicked the link")
    assert not says("suspicious", "I havent pressed it. What is it you want me to do first")
    assert says("in_writing", "write it down for me by mail")
    assert not says("in_writing", "just the one thing, I will write it down")
