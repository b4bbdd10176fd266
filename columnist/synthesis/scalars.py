"""Which type fits what a column holds: a country code is two letters, a count a whole number."""

from random import Random

from columnist.synthesis.blueprints import Feature, Obscurity
from columnist.synthesis.lexicon import Kind

# Lengths of short texts by the last word of a name; the first fits most teams.
_LENGTHS = {
    "email": (255, 320, 254, 100),
    "url": (2048, 500, 1024, 255),
    "path": (500, 1024, 260),
    "phone": (20, 30, 25),
    "postcode": (10, 12, 20),
    "zip": (10, 5),
    "vin": (17,),
    "hash": (64, 40, 32),
    "checksum": (64, 32),
    "city": (100, 80, 60),
    "hostname": (255, 253),
    "username": (50, 100, 64),
    "by": (50, 100, 128),
    "title": (200, 255, 150),
    "barcode": (14, 20, 13),
    "sku": (30, 20, 40),
    "tag": (20, 30),
    "plate": (12, 10, 15),
    "zone": (50, 64, 40),
    "version": (20, 10),
}
_KIND_LENGTHS = {
    Kind.NUMBER: (20, 30, 32, 40, 50),
    Kind.NAME: (100, 80, 120, 200, 150, 255),
    Kind.TEXT: (255, 400, 500, 1000, 2000),
    Kind.CODE: (20, 10, 30, 50),
}
_FIXED = {"country": (2, 2, 3), "currency": (3,), "language": (2, 5), "state": (2,), "incoterm": (3,), "airport": (3,)}
_NUMBER_ROWS = {
    Kind.AMOUNT: "amount",
    Kind.COUNT: "count",
    Kind.MEASURE: "decimal",
    Kind.PERCENT: "percent",
    Kind.SCORE: "score",
    Kind.DOCUMENT: "document",
    Kind.WHETHER: "flag",
}
_SMALL = frozenset(
    {"level", "order", "version", "size", "seq", "sequence", "priority", "position", "rank", "floor", "round", "week"}
)
_BIG = frozenset({"impressions", "views", "bytes", "throughput", "population", "requests", "events", "hits"})
_UNIT_PRICES = frozenset({"price", "rate", "tariff"})
_COORDINATES = frozenset({"latitude", "longitude", "lat", "lon", "lng"})
_UUIDS = frozenset({"correlation", "session", "request", "trace", "message", "event"})
_SHAPES = frozenset({"geometry", "boundary", "footprint", "polygon", "geofence", "outline", "shape"})
_FILES = frozenset({"photo", "image", "signature", "thumbnail", "attachment", "scan", "picture", "certificate"})
_WHOLE_UNITS = frozenset({"days", "weeks", "months", "years", "minutes", "min", "sec", "s", "ms", "bytes"})
_SPANS = frozenset({"days", "hours", "hrs", "minutes", "min", "sec", "s", "ms"})


def plain_type(feature: Feature, unit: str, rng: Random) -> tuple[str, int]:
    """The logical type of a plain column, and the length of its texts.

    Args:
        feature: The column to be; moments, flags and keys are decided elsewhere.
        unit: The unit that its name shows.
        rng: Some things are stored in several ways.

    Example:
        >>> country = Feature(words=("country", "code"), kind=Kind.CODE)
        >>> plain_type(country, "", Random(1))
        ('fixed', 2)
    """
    last = feature.words[-1]
    if feature.obscure is not Obscurity.NONE:
        return _obscure_type(feature, rng)
    if feature.kind is Kind.MEASURE:
        return _measure_type(feature, unit, rng), 0
    if last in _SHAPES and not feature.kind.is_numeric:
        return "geo", 0
    if feature.kind in _NUMBER_ROWS:
        return _number_type(feature, last, rng), 0
    return _text_type(feature, last, rng)


def _obscure_type(feature: Feature, rng: Random) -> tuple[str, int]:
    """A type that tells no more than the name does."""
    if feature.kind.is_numeric:
        return rng.choice(("count", "decimal")), 0
    if feature.kind in {Kind.DOCUMENT, Kind.TEXT}:
        return ("text", rng.choice((255, 500, 1000)))
    return ("text", rng.choice((150, 100, 255, 50, 40)))


def _measure_type(feature: Feature, unit: str, rng: Random) -> str:
    if feature.words[-1] in _COORDINATES:
        return "coordinate"
    if unit in _WHOLE_UNITS:
        return rng.choice(("count", "count", "decimal"))
    if not unit and feature.unit and set(feature.unit) <= _SPANS:
        return rng.choice(("interval", "decimal", "decimal"))
    return rng.choice(("decimal", "decimal", "real"))


def _number_type(feature: Feature, last: str, rng: Random) -> str:
    if feature.kind is Kind.COUNT:
        if last == "year":
            return "year"
        if last == "version" and feature.technical and "counter" in feature.means:
            return "rowversion"
        return "small" if last in _SMALL else "big" if last in _BIG else "count"
    if feature.kind is Kind.AMOUNT and last in _UNIT_PRICES:
        return rng.choice(("price", "amount"))
    if feature.kind is Kind.DOCUMENT:
        if last in _FILES:
            return "bytes"
        return "xml" if "xml" in feature.words or rng.random() < 0.04 else "document"
    return _NUMBER_ROWS[feature.kind]


def _text_type(feature: Feature, last: str, rng: Random) -> tuple[str, int]:
    if feature.kind is Kind.CODE:
        found = next((_FIXED[word] for word in (feature.words[0], last) if word in _FIXED), None)
        if found:
            return "fixed", rng.choice(found)
        return "short", rng.choice(_KIND_LENGTHS[Kind.CODE])
    if feature.kind is Kind.NUMBER and last == "id" and feature.words[0] in _UUIDS:
        return rng.choice((("uuid", 0), ("text", 36), ("text", 50)))
    if feature.words[-2:] == ("ip", "address") or last == "ip":
        return "ip", 0
    if feature.kind is Kind.TEXT and rng.random() < 0.6:
        return "long", 0
    lengths = _LENGTHS.get(last) or _KIND_LENGTHS.get(feature.kind, (50,))
    return "text", lengths[min(int(rng.expovariate(0.9)), len(lengths) - 1)]
