"""Small studies for tests: tables of a few kinds, systems that write from a rule, and ballots by a rule."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.evaluation.identity import SystemIdentity
from columnist.home import Home
from columnist.studies.ballots import Preference
from columnist.studies.config import StudyConfig
from columnist.studies.opening import Opened, Places, open_study
from columnist.studies.registration import Exclusions, Hypothesis
from columnist.studies.sampling import Pool
from columnist.studies.storage import Shown, Storage, open_storage
from columnist.synthesis.examples import Example
from columnist.systems import Piece

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DIALECTS = ("postgres", "mysql", "snowflake")


def make_example(number: int) -> Example:
    names = ("id", "placed_on", "qty", "amount_usd", "state", "note", "flag")[: 2 + number % 6]
    columns = tuple(Column(name=f"{name}_{number}", type="TEXT", comment="never shown") for name in names)
    table = Table(name=f"orders_{number}", columns=columns, dialect=DIALECTS[number % 3], comment="never shown")
    return Example(
        id=f"e{number}",
        ddl="",
        table=table,
        reference=Texts(table="", columns=("",) * len(columns)),
        naics_code=("445110", "622110")[number % 2],
        use_case="u",
        license="MIT",
    )


def make_pool(count: int = 30) -> Pool:
    return Pool(examples=tuple(make_example(number) for number in range(count)), sha256="7" * 64, max_columns=30)


class RuleSystem:
    """Stands for a system: it writes what a rule says of a name."""

    def __init__(self, name: str, rule: Callable[[str], str], model_sha256: str):
        self.name, self._rule, self._sha256 = name, rule, model_sha256

    def identify(self) -> SystemIdentity:
        return SystemIdentity(name=self.name, kind="tuned", reference=self.name, model_sha256=self._sha256)

    def write(self, examples: Sequence[Example], cache, say) -> Piece:
        say(len(examples), len(examples))
        texts = tuple(
            Texts(
                table=self._rule(each.table.name),
                columns=tuple(self._rule(column.name) for column in each.table.columns),
            )
            for each in examples
        )
        return Piece(texts=texts, faults=(), seconds=0.0)


CANDIDATE = RuleSystem("candidate", lambda name: f"What {name} of an order says", "c" * 64)
BASELINE = RuleSystem("baseline", lambda name: f" **{name}** .", "b" * 64)


def make_config(**changes) -> StudyConfig:
    fields = {
        "hypothesis": Hypothesis.NON_INFERIOR,
        "margin": 0.1,
        "alpha": 0.05,
        "tables": 12,
        "raters": 3,
        "looks": (4, 8, 12),
        "repeats": 2,
        "attention": 2,
        "exclusions": Exclusions(min_seconds_per_item=1, max_attention_failures=1, min_repeat_consistency=0.5),
        "seed": 3,
    }
    return StudyConfig(**(fields | changes))


def make_places(folder, url: str | None = None) -> Places:
    return Places(home=Home(folder), storage=open_storage(url or f"sqlite:///{folder / 'studies.db'}"))


def open_small(places: Places, **changes) -> Opened:
    config = make_config(**changes)
    labels = [f"rater {number}" for number in range(config.raters)]
    again = "tests open several"
    return open_study(CANDIDATE, BASELINE, make_pool(), config, labels, places, NOW, lambda *_: None, again)


def answer_all(
    storage: Storage, opened: Opened, choose: Callable[[Shown], Preference] = lambda _shown: Preference.A
) -> None:
    at = NOW
    for rater in opened.registration.raters:
        while (shown := storage.next_assignment(rater)) is not None:
            at += timedelta(seconds=20)
            storage.record_ballot(rater, shown.item.item_id, choose(shown), seconds=20.5, at=at)


def prefer_long(shown: Shown) -> Preference:
    """The candidate of these tests writes more."""
    lengths = {text.text_id: len(text.table_text) for text in shown.item.texts}
    a, b = lengths[shown.a_text_id], lengths[shown.b_text_id]
    return Preference.TIE if a == b else Preference.A if a > b else Preference.B
