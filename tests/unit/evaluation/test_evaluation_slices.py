"""Slices: what tables have in common, and that a slice's numbers are those of its tables alone."""

from columnist.ddl.tables import Column, Table
from columnist.documentation import Texts
from columnist.evaluation import EvaluationConfig, compare_values
from columnist.evaluation.slices import compare_slices, slices_of
from columnist.synthesis.examples import Example, HardClass

CONFIG = EvaluationConfig(seed=7, level=0.95, samples=0, resamples=200)


def example(names: tuple[str, ...], dialect: str = "postgres", code: str = "", classes: tuple = ()) -> Example:
    return Example(
        id="e",
        ddl="",
        table=Table(name="t", dialect=dialect, columns=tuple(Column(name=name) for name in names)),
        reference=Texts(table="", columns=("",) * len(names)),
        naics_code=code,
        use_case="u",
        classes=classes,
        license="CC0-1.0",
    )


def test_a_synthetic_table_is_as_hard_as_it_was_made():
    made = example(("attr7", "id"), "mysql", "541511", (HardClass.OPAQUE, HardClass.ABBREVIATED))
    assert list(slices_of(made)) == [
        ("dialect", "mysql"),
        ("sector", "54"),
        ("width", "up to 5 columns"),
        ("difficulty", "opaque"),
        ("difficulty", "abbreviated"),
    ]
    assert ("difficulty", "plain") in set(slices_of(example(("id",), code="541511")))


def test_of_a_real_table_the_names_tell_how_hard_it_is():
    short, plain = example(("cust_no", "qty", "dept_cd", "id")), example(("customer", "quantity", "price", "dept_cd"))
    # Three of four names have short forms, and one of four; the line is a quarter.
    assert dict(slices_of(short))["difficulty"] == "abbreviated"
    assert dict(slices_of(plain))["difficulty"] == "plain"
    assert "sector" not in dict(slices_of(plain))


def test_widths_end_with_the_widest():
    widths = [dict(slices_of(example(tuple(f"c{n}" for n in range(size)))))["width"] for size in (5, 6, 20, 99, 100)]
    assert widths == [
        "up to 5 columns",
        "6 to 10 columns",
        "11 to 20 columns",
        "21 to 99 columns",
        "100 columns or more",
    ]


def test_a_slice_has_the_numbers_of_its_tables():
    examples = [example(("id",), dialect) for dialect in ("mysql", "duckdb", "mysql", "duckdb", "mysql", "sqlite")]
    ours, theirs = {"chrf": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]}, {"chrf": [0.2, 0.2, 0.2, 0.2, 0.2, 0.2]}
    found = compare_slices(examples, ours, {"base": theirs}, CONFIG, smallest=2)
    dialects = {each.value: each for each in found if each.dimension == "dialect"}
    # Places 0, 2 and 4; a single sqlite table is no slice.
    assert {name: each.n_tables for name, each in dialects.items()} == {"duckdb": 2, "mysql": 3}
    alone = compare_values({"chrf": [0.1, 0.3, 0.5]}, {"chrf": [0.2, 0.2, 0.2]}, CONFIG)
    assert dialects["mysql"].comparisons[0].metrics == alone
    assert (alone[0].wins, alone[0].ties, alone[0].losses) == (2, 0, 1)
