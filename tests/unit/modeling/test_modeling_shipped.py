"""The adapter that comes with the product: each byte of it is known."""

import shutil

import pytest
from stated_adapter import state_adapter

from columnist.errors import AdapterError
from columnist.modeling import shipped
from columnist.modeling.acceptance import read_acceptance
from columnist.modeling.adapters import open_adapter
from columnist.modeling.base_models import EMBEDDED
from columnist.modeling.prompts import prompt_digest


@pytest.fixture
def folder(tmp_path):
    return state_adapter(tmp_path / "adapters" / "mine").folder


def test_an_unchanged_adapter_is_opened(folder):
    adapter = open_adapter(folder)
    assert shipped.shipped_adapter(folder, adapter.digest) == adapter


@pytest.mark.parametrize("change", ["other bytes", "a file more", "a file less"])
def test_a_changed_one_is_refused(folder, change):
    digest = open_adapter(folder).digest
    if change == "other bytes":
        (folder / "adapter_model.safetensors").write_bytes(b"Weights")
    elif change == "a file more":
        (folder / "notes.txt").write_text("")
    else:
        (folder / "columnist.json").unlink()
    with pytest.raises(AdapterError, match="was changed") as caught:
        shipped.shipped_adapter(folder, digest)
    assert "\n" not in str(caught.value)


def test_a_missing_one_is_named(folder):
    shutil.rmtree(folder)
    with pytest.raises(AdapterError, match="is missing: expected it in") as caught:
        shipped.shipped_adapter(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not shipped.FOLDER.exists(), reason="the checkout has no default adapter yet")
def test_the_default_adapter_is_whole_small_documented_and_fits_this_version():
    adapter = shipped.shipped_adapter()
    assert (shipped.FOLDER / "adapter_model.safetensors").stat().st_size <= 10 * 2**20
    assert adapter.card.base_model == EMBEDDED
    assert adapter.card.prompt_sha256 == prompt_digest(adapter.card.prompt)
    assert read_acceptance(adapter.folder) is not None
    page = (shipped.FOLDER / "MODEL_CARD.md").read_text()
    assert adapter.card.training_set_sha256[:16] in page
    assert adapter.card.base_model_license in page
