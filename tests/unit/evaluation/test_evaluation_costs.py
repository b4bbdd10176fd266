from datetime import date

import pytest
from pydantic import ValidationError

from columnist.errors import ConfigError
from columnist.evaluation.costs import HostedPrice, MachinePrice, Prices, Source, Usage, cost_of

SOURCE = Source(title="Prices", url="https://example.com/prices", read=date(2026, 11, 1), verified=True)
HOSTED = HostedPrice(usd_per_million_input_tokens=2, usd_per_million_output_tokens=10, source=SOURCE)
MACHINE = MachinePrice(machine="two cores", usd_per_hour=0.36, source=SOURCE)
USAGE = Usage(input_tokens=(400, 600), output_tokens=(50, 150), seconds=5)

FILE = """
parameters:
  prices:
    dated: 2026-11-22
    hosted:
      small:
        usd_per_million_input_tokens: 0.1
        usd_per_million_output_tokens: 0.5
        source: {title: Models, url: https://example.com/models, read: 2026-11-22, verified: true}
    machines:
      cpu:
        machine: two cores
        usd_per_hour: 0.07
        source: {title: Machines, url: https://example.com/machines, read: 2026-11-20, verified: false}
"""


def write(folder, text=FILE):
    path = folder / "prices.yaml"
    path.write_text(text)
    return path


def test_a_hosted_model_costs_its_tokens():
    # 1,000 tokens in at 2 dollars and 200 out at 10 a million: 0.002 + 0.002 for two tables, so 2 dollars for 1,000.
    assert cost_of(USAGE, HOSTED, seed=1, resamples=99).usd_per_1000_tables == pytest.approx(2.0)


def test_a_machine_costs_its_hours():
    # 5 seconds for two tables are 2,500 for 1,000; an hour has 3,600 and costs 0.36: 0.25 dollars.
    cost = cost_of(USAGE, MACHINE, seed=1, resamples=99)
    assert cost.usd_per_1000_tables == pytest.approx(0.25)
    assert cost.seconds == 2.5


def test_tokens_are_means_over_tables_with_intervals():
    cost = cost_of(USAGE, None, seed=1, resamples=999)
    assert (cost.input_tokens.low, cost.input_tokens.estimate, cost.input_tokens.high) == (400, 500, 600)
    assert cost.output_tokens.estimate == 100
    assert cost.usd_per_1000_tables is None


def test_what_was_never_run_has_no_hours_to_pay():
    guessed = USAGE.model_copy(update={"seconds": None})
    assert cost_of(guessed, HOSTED, seed=1, resamples=99).seconds is None
    with pytest.raises(ValueError, match="nothing was run"):
        cost_of(guessed, MACHINE, seed=1, resamples=99)


@pytest.mark.parametrize(("incoming", "outgoing"), [((), ()), ((1,), (1, 2)), ((-1,), (1,))])
def test_tokens_that_are_not_paired_are_refused(incoming, outgoing):
    with pytest.raises(ValidationError):
        Usage(input_tokens=incoming, output_tokens=outgoing, seconds=None)


def test_a_price_file_is_read_with_its_sources(tmp_path):
    prices = Prices.load(write(tmp_path))
    assert prices.hosted_model("small").usd_per_million_output_tokens == 0.5
    assert not prices.machine("cpu").source.verified


def test_a_missing_entry_is_named_with_those_that_are_there(tmp_path):
    prices = Prices.load(write(tmp_path))
    with pytest.raises(ConfigError, match=r"hosted model 'large' has no price; .*small$"):
        prices.hosted_model("large")
    with pytest.raises(ConfigError, match=r"machine 'gpu' has no price; .*cpu$"):
        prices.machine("gpu")


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("usd_per_hour: 0.07", "usd_per_hour: 0", "greater than 0"),
        ("usd_per_hour: 0.07", "usd_per_hour: .nan", "finite"),
        ("usd_per_hour: 0.07", "usd_per_hours: 0.07", "usd_per_hours: unknown key"),
        ("https://example.com/models", "example.com", "url"),
        ("title: Models, ", "", "title: Field required"),
        ("read: 2026-11-20", "read: 2026-12-01", "the price of cpu was read after 2026-11-22"),
        ("dated: 2026-11-22", "dated: yesterday", "dated"),
    ],
)
def test_a_damaged_price_file_is_one_line(tmp_path, before, after, problem):
    path = write(tmp_path, FILE.replace(before, after))
    with pytest.raises(ConfigError, match=problem) as caught:
        Prices.load(path)
    assert str(caught.value).startswith(f"{path}: parameters.prices")
    assert "\n" not in str(caught.value)
