"""Fitting acceptance: what is learned, what happens where nothing can be, and that placeholders abstain."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
import yaml
from acceptance_simulation import CONFIG, LABEL, referenced_tables, simulate

from columnist.ddl.tables import Column, Table
from columnist.digests import digest_file
from columnist.errors import AdapterError
from columnist.modeling.acceptance import ACCEPTANCE, Acceptance, read_acceptance, write_acceptance
from columnist.modeling.acceptance.adapting import fit_acceptance
from columnist.modeling.acceptance.calibration import estimate, measure_calibration
from columnist.modeling.acceptance.features import WITH_LOGPROBS, WITHOUT_LOGPROBS
from columnist.modeling.acceptance.fitting import fit_calibrator
from columnist.modeling.engines.protocol import Filled
from columnist.modeling.prompts import TABLE_SLOT

ROOT = Path(__file__).resolve().parents[3]
CONFIDENT = Filled("Date on which the parcel was handed to the carrier.", (-0.0005,) * 14)
ORDERS = Table(
    name="orders",
    columns=tuple(
        Column(name=name, type="VARCHAR(200)")
        for name in (
            *("order_id", "customer_name", "shipped_date", "total_amount", "carrier_name"),
            *("custom_field_22", "attr7", "flex_01", "udf_text_4", "col3", "x1", "reserved2"),
        )
    ),
)


def fit() -> Acceptance:
    return fit_acceptance({"simulated": simulate(referenced_tables())}, CONFIG, LABEL, "0" * 64).acceptance


@pytest.fixture(scope="module")
def acceptance() -> Acceptance:
    return fit()


@pytest.fixture(scope="module")
def inexperienced() -> Acceptance:
    """An acceptance model of which the fit has seen no column with one of the words below in its name."""
    words = ("custom", "attr", "flex", "udf", "col", "x", "reserve", "field")
    outcomes = [
        one
        for one in simulate(referenced_tables())
        if one.slot == TABLE_SLOT or not any(word in one.table.columns[one.slot].name.lower() for word in words)
    ]
    return fit_acceptance({"simulated": outcomes}, CONFIG, LABEL, "0" * 64).acceptance


def thresholds() -> list[float]:
    """The thresholds in use of all configurations that ship."""
    contents = [yaml.safe_load(path.read_text()) for path in sorted((ROOT / "configs" / "train").glob("*.yaml"))]
    return [content["parameters"]["acceptance"]["threshold"] for content in contents]


@pytest.mark.parametrize("name", ["custom_field_22", "attr7", "flex_01", "udf_text_4", "col3", "x1", "reserved2"])
def test_placeholders_abstain_whatever_a_confident_model_says_even_if_none_like_them_were_seen(
    acceptance, inexperienced, name
):
    index = next(place for place, column in enumerate(ORDERS.columns) if column.name == name)
    for said in (CONFIDENT, Filled(CONFIDENT.text), Filled(f"The {name} of the order.", (-0.0001,) * 6)):
        assert acceptance.probability(ORDERS, index, said) < min(thresholds())
        assert inexperienced.probability(ORDERS, index, said) < min(thresholds())


def test_a_confident_text_about_an_ordinary_column_is_shown(acceptance):
    assert acceptance.probability(ORDERS, 2, CONFIDENT) > max(thresholds())


def test_a_surer_model_is_believed_more_and_one_surer_than_any_seen_not_more_than_that(acceptance):
    said = [Filled("Name of the carrier.", (value,) * 8) for value in (-2.0, -0.5, -0.05, -1e-9, 0.0)]
    unsure, middle, sure, *surest = (acceptance.probability(ORDERS, 4, each) for each in said)
    assert unsure < middle < sure <= surest[0] == surest[1] < 1


@pytest.mark.parametrize("text", ["", "  ", "? What is attr7 for?"])
def test_what_is_no_description_has_no_chance_as_one(acceptance, text):
    assert acceptance.probability(ORDERS, 0, Filled(text, (-0.1,))) == 0.0


def test_an_engine_that_tells_no_probabilities_is_served_by_a_model_without_them(acceptance):
    assert tuple(term.feature for term in acceptance.without_logprobs.terms) == WITHOUT_LOGPROBS
    assert acceptance.with_logprobs
    assert tuple(term.feature for term in acceptance.with_logprobs.terms) == WITH_LOGPROBS
    assert 0 < acceptance.probability(ORDERS, TABLE_SLOT, Filled("Orders of customers.")) < 1


def test_it_is_calibrated_on_tables_that_it_has_not_seen(acceptance):
    """Half of the texts are right. An ECE of 0.1 on a few hundred texts leaves room for chance."""
    tables = referenced_tables()
    outcomes = simulate(tables[30:], seed=2)
    fitted = fit_acceptance({"simulated": simulate(tables[:30])}, CONFIG, LABEL, "")
    found = measure_calibration("unseen", estimate(fitted.acceptance, outcomes), outcomes, 0.3, seed=1, resamples=200)
    assert found
    assert found.ece_equal_mass.estimate <= 0.1
    assert found.auroc
    assert found.auroc > 0.8
    assert found.points[60].risk < found.points[20].risk < found.points[0].risk


def test_several_sources_are_fitted_together_and_measured_apart():
    tables = referenced_tables()
    outcomes = {"first": simulate(tables[:30]), "second": simulate(tables[30:])}
    fitted = fit_acceptance(outcomes, CONFIG, LABEL, "")
    assert [(source.name, source.tables) for source in fitted.acceptance.sources] == [("first", 30), ("second", 30)]
    names = [each.name for each in fitted.report.calibrations]
    assert names == ["first, cross-validated", "second, cross-validated"]


def test_of_examples_only_what_becomes_of_placeholders_is_learned():
    tables = referenced_tables()
    outcomes = {"real": simulate(tables[:30])}
    alone = fit_acceptance(outcomes, CONFIG, LABEL, "")
    more = fit_acceptance(outcomes, CONFIG, LABEL, "", simulate(tables[30:]))
    assert more.acceptance.placeholders.columns > alone.acceptance.placeholders.columns
    assert more.acceptance.with_logprobs == alone.acceptance.with_logprobs
    assert more.acceptance.sources == alone.acceptance.sources


def test_what_a_handful_of_texts_show_is_not_learned():
    rng = Random(5)
    rows = [[float(rng.random() < 0.5) for _ in WITHOUT_LOGPROBS] for _ in range(400)]
    labels = [rng.random() < 0.3 + 0.4 * row[1] for row in rows]
    for number, row in enumerate(rows):
        row[0] = 1.0 if number < 4 else 0.0
        labels[number] = labels[number] and number >= 4  # whoever believed them would reject all such texts
    fitted = fit_calibrator(rows, labels, [str(number // 4) for number in range(400)], CONFIG).calibrator
    rare, telling = fitted.terms[0], fitted.terms[1]
    assert (rare.low, rare.high) == (0.0, 0.0)
    assert telling.weight > 0.1


def test_the_same_outcomes_give_the_same_fit(acceptance):
    assert fit() == acceptance


def test_applying_a_written_fit_imports_neither_scikit_learn_nor_torch(acceptance, tmp_path):
    write_acceptance(acceptance, tmp_path)
    code = (
        "import sys; from pathlib import Path\n"
        "from columnist.modeling.acceptance import read_acceptance\n"
        "from columnist.modeling.engines.protocol import Filled\n"
        "from columnist.ddl.tables import Column, Table\n"
        f"found = read_acceptance(Path({str(tmp_path)!r}))\n"
        "table = Table(name='orders', columns=(Column(name='shipped_date', type='DATE'),))\n"
        "print(found.probability(table, 0, Filled('Day of shipping.', (-0.1, -0.2))))\n"
        "print([name for name in ('sklearn', 'torch', 'transformers', 'scipy') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    probability, loaded = done.stdout.splitlines()
    table = Table(name="orders", columns=(Column(name="shipped_date", type="DATE"),))
    said = Filled("Day of shipping.", (-0.1, -0.2))
    assert float(probability) == acceptance.probability(table, 0, said)
    assert loaded == "[]"


@pytest.mark.parametrize("kind", [True, False])
def test_labels_of_one_kind_give_everybody_the_smoothed_share(kind):
    """Of 8 texts all or none was accepted: (8 + 1) / (8 + 2), or (0 + 1) / (8 + 2)."""
    rows = [[float(number)] * len(WITHOUT_LOGPROBS) for number in range(8)]
    fit = fit_calibrator(rows, [kind] * 8, [str(number) for number in range(8)], CONFIG)
    assert fit.calibrator.probability(tuple(rows[3])) == pytest.approx(0.9 if kind else 0.1)
    assert fit.unseen == pytest.approx([0.9 if kind else 0.1] * 8)


def test_without_any_text_the_chance_is_even():
    acceptance = fit_acceptance({"validation": []}, CONFIG, LABEL, "").acceptance
    assert acceptance.with_logprobs is None
    assert acceptance.probability(ORDERS, 0, CONFIDENT) == pytest.approx(0.5)


def test_ballots_may_take_the_place_of_the_proxy():
    """Labels come from anywhere: here a rater likes what stands in the first feature."""
    rng = Random(4)
    rows = [[rng.random() for _ in WITHOUT_LOGPROBS] for _ in range(300)]
    fit = fit_calibrator(rows, [row[0] > 0.5 for row in rows], [str(number // 5) for number in range(300)], CONFIG)
    weights = {term.feature: abs(term.weight) for term in fit.calibrator.terms}
    assert max(weights, key=weights.__getitem__) == WITHOUT_LOGPROBS[0]


def test_an_isotonic_correction_is_kept_where_it_proves_better():
    """Acceptance jumps from never to always in the middle of a feature: no logistic curve is that steep under L2."""
    rng = Random(5)
    width = len(WITHOUT_LOGPROBS)
    rows = [[rng.uniform(-1, 1), *(0.0,) * (width - 1)] for _ in range(1200)]
    labels, groups = [row[0] > 0 for row in rows], [str(number // 6) for number in range(1200)]
    weak = CONFIG.model_copy(update={"penalties": (0.001,)})
    assert fit_calibrator(rows, labels, groups, weak).calibrator.knots
    few = weak.model_copy(update={"isotonic_from": 1201})
    assert not fit_calibrator(rows, labels, groups, few).calibrator.knots


def test_a_folder_without_a_fit_has_none(tmp_path):
    assert read_acceptance(tmp_path) is None


@pytest.mark.parametrize("damage", ["not json", "{}", '{"threshold": 2}'])
def test_a_damaged_fit_is_refused_in_one_line(tmp_path, damage):
    (tmp_path / ACCEPTANCE).write_text(damage)
    with pytest.raises(AdapterError, match="expected an acceptance model") as caught:
        read_acceptance(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_fit_of_other_features_or_weights_is_refused(acceptance, tmp_path):
    (tmp_path / "adapter_model.safetensors").write_bytes(b"weights")
    write_acceptance(acceptance, tmp_path)
    with pytest.raises(AdapterError, match="other weights"):
        read_acceptance(tmp_path)
    fitting = acceptance.model_copy(
        update={"adapter_weights_sha256": digest_file(tmp_path / "adapter_model.safetensors")}
    )
    write_acceptance(fitting, tmp_path)
    assert read_acceptance(tmp_path) == fitting
    content = json.loads((tmp_path / ACCEPTANCE).read_text())
    content["without_logprobs"]["terms"].pop()
    (tmp_path / ACCEPTANCE).write_text(json.dumps(content))
    with pytest.raises(AdapterError, match="other features"):
        read_acceptance(tmp_path)
