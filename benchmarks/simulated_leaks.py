"""Look for leaks in all that a simulated study has recorded, with the checks of the tests and some that need browsers.

What is recorded: every response of every browser, the server's log, the files that the server opened, and all
rows of the database. What each text was is known only after the closing, from the sealed key itself.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

from itsdangerous import URLSafeSerializer

from benchmarks.simulated_home import load_from_tests
from columnist.studies.registration import Registration
from columnist.studies.sealing import Role

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
# A difference as unlikely as this is no chance: ten of these tests a study alarm for nothing in one of a thousand.
ALARM = 1e-4
_TEXT = re.compile(r'<p class="text"><b class="letter">[AB].*?</b>(.*?)</p>', re.DOTALL)
_ITEM = re.compile(r'name="item" value="([0-9a-f]+)"')
_NUMBER = re.compile(r'<label for="progress">(\d+) of')
# What differs from page to page for a reason that every rater sees: tokens, progress, undo, and what was said.
_OF_THE_VISIT = (
    re.compile(r'name="csrf" value="[^"]*"'),
    re.compile(r"Table \d+ of"),
    re.compile(r'<label for="progress">\d+ of'),
    re.compile(r"<progress [^>]*>"),
    re.compile(r'<button[^>]*form="undo">[^<]*</button>'),
    re.compile(r'<p class="said"[^>]*>.*?</p>'),
)
_FILLED = re.compile(r'<input [^>]*name="[^>]* checked>|<details class="marks" open>')


class Exchange(NamedTuple):
    """A response as a browser got it.

    Attributes:
        sent: The form that was sent, if any.
        body: As text; bytes that are none are replaced.
        wait_ms: From the request to the first byte of the response.
        fault: Why the body could not be read; empty as a rule.
    """

    method: str
    url: str
    sent: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    wait_ms: float
    fault: str


class Recorded(NamedTuple):
    """What was recorded until the study was closed.

    Attributes:
        exchanges: Of each rater, by the rater's id.
        opened: Files of the home that the server has opened.
    """

    exchanges: Mapping[str, Sequence[Exchange]]
    log: str
    opened: Sequence[str]
    rows: Rows


class Truth(NamedTuple):
    """What nobody who rates may learn.

    Attributes:
        wrote: Of each text, whether it is the candidate's; texts of attention items are left out.
        hidden: Digests, names and the sealed key's content.
    """

    wrote: Mapping[str, bool]
    hidden: Sequence[str]

    @classmethod
    def of(
        cls, registration: Registration, roles: Mapping[str, Role], folder: Path, keys: Path, names: Sequence[str]
    ) -> "Truth":
        """Collect it.

        Args:
            registration: Of the study.
            roles: From the sealed key.
            folder: Of the study.
            keys: The folder of keys.
            names: Of the systems.
        """
        wrote = {text: role is Role.CANDIDATE for text, role in roles.items() if not role.startswith("attention")}
        promised = registration.model_dump(include={"candidate_sha256", "baseline_sha256", "test_set_sha256"})
        digests = [*(each.sha256 for each in registration.tables), *(each.sha256 for each in registration.items)]
        sealed = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("sealed-*.json")]
        held = [path.read_text(encoding="ascii") for path in keys.glob(f"study-{registration.study_id}*")]
        secrets = [*(each[part] for each in sealed for part in ("nonce", "sealed")), *map(str.strip, held)]
        hidden = (*names, *promised.values(), *registration.commitments, registration.digest, *digests, *secrets)
        return cls(wrote, hidden)


class Showing(NamedTuple):
    """A page with two texts.

    Attributes:
        is_candidate: Whether the candidate wrote option A; ``None`` for attention items.
        plain: Whether nothing was filled in yet.
    """

    exchange: Exchange
    item: str
    number: int
    is_candidate: bool | None
    plain: bool


class Found(NamedTuple):
    """What was looked at, and what was found.

    Attributes:
        chances: Of each visible thing, how likely so great a difference is if it tells nothing.
        share_a: Of the showings of items that count, in which the candidate is option A.
    """

    leaks: tuple[str, ...]
    n_responses: int
    n_showings: int
    chances: Mapping[str, float]
    share_a: float


def find_leaks(recorded: Recorded, truth: Truth, unpaired: int) -> Found:
    """Return all leaks of a study.

    Args:
        recorded: Until it was closed.
        truth: From the sealed key, after that.
        unpaired: How many items no other one balances: a repeat has no partner, and each look may leave one without.
    """
    checks = load_from_tests("leaks")
    every = [each for own in recorded.exchanges.values() for each in own]
    showings = {rater: list(find_showings(rater, own, recorded, truth)) for rater, own in recorded.exchanges.items()}
    shown = [each for own in showings.values() for each in own]
    labelled = [(each.exchange, each.is_candidate) for each in shown if each.is_candidate is not None]
    compared = [each for each in shown if each.is_candidate is not None and each.plain]
    chances = measure_chances(compared)
    leaks = [
        *checks.find_words(words_of(every), truth.hidden),
        *checks.find_words([("log", recorded.log)], truth.hidden),
        *checks.find_words(checks.words_of_rows(recorded.rows), truth.hidden),
        *(leak for rows in by_rater(recorded) for leak in checks.find_telling_columns(rows, truth.wrote)),
        *checks.find_telling_headers(labelled),
        *find_forbidden_files(recorded.opened),
        *find_unequal_pages(shown),
        *_require_many(compared, shown),
        *find_lopsided_raters(showings, unpaired),
        *(f"{name} goes with the place of the candidate: p = {p:.1e}" for name, p in chances.items() if p < ALARM),
    ]
    return Found(
        leaks=tuple(leaks),
        n_responses=len(every),
        n_showings=len(shown),
        chances=chances,
        share_a=sum(bool(label) for _, label in labelled) / max(len(labelled), 1),
    )


def by_rater(recorded: Recorded) -> Iterator[Rows]:
    """Yield the rows of each rater: among those of several, an id comes more than once, which tells nothing."""
    for rater in recorded.exchanges:
        own = {
            name: [row for row in recorded.rows[name] if row["rater_id"] == rater] for name in ("assignment", "ballot")
        }
        yield {**recorded.rows, **own}


def find_unread(exchanges: Sequence[Exchange]) -> list[str]:
    """Return the responses whose body was lost, unless the same file was read another time, as its ETag says.

    A browser forgets what arrives while it goes on to another page, as its icon may.
    """
    read = {(each.url, dict(each.headers).get("etag")) for each in exchanges if not each.fault}
    lost = [(each, dict(each.headers).get("etag")) for each in exchanges if each.fault]
    return [f"{each.url}: {each.fault}" for each, etag in lost if etag is None or (each.url, etag) not in read]


def words_of(exchanges: Sequence[Exchange]) -> Iterator[tuple[str, str]]:
    """Yield all that a response says: address, page, headers, and what the signed clock in a cookie holds."""
    for each in exchanges:
        yield f"address {each.url}", each.url
        yield f"page {each.url}", each.body
        yield f"header of {each.url}", "\n".join(f"{name}: {value}" for name, value in each.headers)
        for name, value in each.headers:
            if name == "set-cookie" and value.startswith("clock=") and not value.startswith('clock="'):
                told = URLSafeSerializer("any").loads_unsafe(value.removeprefix("clock=").partition(";")[0])[1]
                yield f"clock of {each.url}", str(told)


def find_showings(rater: str, exchanges: Sequence[Exchange], recorded: Recorded, truth: Truth) -> Iterator[Showing]:
    """Yield the pages that have shown a rater two texts, and who wrote the first."""
    first = {row["item_id"]: row["a_text_id"] for row in recorded.rows["assignment"] if row["rater_id"] == rater}
    for each in exchanges:
        item, number = _ITEM.search(each.body), _NUMBER.search(each.body)
        if item and number and _TEXT.search(each.body):
            yield Showing(
                exchange=each,
                item=item[1],
                number=int(number[1]),
                is_candidate=truth.wrote.get(first[item[1]]),
                plain=not _FILLED.search(each.body),
            )


def find_forbidden_files(opened: Sequence[str]) -> Iterator[str]:
    """Yield what the server has opened of keys that unseal, or of the folders of studies."""
    for path in opened:
        if re.search(r"/keys/study-|/studies/(\.draft-)?[0-9a-f]{16}", path):
            yield f"the server opened {path}"


def find_unequal_pages(showings: Sequence[Showing]) -> Iterator[str]:
    """Yield the items whose pages differ by more than their two texts changing places, whoever looks and when."""
    forms = defaultdict(set)
    for each in showings:
        if each.plain:
            forms[each.item].add(_without_order(each.exchange.body))
    for item, own in forms.items():
        if len(own) > 1:
            yield f"item {item}: the page is not the same in both orders"


def _without_order(body: str) -> str:
    """Return a page without what belongs to the visit, with the texts of both options in an order of their own."""
    for pattern in _OF_THE_VISIT:
        body = pattern.sub("", body)
    texts = [unescape(text) for text in _TEXT.findall(body)]
    pairs = [sorted((repr(texts[0::2]), repr(texts[1::2])))]
    return " ".join(_TEXT.sub("", body).split()) + repr(pairs)


def _require_many(compared: Sequence[Showing], shown: Sequence[Showing]) -> Iterator[str]:
    """Yield that nothing was found because nothing was looked at, if so."""
    if not compared or len(compared) < len(shown) / 2:
        yield f"only {len(compared)} of {len(shown)} pages could be compared"


def find_lopsided_raters(showings: Mapping[str, Sequence[Showing]], unpaired: int) -> Iterator[str]:
    """Yield the raters for whom the candidate is not option A on half of the tables."""
    for rater, own in showings.items():
        sides = {each.item: each.is_candidate for each in own if each.is_candidate is not None}
        difference = abs(2 * sum(map(bool, sides.values())) - len(sides))
        if difference > unpaired:
            yield f"rater {rater}: the candidate is A {difference} times more or less often than B"


def measure_chances(showings: Sequence[Showing]) -> dict[str, float]:
    """Return how likely each visible thing differs so much between both places of the candidate by chance."""
    from scipy import stats

    visible: dict[str, list[float]] = {
        "bytes of the page": [len(each.exchange.body) for each in showings],
        "bytes of all headers": [sum(len(n) + len(v) for n, v in each.exchange.headers) for each in showings],
        "time to the first byte": [each.exchange.wait_ms for each in showings],
        "number of the item": [each.number for each in showings],
        "the item's id": [int(each.item, 16) for each in showings],
    }
    sides = [bool(each.is_candidate) for each in showings]
    found = {}
    for name, values in visible.items():
        groups = [[v for v, side in zip(values, sides, strict=True) if side is wanted] for wanted in (True, False)]
        found[name] = float(stats.mannwhitneyu(*groups).pvalue)
    return found
