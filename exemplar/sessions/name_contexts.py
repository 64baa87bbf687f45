"""Where in a sentence a name stands: spoken to, doing what people do, owning, being asked for.

What a word is by itself and where it stands are weighed together. A name that is on a list and no word needs
nothing around it; one that no list has needs a capital and a place where people are named; "Will", "Grace"
and "Summer" need that place the more; in small letters they need one where nothing else could stand.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from exemplar.sessions.name_tokens import near
from exemplar.sessions.names import NameLexicon


class Likeness(IntEnum):
    """How much a word by itself is like a name."""

    NONE = 0
    #: A word of every day that no list of names has; only a capital speaks for it.
    ODD = 1
    #: A given name that is a town, too.
    TOWN = 2
    #: A given name that is a colour, a flower, a season, or hardly ever a name.
    TWOFOLD = 3
    #: A given name that is another word of every day, too.
    WORD = 4
    #: No word of every day, and on no list.
    UNLISTED = 5
    #: A name that is no word.
    NAME = 6


@dataclass(frozen=True)
class Context:
    """A place where names stand.

    Attributes:
        before: what stands before the name; nothing, if anything may.
        after: what stands behind it.
        capital: the least likeness that is enough with a capital.
        small: the same in small letters; none is, if None.
        words: how many the name has at least.
    """

    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    capital: Likeness
    small: Likeness | None
    words: int = 1


#: Who people are to each other and to a shop.
_WHO: Final = (
    r"(?:agent|lad(?:y|ies)|man|men|guy|bloke|woman|women|girl|boy|person|gentleman|colleague|"
    r"(?:co|team)[ -]?(?:worker|mate)|driver|courier|technician|fitter|installer|engineer|plumber"
    r"|carpenter|"
    r"customer|caller|client|buyer|seller|owner|holder|recipient|sender|reviewer|author|doctor|"
    r"neighbou?r|husband|wife|partner|spouse|fianc[ée]e?|boyfriend|girlfriend|son|daughter|brother|sister|"
    r"mum|mom|mother|dad|father|aunt(?:ie)?|uncle|cousin|niece|nephew|grand(?:son|daughter|mother"
    r"|father|ma|pa|child)|"
    r"gran|nan|granny|grandad|flatmate|roommate|housemate|friend|mate|boss|manager|supervisor|assistant|"
    r"landlord|landlady|tenant|ex|kid|baby|child|twins?|toddler|secretary|receptionist|concierge|"
    r"caretaker|porter|carer|nurse|teacher|student|(?:in-|step-?)?(?:law|mother|father|son|daughter"
    r"|brother|sister)|"
    r"rep(?:resentative)?|operator|advis[eo]r|contact(?:\s+person)?|user|member|bride|groom)"
)
_RELATION: Final = (
    r"(?:account|order|name|birthday|wedding|wife|husband|mother|mum|mom|father|dad|son|daughter"
    r"|brother|sister|"
    r"partner|parcel|package|delivery|invoice|bill|card|email|address|phone|number|house|flat|place"
    r"|office|room|"
    r"desk|team|manager|boss|colleague|assistant|friend|sofa|lamp|chair|gift|present|fault|mistake"
    r"|line|inbox|idea|turn|choice|decision|suggestion|voice|words?|"
    r"shift|call|message|reply|answer|reference|signature|details|profile|booking|reservation|refund|home|"
    r"behalf|request|case|ticket|car|doorstep|neighbou?r|girlfriend|boyfriend|flatmate|kids?|baby)"
)
_INTERJECTIONS: Final = (
    r"(?:so|well|look|listen|see|honestly|right|ok(?:ay)?|alright|all\s+right|ah+|oh+|aw+|hey+"
    r"|hi+(?:ya)?|hello+|heya|hullo|"
    r"yo|dear|apologies|sorry|please|now|anyway|yes|yeah|yep|yup|no|nope|nah|sure(?:\s+thing)?"
    r"|exactly|indeed|absolutely|"
    r"certainly|definitely|of\s+course|understood|agreed|correct|fair\s+enough|true|got\s+it|i\s+see|noted|"
    r"brilliant|great(?:\s+news)?|good(?:\s+(?:news|point|question|morning|afternoon|evening|night"
    r"|day|bye))?|perfect|lovely|"
    r"wonderful|excellent|fantastic|super|cool|nice(?:\s+one)?|amazing|awesome|splendid|marvellous|"
    r"thanks(?:\s+(?:again|so\s+much|a\s+(?:lot|million|bunch)|very\s+much|ever\s+so\s+much"
    r"|for\s+\w+(?:\s+\w+){0,2}))?|"
    r"thank\s+you(?:\s+(?:again|so\s+much|very\s+much|ever\s+so\s+much|for\s+\w+(?:\s+\w+){0,2}))?"
    r"|many\s+thanks|thx|tysm|ty|"
    r"cheers|ta|bye(?:\s*-?\s*bye)?|goodbye|see\s+(?:you|ya)|take\s+care|welcome(?:\s+back)?"
    r"|you(?:['’]re|\s+are)\s+welcome|"
    r"congrat(?:s|ulations)|well\s+done|happy\s+(?:birthday|anniversary)|morning|afternoon|evening"
    r"|night|come\s+on|"
    r"wait|hold\s+on|hang\s+on|stop|actually|seriously|really|\w{3,}ly|my\s+pleasure"
    r"|no\s+(?:problem|worries)|not\s+to\s+worry|"
    r"(?:one|just\s+a)\s+(?:moment|second|sec|minute)|bear\s+with\s+me|hope\s+that\s+helps|let\s+me\s+know|"
    r"anything\s+else|much\s+obliged|sounds\s+good|speak\s+soon|talk\s+soon|hang\s+in\s+there|"
    r"hello\s+again|hi\s+again|(?:hi|hello|hey)\s+there)"
)
_SAID: Final = (
    r"(?:sa(?:id|ys)|t(?:old|ells)|ask(?:ed|s)|promis(?:ed|es)|assur(?:ed|es)|explain(?:ed|s)"
    r"|confirm(?:ed|s)|mention(?:ed|s)|"
    r"advis(?:ed|es)|suggest(?:ed|s)|offer(?:ed|s)|refus(?:ed|es)|agree[ds]|forgot|forgets"
    r"|ignor(?:ed|es)|help(?:ed|s)|"
    r"handl(?:ed|es)|sorted|fixed|arrang(?:ed|es)|book(?:ed|s)|cancell?ed|clos(?:ed|es)|repli(?:ed|es)|"
    r"answer(?:ed|s)|call(?:ed|s)|rang|rings|phon(?:ed|es)|wr(?:ote|ites)|e?mail(?:ed|s)|texted"
    r"|messaged|sent|sends|gave|gives|"
    r"took|takes|brought|brings|picked|kn(?:ew|ows)|th(?:ought|inks)|hung|hangs|transferr?ed|put|passed|"
    r"recommend(?:ed|s)|insist(?:ed|s)|claim(?:ed|s)|apologi[sz](?:ed|es)|listen(?:ed|s)|liv(?:ed"
    r"|es)|moved|"
    r"order(?:ed|s)|bought|buys|pa(?:id|ys)|signed|signs|placed|receiv(?:ed|es)|want(?:ed|s)"
    r"|lov(?:ed|es)|hat(?:ed|es)|"
    r"lik(?:ed|es)|spoke|speaks|talk(?:ed|s)|chatt?ed|visit(?:ed|s)|delivered|drove|dropped|left"
    r"|saw|sees|met|"
    r"showed|shows|read|noticed|checked|checks|decided|decides|wish(?:ed|es)|hoped|hopes|tried"
    r"|tries|needs|needed|"
    r"set\s+(?:it|that|this)|"
    r"cut|ran|did|stayed|stood|turned|walked|meant|caught|chose|"
    r"got|gets|ke(?:pt|eps)|came|comes|went|goes|seem(?:ed|s)|sound(?:ed|s)|broke|opened|lost|found"
    r"|made|let|kept|waited|complained|laughed|smiled|shouted|returned)"
)
_MAY: Final = (
    r"(?:will|would|can|could|shall|should|might|must|did|does|ca|wo|has|had|have)(?:\s+not"
    r"|n['’]?t)?"
)
_KIND: Final = (
    r"(?:(?:very|so|really|always|quite|super|extremely|just|still|not|also|too|such|incredibly"
    r"|truly|the|a|an|most)\s+){0,3}"
    r"(?:helpful|delight|gem|legend|hero|pleasure|lifesaver|credit|disgrace|(?:great|huge|big"
    r"|real)\s+help|kind|rude|polite|patient|lovely|friendly|great|brilliant|amazing|nice|awful"
    r"|unhelpful|sweet|wonderful|"
    r"professional|attentive|star|angel|gem|treasure|away|off|here|there|out|sick|ill"
    r"|on\s+(?:holiday|leave|shift|duty|call|"
    r"the\s+(?:phone|line))|in\s+(?:today|tomorrow|the\s+office|a\s+meeting)|at\s+(?:work|home"
    r"|lunch)|busy|back|available|"
    r"free|home|in\b|my\b|our\b|your\b|his\b|her\b|one\s+of|who|what\s+(?:everyone|people|they)"
    r"|right|wrong|happy|angry|cross|supposed|meant|going|able|about\s+to|"
    r"\w+ing\b|(?:working|looking|calling)|it['’]?s|me\b|eighty|\d)"
)
#: Only people do and are this.
_ACTS: Final = (
    r"(?:\w+ly\s+|also\s+|never\s+|just\s+|please\s+|still\s+|already\s+|be\s+)?(?:call|ring|phone"
    r"|reply|answer|help|join(?:ed)?|"
    r"get\s+back|look|speak|talk|e?mail|write|check|explain|confirm|tell|ask|promise[ds]?|contact"
    r"|assist|handle|"
    r"take\s+over|pick|collect|sign|pay|open|know|say|said|told|let|find|not\s+find|look(?:ed|ing)"
    r"|call(?:ed|ing)|"
    r"with\s+you|in\s+touch|there|here|able|back|happy|waiting|working|helping|sent|spoken|replied)\b"
)
_PERSONAL: Final = (
    r"(?:(?:very|so|really|always|quite|super|extremely|just|still|not|also|too|such|incredibly"
    r"|truly|most)\s+){0,2}"
    r"(?:helpful|rude|polite|patient|friendly|unhelpful|professional|attentive|kind\b|(?:look|call"
    r"|work|help|wait|speak|talk|"
    r"writ|handl|tak|tell|ask|liv)ing|in\s+today|on\s+(?:holiday|leave|shift|duty)|busy|away\b"
    r"|ill\b|sick\b|who\b|"
    r"my\b|our\b|your\b|his\b|her\b|one\s+of|an?\s+(?:star|angel|gem|delight|legend|hero|pleasure))"
)
_END: Final = r"\s*(?:$|[,.!?…;:\n)\"”'’]|[-–—]\s)"
_DONE: Final = (
    r"\s*[.!?…]*\s*(?:$|\n|,|\b(?:take\s+care|bye|my\s+mistake|thanks?|thank\s+you|cheers|x+\s*$))"
)
_FURTHER: Final = (
    r"(?:are|could|can|would|will|do|did|does|have|has|had|is|was|were|thank|thanks|please|hello|hi"
    r"|hey|i|i['’]\w+|we|"
    r"you|you['’]\w+|your|my|what|when|where|why|how|who|it|it['’]?s|that|that['’]?s|this|still|any"
    r"|let|just|sorry|one|"
    r"good|there|no|yes|ok|okay|don['’]?t|may|if|as|for|so|but|and|once|right|great|thx|cheers|tell"
    r"|see|look|how's|"
    r"before|after|in|on|our|the|a|give|check|send|call|which|not|never|nobody|all|anything|everything)\b"
)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _before(pattern: str) -> re.Pattern[str]:
    # Quotes and brackets may stand around a name.
    return re.compile(rf"(?:{pattern})[\s,:]*[\"“'‘(*_]*(?:an?\s+)?$", re.IGNORECASE)


_START: Final = r"(?:^|[.!?…\n]\s*|[\"“(]|\d\)\s*|[-–—•>]\s+)"
#: Where people are introduced, asked for, brought to: a name in small letters is one here, too.
_INTRODUCED: Final = "|".join(
    (
        r"\bbelongs?\s+to\s",
        r"\bregistered\s+(?:to|under|for|by|with)\s",
        r"\b(?:sold|billed|issued|assigned|going|goes|addressed|payable|refunded|(?:made"
        r"|make)\s+(?:it\s+)?out)\s+(?:out\s+)?to\s",
        r"\bhappy\s+(?:\d+\w*\s+)?(?:birthday|anniversary)(?:\s+to)?\s",
        r"\bcongrat(?:s|ulations)(?:\s+to)?\s",
        r"\bname[,?]\s",
        r"\b(?:it|that|this)['’]?s\s+for\s",
        r"\b(?:i['’]?m|i\s+am|we['’]?re|he['’]?s|she['’]?s)\s+with\s",
        r"\b(?:bell|letterbox|mailbox|intercom|nameplate|buzzer)\s+says\s",
        r"\bring\s+at\s",
        r"\bcalls?\s+(?:you|me|her|him)\s",
        r"\b(?:parcel|package|box|order|it|key)\s+is\s+with\s",
        r"\b(?:is|are|was|were)\s+for\s",
        r"\b(?:a\s+certain|some(?:one|body)\s+(?:called|named)|(?:called|named)\s+(?:herself"
        r"|himself|themselves))\s",
        rf"\b{_WHO}(?:['’]s)?(?:\s+name)?(?:\s+(?:i|we|you|who|that|she|he"
        rf"|they)\s+[\w'’]+(?:\s+(?:to|with|by|for))?)?"
        r"\s+(?:is|was|called|named|might\s+be|would\s+be|:|=)\s",
        rf"\b{_WHO}\s*[:=]\s?",
        r"\bname(?:['’]?s|\s+is|\s+was|\s+as|\s+should\s+be|\s+to)?\s+(?:uh+|um+|erm?|uhm),?\s",
        r"(?:\b(?:it['’]?s|this\s+is|that['’]?s|i['’]?m|me)\s+(?:uh+|um+|erm?|uhm),?\s)",
        r"\bme\s+again,?\s",
        r"\b(?:live|living|share|shared|sharing|speak|spoke|spoken|speaking|talk|talked|talking"
        r"|chat|chatted|chatting|deal|"
        r"dealt|dealing|meeting|met\s+up|working|married|engaged|contact|appointment|conversation|"
        r"phone\s+call|word|in\s+touch)\s+(?:\w+\s+){0,3}?(?:with|to)\s",
        r"\b(?:cc|attention\s+of|(?:thanks|regards|hi|hello|greetings|love)\s+(?:also\s+)?to"
        r"|on\s+behalf\s+of|care\s+of)\s",
        r"\b(?:my|our)\s+(?:late|ex|elderly|little|older|younger|eldest|youngest|twin|dear|best"
        r"|good|poor)\s+"
        rf"(?:\w+\s+)?{_WHO}\s",
        r"\b(?:was|were|been|am|got|get)\s+(?:\w+\s+)?(?:helped|served|told|promised|contacted"
        r"|called|advised|assisted|handled|"
        r"transferred|connected|referred|greeted)\s+(?:by|to|with)\s",
        r"\b(?:handled|closed|signed|written|answered|taken|placed|ordered|sent|made|opened|booked"
        r"|bought|delivered|approved|"
        r"accepted|received|collected|owned|reported|confirmed|cancelled)\s+(?:off\s+)?by\s",
        r"\b(?:try|look|find|check|search|booked|put|it['’]?s|is|be|registered|listed"
        r"|filed)\s+(?:it\s+)?under\s",
        r"\b(?:letter|email|mail|message|call|note|reply|answer|card|parcel|gift|text|voicemail"
        r"|visit|quote|word|offer|photos?|pictures?|pics?|snaps?|screenshots?|videos?)\s+from\s",
    )
)
#: Of whom a name may follow at once: "our neighbour Grace". In small letters a verb may, too.
_WHOSE: Final = rf"\b(?:my|our|his|her|their|your|the|a|an|another|any)\s+(?:\w+\s+)?{_WHO}s?[\s,]"
#: Somebody is meant by a word with a capital here, whatever the word.
_MEANT: Final = "|".join(
    (
        r"\b(?:says?|said|reads?|read|states?)\s",
        r"\b(?:is|was|isn['’]?t)\s+(?:this|that|it)\s",
        r"\bwho(?:['’]?s|\s+(?:is|was|the\s+\w+\s+is))\s",
        r"\b(?:name|i['’]m|i\s+am|it['’]s|that['’]s|this\s+is|you['’]re|you\s+are"
        r"|it\s+is)\s*(?:is\s+not|isn['’]t|not|wasn['’]t)\s",
        r"\binstead\s+of\s",
        r"\b(?:reach(?:ed)?|contact|call|phone|ring|email|mail|text|message|visit|thank|ask|asked"
        r"|tell|told|help|inform|remind|"
        r"show|showed|met|know|knew|trust|blame|miss|notify)\s",
        r"\b(?:gift\s*card|present|gift|parcel|package|card|letter|invoice|cake|order|something|it"
        r"|this|one|bought|"
        r"surprise|sofa|lamp|chair|desk|bed|voucher|ticket)\s+(?:is\s+)?for\s",
        r"\b(?:gave|give|given|hand|handed|pass|passed|show|showed|send|sent|forward|forwarded"
        r"|forwarding|said|explained|wrote|"
        r"written|describe[ds]?|spoken|replied|reply|write)\s+(?:\w+\s+){0,3}?to\s",
        r"\b(?:put|print|write|engrave)\s",
        r"\b(?:with|by|from|for|be|nor|both|than|as|like|because|since|when|while|if|that|but|after"
        r"|before|until)\s",
        r"\b(?:did|does|has|had|is|was|will|would|can|could|should|may|might)\s",
    )
)

#: What a name is, in so many words.
_BEING: Final = (
    r"\b(?:it['’]?s|this\s+is|that['’]?s|i['’]?m|i\s+am|name(?:\s+is|['’]?s)|it\s+is"
    r"|speaking\s+(?:to|with)|"
    r"you\s+are|you['’]re|says?|said|under|customer\s+is|holder\s+is|caller\s+is|uh+|um+|erm?|again,?)\s"
)
_NEXT: Final = (
    r"|\s+(?:and\s+(?:i|my)\b|here\b|calling\b|speaking\b|from\b|please\b|again\b|on\s+the\b|i['’]"
    r"|i\s|with\s+(?:an?|two|one)\b|"
    r"that['’]s|yes\b|yeah\b|order(?:ed)?\b)"
)

CONTEXTS: Final = (
    Context(_before(_WHOSE), None, Likeness.ODD, Likeness.UNLISTED),
    Context(_before(_INTRODUCED), None, Likeness.ODD, Likeness.UNLISTED),
    Context(
        _before(_INTRODUCED),
        _compiled(_END + r"|\s+(?:please|pls|thanks|and\b|here|again)"),
        Likeness.ODD,
        Likeness.TOWN,
    ),
    Context(
        _before(_INTRODUCED),
        _compiled(
            r"\s+(?:before|about|yesterday|today|last|earlier|on\s+the|who|then|and\s+(?:she|he|they))\b"
        ),
        Likeness.ODD,
        Likeness.TOWN,
    ),
    Context(
        _before(r"\b(?:it|that)\s+(?:was|is)\s"),
        _compiled(r"\s+(?:who|that|again)\b"),
        Likeness.TOWN,
        Likeness.WORD,
    ),
    Context(
        _before(r"\b(?:is|was)\s"),
        _compiled(
            r"\s+(?:available|there|around|still\s+(?:there|working|with)|back|free|in\s+(?:today"
            r"|yet|the\s+office)|at\s+"
            r"(?:the\s+desk|work|lunch))\b"
        ),
        Likeness.WORD,
        Likeness.UNLISTED,
    ),
    Context(
        _before(r"\bget\s"), _compiled(r"\s+on\s+the\s+(?:line|phone)"), Likeness.ODD, Likeness.TOWN
    ),
    Context(
        _before(rf"{_START}(?:(?:or|please|maybe|then|just)\s+)?try\s"),
        _compiled(_END),
        Likeness.WORD,
        Likeness.UNLISTED,
    ),
    Context(
        _before(
            r"(?:^|\n)\s*(?!colou?r|shade|finish|fabric|material|size|model|product|item|subject"
            r"|re\b)\w[\w ]{1,24}[:=]\s?"
        ),
        _compiled(_END),
        Likeness.TWOFOLD,
        Likeness.UNLISTED,
        words=2,
    ),
    Context(
        _before(r"(?<!\S)(?-i:[a-z'’]+),\s"),
        _compiled(r"\s*[?.!]*\s*$"),
        Likeness.TOWN,
        Likeness.NAME,
    ),
    Context(
        _before(
            r"\b(?:get|fetch|find|give|pass|connect|put)\s+me(?:\s+(?:to|with|through\s+to))?\s"
        ),
        _compiled(_END + r"|\s+(?:please|pls|on\b|back\b)"),
        Likeness.ODD,
        Likeness.TOWN,
    ),
    Context(
        _before(
            r"\b(?:want|need|prefer|wish|like|let|have|ask(?:ed)?|t(?:ell|old)|get|got|allow(?:ed)?"
            r"|expect(?:ed)?)\s"
        ),
        _compiled(r"\s+(?:to|not\s+to)\s+\w"),
        Likeness.TOWN,
        Likeness.NAME,
    ),
    Context(
        _before(r"\blet\s"),
        _compiled(r"\s+(?:know|see|have|do|check|handle|call|decide|speak|in|down)\b"),
        Likeness.TWOFOLD,
        Likeness.WORD,
    ),
    Context(
        _before(
            r"\b(?:give|gave|owe|send|sent|show|tell|bring|hand|offer|pay|paid|lend|lent|e?mail"
            r"|text|wish)\s"
        ),
        _compiled(r"\s+(?:my|an?|the|some|our|this|that|it|one|all|back|your|their|well)\b"),
        Likeness.TWOFOLD,
        Likeness.NAME,
    ),
    Context(
        _before(r"\b(?:add|remove|replace|swap|change|move|take|delete|switch)\s"),
        _compiled(r"\s+(?:to|from|with|by|for|on|as|off|and)\b"),
        Likeness.WORD,
        Likeness.UNLISTED,
        words=2,
    ),
    Context(_before(r"(?-i:[a-z'’]),\s"), _compiled(r",\s+\w"), Likeness.WORD, None),
    Context(
        _before(_START),
        _compiled(
            r"\s+(?!(?:arriv|wobbl|crack|leak|snapp|stopp|end|start|fail|fad|shipp|collaps|peel"
            r"|chipp|vanish|disappear|need|"
            r"includ|bas|limit|relat|stain|scratch|damag|work|launch|increas|edg|colou?r|pattern"
            r"|shap|siz|us|mount|finish)ed\b)"
            r"[a-z]{2,}ed\s+(?:me|us|it|this|that|my|our|the|a|an|everything|him|her|them|for|to"
            r"|with|in|on|at|by|not|no)\b"
        ),
        Likeness.WORD,
        Likeness.NAME,
    ),
    Context(
        _before(r"\b(?:put|write|print|engrave|add|have|get|got)\s"),
        _compiled(r"['’”\"]?\s+(?:on|in|onto)\s+(?:the|it|my|both|there|line|your)\b"),
        Likeness.TOWN,
        Likeness.UNLISTED,
    ),
    Context(
        _before(r"(?:^|[:\"“'‘\n.])\s*to\s"),
        _compiled(r",\s+(?:with|love|from|for|my|our)\b"),
        Likeness.ODD,
        None,
    ),
    Context(
        _before(r"\b(?:that|this|it|name)['’]?s\s|\b(?:this|that|it|name)\s+is\s"),
        _compiled(
            r",?\s+(?:with\s+(?:an?|two|one|double|the)\b|spel(?:led|t)|here|speaking|calling|again|"
            r"on\s+the\s+(?:account|line|order|phone)|for\s+short|from\b|\w+\s+speaking|and\s+i|and\s+my|"
            r"i['’]m|i\s+(?:am|have|ordered|bought|called|need|want|would))\b"
        ),
        Likeness.ODD,
        Likeness.TOWN,
    ),
    Context(_before(_MEANT), _compiled(_END), Likeness.WORD, None),
    Context(_before(_MEANT), None, Likeness.WORD, None, words=2),
    Context(
        _before(
            r"\b(?:from|by|told|tell|asked?|met|thank(?:ed)?|contact(?:ed)?|called|reached|phoned"
            r"|e?mailed|showed|with)\s"
        ),
        _compiled(_END),
        Likeness.TWOFOLD,
        None,
    ),
    Context(
        _before(r"\b(?:is|was)\s+(?:it|that|this)\s"),
        _compiled(r"\s*\?"),
        Likeness.WORD,
        Likeness.WORD,
    ),
    Context(
        _before(r"\b(?:i|we|me|us|myself|himself|herself),\s"),
        _compiled(r",|\s+and\b"),
        Likeness.WORD,
        Likeness.UNLISTED,
    ),
    Context(
        None,
        _compiled(
            r"\s+is\s+(?:the|my|her|his|our|your)\s+(?:sur|last\s+|first\s+|family\s+|given\s+"
            r"|full\s+)?name\b"
        ),
        Likeness.ODD,
        Likeness.UNLISTED,
    ),
    Context(
        _before(r"\b(?:it['’]?s|this\s+is|that['’]?s)\s"),
        _compiled(r",\s+(?:\w+\s+is\s+(?:the|my)|i\b|i['’]|again|from|your)"),
        Likeness.TOWN,
        Likeness.WORD,
    ),
    Context(
        _before(r"(?:^|\n)\s*(?:to|from|for|via|by|attn|re)\s"),
        _compiled(r"\s*(?:$|\n)"),
        Likeness.TWOFOLD,
        Likeness.UNLISTED,
        words=2,
    ),
    Context(_before(_BEING), _compiled(_END + _NEXT), Likeness.WORD, Likeness.TOWN, words=2),
    Context(_before(_BEING), None, Likeness.UNLISTED, Likeness.UNLISTED, words=2),
    Context(
        _before(rf"\b(?:my|our|his|her|their|your)\s+{_WHO}\s"),
        _compiled(rf"\s+(?:never\s+|\w+ly\s+|also\s+|already\s+)?{_SAID}\b"),
        Likeness.ODD,
        Likeness.TOWN,
    ),
    # "Or Temi, she's on 07…", "to Thương, she's the new one"
    Context(
        None,
        _compiled(
            r",\s+(?:s?he)(?:['’]s|\s+(?:is|was|has|can|will))\s+(?:on|at|in|my|our|your|his|her|the|a|an|not|"
            r"here|there|home|away|new|always|usually|there|who|\w+ing)\b"
        ),
        Likeness.UNLISTED,
        Likeness.UNLISTED,
    ),
    # "…, and Venkat is the contact"
    Context(
        _before(r"[,;.]\s+(?:and|but|or|so)\s"),
        _compiled(
            rf"\s+(?:(?:is|was)\s+(?:the\s+contact|{_PERSONAL}|there|here|at\s+home|home|in\b)|{_MAY}\s+{_ACTS})"
        ),
        Likeness.UNLISTED,
        None,
    ),
    # "my husband's mail. He's Gethin."
    Context(
        _before(r"\b(?:s?he)(?:['’]s|\s+is)\s"),
        # Of faiths and peoples, as in "she's Lutheran", nobody is told by it.
        _compiled(rf"(?<!an)(?<!ish)(?<!ese)(?<!ist)(?<!ic){_END}"),
        Likeness.UNLISTED,
        Likeness.NAME,
    ),
    Context(
        _before(r"\bis\s+(?:it|this|that)\s"),
        _compiled(r"\s+with\s+(?:an?|two|one|double)\b"),
        Likeness.ODD,
        Likeness.TOWN,
    ),
    Context(_before(_MEANT), None, Likeness.UNLISTED, None),
    Context(
        _before(_MEANT),
        _compiled(
            rf"\s+(?:{_SAID}|{_MAY}\s+\w|is\s+{_KIND}|was\s+{_KIND}|about|yet|still|again|yesterday"
            rf"|today|on|at|to|in|be|have|get|do|{_ACTS}|"
            r"the|my|a|an|everything|that|this|all|it|some|how|why|what|before|after|last|first|for"
            r"|from|and|who)\b"
        ),
        Likeness.TOWN,
        None,
    ),
    # Spoken to.
    Context(
        _before(rf"{_START}(?:{_INTERJECTIONS}[\s,!.?]+){{1,3}}"),
        _compiled(rf"{_END}|\s+(?:{_FURTHER}|[A-Z])"),
        Likeness.TOWN,
        Likeness.NAME,
    ),
    Context(
        _before(rf"{_START}(?:{_INTERJECTIONS}[\s,!.?]+){{1,3}}"),
        _compiled(
            r"\s*(?:$|[,.!?…;\n]|\b(?:thank|thanks|i['’]m|i\s+(?:am|have|need)|you['’]ve|here|again"
            r"|me\s+again)\b)"
        ),
        Likeness.ODD,
        Likeness.TOWN,
    ),
    Context(
        _before(_START),
        _compiled(rf"\s*(?:[,!?]+|[-–—:])\s*{_FURTHER}|\s*\?|\s*!+\s*$"),
        Likeness.TOWN,
        Likeness.NAME,
    ),
    Context(
        _before(_START),
        _compiled(
            r"\s*[,?]\s*(?:(?:are|could|can|would|will|do|did|have)\s+you|thank|thanks|hello|hi"
            r"|please\s+\w)\b"
        ),
        Likeness.TOWN,
        Likeness.TOWN,
    ),
    Context(
        _before(
            r"\b(?:for\s+(?:you|me|us|your\s+\w+|everything|that|this|now|all)|(?:from|with|to|see"
            r"|thank|meet|help|appreciate)\s+you|"
            r"help(?:ing)?(?:\s+(?:me|us))?|(?:day|weekend|evening|night|afternoon|week|one|time"
            r"|easter|christmas)|million|much|lot|"
            r"again|soon|later|care|well|waiting|holding|patience|appreciate\s+(?:it|that)|(?:hear"
            r"|about)\s+(?:that|this)|"
            r"perfect|correct|problem|worries|welcome|moment|second|sec|minute|there|too\s+kind|a\s+star)\s"
        ),
        _compiled(_DONE),
        Likeness.UNLISTED,
        Likeness.UNLISTED,
    ),
    Context(
        _before(
            r"\b(?:(?:for|from|thank|meet|help|to)\s+you|your\s+(?:help|patience|time|support"
            r"|message|call)|day|weekend|evening|night|"
            r"much|lot|million|again|care|later|soon|welcome|waiting|holding|hear\s+that|help\s+me"
            r"|that['’]?s\s+all|you['’]?re\s+right|moment|second|worries|problem|"
            r"bye|see\s+you|a\s+star|too\s+kind|okay|would\s+you\s+mind\s+\w+)\s"
        ),
        _compiled(_DONE),
        Likeness.TOWN,
        Likeness.TOWN,
    ),
    # Doing, and having.
    Context(
        _before(_START),
        _compiled(
            r"\s+(?:told|promised|assured|e?mailed|called|texted|rang|helped|advised|asked)\s+(?:me|us)\b|"
            r"\s+said\s+(?:it|that|he|she|i|we|you|there|no|yes|they)\b"
        ),
        Likeness.TOWN,
        Likeness.TOWN,
    ),
    Context(
        _before(_START),
        _compiled(rf"\s+(?:\w+ly\s+|never\s+|also\s+|just\s+|then\s+|already\s+)?{_SAID}\b"),
        Likeness.TOWN,
        Likeness.NAME,
    ),
    Context(
        _before(_START),
        _compiled(rf"\s+{_MAY}\s+\w|\s+and\s+(?:i|my|me|we)\b"),
        Likeness.WORD,
        Likeness.NAME,
    ),
    Context(
        _before(_START),
        _compiled(rf",?\s+(?:is|was|isn['’]t|wasn['’]t)\s+{_KIND}"),
        Likeness.WORD,
        Likeness.NAME,
    ),
    Context(
        _before(_START),
        _compiled(r",\s+(?:your|my|our|the|his|her|a|an|one\s+of|who|from|at|in)\b|\s+and\s+[A-Z]"),
        Likeness.UNLISTED,
        None,
    ),
    Context(
        _before(_START),
        _compiled(
            r"\s+(?:over\s+)?(?:from|in|at)\s+(?:the\s+)?(?:support|customer|sales|returns|billing|your|"
            r"meadow|accounts|number|no\.?|flat|reception|head\s+office|my|our)\b"
        ),
        Likeness.TOWN,
        Likeness.NAME,
    ),
    Context(
        _before(_START),
        _compiled(
            rf"\s+(?:{_MAY}\s+{_ACTS}|and\s+i\b|has\s+(?:joined|left|entered|been)\b|left\s+the\b"
            rf"|(?:is|was)\s+{_PERSONAL})"
        ),
        Likeness.TOWN,
        Likeness.NAME,
    ),
    Context(
        _before(_START), _compiled(rf",\s*{_FURTHER}"), Likeness.WORD, Likeness.UNLISTED, words=2
    ),
    Context(None, _compiled(rf"['’]s\s+(?:\w+\s+)?{_RELATION}\b"), Likeness.TOWN, Likeness.TOWN),
)


_NAMED: Final = _before(f"{_INTRODUCED}|{_BEING}")
_ENDS: Final = _compiled(_END + _NEXT)


def ends_a_name(text: str, start: int, end: int) -> bool:
    """Tells whether somebody is introduced by a name that begins and ends at these places."""
    return bool(_ENDS.match(text, end) and _NAMED.search(near(text, start)))


def fits(
    text: str, start: int, end: int, likeness: Likeness, *, capital: bool, words: int = 1
) -> bool:
    """Tells whether a word stands where names stand.

    Args:
        text: the word's text.
        start: of the word, in characters.
        end: behind the name that it begins.
        likeness: of the word.
        capital: whether the word has a capital that means something.
        words: how many the name has.
    """
    before = near(text, start)
    for context in CONTEXTS:
        least = context.capital if capital else context.small
        if least is None or likeness < least or words < context.words:
            continue
        if context.after is not None and not (
            context.after.match(text, end)
            or (text[end : end + 1] in {")", '"'} and context.after.match(text, end + 1))
        ):
            continue
        if context.before is None or context.before.search(before):
            return True
    return False


@functools.lru_cache(maxsize=20_000)
def misspelt(word: str, lexicon: NameLexicon) -> bool:
    """Tells whether a word that is none is one of every day with a letter wrong, or two in a long one."""
    most = 1 if len(word) < 7 else 2
    return (
        process.extractOne(word, lexicon.common, scorer=OSA.distance, score_cutoff=most) is not None
    )
