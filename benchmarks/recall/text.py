"""Words of a text as the lanes count them: folded, without stop words, verbs made regular, stemmed.

Lowercase `[a-z0-9]+`, a possessive `'s` dropped, function words left out, irregular verb forms mapped to
their base form (`went` to `go`), then the Snowball English stemmer. A stemmer knows nothing of `went`,
and questions about a conversation ask in one tense what was told in another.
"""

import re
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[a-z0-9]+")
_POSSESSIVE = re.compile(r"(?<=[a-z0-9])'s\b")
_STEMMER = snowballstemmer.stemmer("english")

_FUNCTION_WORDS = """
a about again all also am an and any are as at be because been before being both but by can could
did do does doing done down during each else ever few for from further had has have having he her
here hers herself him himself his how i if in into is it its itself just let lot many me might more
most much must my myself no nor not of off on once only or other our ours out over own same shall
she should so some such than that the their theirs them themselves then there these they this those
through to too under until up upon us very was we were what when where which while who whom whose
why will with would yet you your yours yourself
d don doesn didn isn wasn weren won ll m re s t ve
"""
STOP_WORDS = frozenset(_FUNCTION_WORDS.split())

_IRREGULAR_FORMS = """
become became | begin began begun | bend bent | bind bound | bite bit bitten | blow blew blown |
break broke broken | breed bred | bring brought | build built | burn burnt | buy bought |
catch caught | choose chose chosen | cling clung | come came | creep crept | deal dealt |
dig dug | draw drew drawn | dream dreamt | drink drank drunk | drive drove driven | eat ate eaten |
fall fell fallen | feed fed | feel felt | fight fought | find found | flee fled | fly flew flown |
forbid forbade forbidden | forget forgot forgotten | forgive forgave forgiven | freeze froze frozen |
get got gotten | give gave given | go goes went gone | grind ground | grow grew grown | hang hung |
hear heard | hide hid hidden | hold held | keep kept | kneel knelt | know knew known | lay laid |
lead led | leap leapt | learn learnt | leave left | lend lent | lie lain | light lit | lose lost |
make made | mean meant | meet met | pay paid | prove proven | ride rode ridden | ring rang rung |
rise rose risen | run ran | say said | see saw seen | seek sought | sell sold | send sent | sew sewn |
shake shook shaken | shine shone | shoot shot | show shown | shrink shrank shrunk | sing sang sung |
sink sank sunk | sit sat | sleep slept | slide slid | speak spoke spoken | speed sped | spend spent |
spin spun | spring sprang sprung | stand stood | steal stole stolen | stick stuck | sting stung |
strike struck stricken | string strung | strive strove striven | swear swore sworn | sweep swept |
swell swollen | swim swam swum | swing swung | take took taken | teach taught | tear tore torn |
tell told | think thought | throw threw thrown | understand understood | wake woke woken |
wear wore worn | weave wove woven | weep wept | win won | withdraw withdrew withdrawn |
write wrote written
"""

IRREGULAR_VERBS: dict[str, str] = {
    form: forms[0]
    for forms in (entry.split() for entry in _IRREGULAR_FORMS.split("|"))
    for form in forms[1:]
}


def words(text: str) -> list[str]:
    """Return the folded words of a text, stop words included, unstemmed.

    >>> words("Caroline’s friend didn't go")
    ['caroline', 'friend', 'didn', 't', 'go']
    """
    folded = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return _WORD.findall(_POSSESSIVE.sub("", folded))


def terms(text: str) -> list[str]:
    """Return the stemmed words that carry meaning, in order, repetitions kept.

    >>> terms("When did Melanie's family go swimming, and who went along?")
    ['melani', 'famili', 'go', 'swim', 'go', 'along']
    """
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return the Snowball English stem of a folded word, irregular verbs made regular first."""
    return str(_STEMMER.stemWord(IRREGULAR_VERBS.get(word, word)))
