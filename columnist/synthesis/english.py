"""The little English a sentence needs: articles, plurals, lists and capitals."""

_AN_INITIALISMS = frozenset("AEFHILMNORSX")
_SPOKEN_AS_WORDS = frozenset({"SKU", "RAM", "SIM", "LIFO", "FIFO", "NATO", "LAN", "MAC", "NACE", "SaaS"})
_A_DESPITE_VOWEL = ("uni", "use", "usa", "user", "util", "eu", "one", "once")
_AN_DESPITE_CONSONANT = ("hour", "honest", "heir", "honor")
_INITIALISMS = {
    **{
        word: word.upper()
        for word in ("api", "http", "oee", "pos", "id", "mfa", "url", "vin", "imo", "iso", "ip", "cpu")
    },
    "ph": "pH",
}
_DETERMINER_LIST = """
a an the any each every all both this that these those its their no none another some several either neither
how what which who whom whose when where why whether whatever everything everyone anything anyone something someone
nothing nobody one two three
"""
_DETERMINERS = frozenset(_DETERMINER_LIST.split())
_IRREGULAR = {
    "person": "people",
    "child": "children",
    "analysis": "analyses",
    "diagnosis": "diagnoses",
    "staff": "staff",
    "series": "series",
    "equipment": "equipment",
    "leaf": "leaves",
    "shelf": "shelves",
    "half": "halves",
    "knife": "knives",
    "bus": "buses",
    "man": "men",
    "woman": "women",
    "foot": "feet",
    "criterion": "criteria",
    "medium": "media",
    "index": "indexes",
    "matrix": "matrices",
    "species": "species",
    "aircraft": "aircraft",
    "livestock": "livestock",
    "quiz": "quizzes",
}
_SINGULARS = {plural: singular for singular, plural in _IRREGULAR.items()}
_POSTPOSED = (" of ", " in ", " on ", " for ", " at ", " to ", " with ", " from ", " by ")


def with_article(noun: str) -> str:
    """Put the indefinite article before a noun phrase.

    Example:
        >>> [with_article(noun) for noun in ("order", "claim", "hourly rate", "unit", "API key", "SKU")]
        ['an order', 'a claim', 'an hourly rate', 'a unit', 'an API key', 'a SKU']
    """
    first = noun.split()[0]
    if first.isupper() and first not in _SPOKEN_AS_WORDS:
        takes_an = first[0] in _AN_INITIALISMS
    elif first.lower().startswith(_AN_DESPITE_CONSONANT):
        takes_an = True
    else:
        takes_an = first[0].lower() in "aeiou" and not first.lower().startswith(_A_DESPITE_VOWEL)
    # "unidentified", "unimproved": un- words are not spoken like "unit".
    if first.lower().startswith(("unin", "unid", "unim")):
        takes_an = True
    return f"{'an' if takes_an else 'a'} {noun}"


def pluralize(noun: str) -> str:
    """Return the plural of a noun phrase: of its last word, or of the word before "of" and the like.

    Example:
        >>> [pluralize(noun) for noun in ("claim", "policy", "drill hole", "batch", "survey", "bill of lading")]
        ['claims', 'policies', 'drill holes', 'batches', 'surveys', 'bills of lading']
    """
    place = min((at for word in _POSTPOSED if (at := noun.find(word)) > 0), default=0)
    if place:
        return pluralize(noun[:place]) + noun[place:]
    *rest, head = noun.split()
    if head in _IRREGULAR:
        plural = _IRREGULAR[head]
    elif head.endswith("y") and head[-2:-1] not in "aeiou":
        plural = head[:-1] + "ies"
    elif head.endswith(("s", "x", "z", "ch", "sh")):
        plural = head + "es"
    else:
        plural = head + "s"
    return " ".join([*rest, plural])


def singularize(nouns: str) -> str:
    """Return the singular of a plural noun phrase, the inverse of ``pluralize``.

    Example:
        >>> [singularize(nouns) for nouns in ("claims", "policies", "drill holes", "batches", "people", "bases")]
        ['claim', 'policy', 'drill hole', 'batch', 'person', 'base']
    """
    *rest, head = nouns.split() or [""]
    if head in _SINGULARS:
        singular = _SINGULARS[head]
    elif head.endswith("ies") and len(head) > 4:
        singular = head[:-3] + "y"
    elif head.endswith(("sses", "xes", "zes", "ches", "shes")):
        singular = head[:-2]
    else:
        singular = head.removesuffix("s")
    return " ".join([*rest, singular])


def enumerate_words(words: tuple[str, ...], conjunction: str = "and") -> str:
    """Join words as a sentence lists them.

    Example:
        >>> enumerate_words(("open", "paid", "void"), "or")
        'open, paid or void'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def spell(words: str) -> str:
    """Write initialisms in capitals.

    Example:
        >>> spell("api request"), spell("ph")
        ('API request', 'pH')
    """
    return " ".join(_INITIALISMS.get(word, word) for word in words.split())


def sentence(text: str) -> str:
    """Capitalise the first letter and end with a single period.

    Example:
        >>> sentence("date the claim was filed")
        'Date the claim was filed.'
    """
    text = " ".join(text.split()).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def definite(phrase: str) -> str:
    """Put "the" before a noun phrase, unless it brings a determiner of its own.

    Example:
        >>> definite("amount paid"), definite("a short note")
        ('the amount paid', 'a short note')
    """
    return phrase if _has_determiner(phrase) else f"the {phrase}"


def bare(phrase: str) -> str:
    """Drop a leading article.

    Example:
        >>> bare("a short note on the order")
        'short note on the order'
    """
    first, _, rest = phrase.partition(" ")
    return rest if first in {"a", "an", "the"} else phrase


def _has_determiner(phrase: str) -> bool:
    first = phrase.split()[0].lower()
    return first in _DETERMINERS or first[0].isdigit()
