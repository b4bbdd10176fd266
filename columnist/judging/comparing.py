"""What a judge says of two systems: its tally, with the weight that its word has."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import Field

from columnist.ddl.tables import Table
from columnist.documentation import Texts
from columnist.evaluation.intervals import Interval
from columnist.home import Home
from columnist.judging.asking import Judgement, ask_judge
from columnist.judging.calibration import Habits, Standing, find_habits, find_standing
from columnist.judging.judge import Chat, Judge
from columnist.judging.length_control import control_length
from columnist.studies.ballots import Item, Preference
from columnist.studies.clusters import bootstrap_share
from columnist.values import Value

_SCORES = {Preference.A: 1.0, Preference.B: 0.0}


class JudgeResult(Value):
    """A judge's tally of items, seen from option A; it says nothing without its weight.

    Wins, ties, losses, both_bad and the items of ``habits.unparsable`` are all items.

    Attributes:
        identity: Digest of the judge: its folder and its model.
        win_rate: Wins and half of what is neither won nor lost, among answered items; ``None`` where fewer than
            two tables were answered.
        length_controlled: The win rate that options of equal length would have.
    """

    judge: str
    identity: str
    standing: Standing
    weight: float = Field(ge=0, le=1)
    n_items: int
    n_tables: int
    wins: int
    ties: int
    losses: int
    both_bad: int
    win_rate: Interval | None
    length_controlled: Interval | None
    habits: Habits


def judge_comparisons(
    judge: Judge,
    items: Sequence[Item],
    cache: Path,
    say: Callable[[int, int], None],
    *,
    records: Path | None = None,
    chat: Chat | None = None,
) -> JudgeResult:
    """Ask a judge about items and count what it says of option A.

    Args:
        judge: Who is asked.
        items: What to compare; option A is the candidate's, and the judge is not told.
        cache: Folder of the raw replies.
        say: Called with the requests that are answered and those in all.
        records: Folder of the calibrations; by default of this checkout's home.
        chat: Who answers; by default what the judge's folder names.

    Raises:
        ColumnistError: The judge's model or the record of its calibration cannot be used.
    """
    standing, weight = find_standing(judge, records or judges_folder())
    judgements = ask_judge(judge, items, cache, say, chat)
    counts = Counter(each.preference for each in judgements)
    win_rate, controlled = _win_rates(judge, judgements)
    return JudgeResult(
        judge=judge.name,
        identity=judge.identity,
        standing=standing,
        weight=weight,
        n_items=len(items),
        n_tables=len({item.table_id for item in items}),
        wins=counts[Preference.A],
        ties=counts[Preference.TIE],
        losses=counts[Preference.B],
        both_bad=counts[Preference.BOTH_BAD],
        win_rate=win_rate,
        length_controlled=controlled,
        habits=find_habits(judgements, judge.settings.intervals),
    )


def judges_folder() -> Path:
    """Return the folder of calibrations and raw replies in this checkout's home."""
    return Home.find().folder / "judges"


def make_item(comparison_id: str, table_id: str, table: Table, option_a: Texts, option_b: Texts) -> Item:
    """Return an item that compares two documentations of a table.

    Example:
        >>> from columnist.ddl.tables import Column
        >>> table = Table(name="stock", columns=(Column(name="sku", type="TEXT"),))
        >>> item = make_item("1", "t1", table, Texts(table="Goods.", columns=("Article.",)),
        ...                  Texts(table="Stock.", columns=("Sku.",)))
        >>> print(item.option_a)
        stock: Goods.
        sku: Article.
    """
    from columnist.modeling.prompts import PromptKind, render_prompts

    schema = "\n".join(prompt.schema_text for prompt in render_prompts(table, PromptKind.COMPACT))
    return Item(
        comparison_id=comparison_id,
        table_id=table_id,
        schema_text=schema,
        option_a=_lines(table, option_a),
        option_b=_lines(table, option_b),
    )


def _lines(table: Table, texts: Texts) -> str:
    named = zip(table.columns, texts.columns, strict=True)
    return "\n".join([f"{table.name}: {texts.table}", *(f"{column.name}: {text}" for column, text in named)])


def _win_rates(judge: Judge, judgements: Sequence[Judgement]) -> tuple[Interval | None, Interval | None]:
    """Return the raw and the length-controlled win rate of option A."""
    answered = [(each, _SCORES.get(each.preference, 0.5)) for each in judgements if each.preference]
    resampling = judge.settings.intervals
    # A half is a hit of one of two cases.
    halves = [(each.table_id, hit) for each, score in answered for hit in (score > 0, score > 0.5)]
    controlled = control_length(
        [score for _each, score in answered],
        [each.length_difference for each, _score in answered],
        [each.table_id for each, _score in answered],
        judge.settings.length_control,
        resampling,
    )
    return bootstrap_share(halves, resampling), controlled
