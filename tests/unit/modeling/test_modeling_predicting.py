"""Predictions name what wrote them."""

import pytest

from columnist.errors import AdapterError
from columnist.modeling.predicting import predict_base, predict_tuned
from columnist.modeling.prompts import PromptKind


def test_predictions_have_the_structure_of_their_examples(small_training_set, keen_base_model, trained_adapter):
    examples = small_training_set.test
    calls = []
    base = predict_base(examples, str(keen_base_model), lambda done, total: calls.append((done, total)))
    tuned = predict_tuned(examples, trained_adapter)
    assert (base.prompt, base.adapter_sha256) == (PromptKind.INSTRUCT, None)
    assert (tuned.prompt, tuned.adapter_sha256) == (PromptKind.COMPACT, trained_adapter.digest)
    for predictions in (base, tuned):
        assert predictions.base_model == str(keen_base_model)
        assert [len(texts.columns) for texts in predictions.texts] == [len(e.table.columns) for e in examples]
    assert calls[-1][0] == calls[-1][1]


def test_an_adapter_of_other_prompts_writes_nothing(small_training_set, trained_adapter):
    card = trained_adapter.card.model_copy(update={"prompt_sha256": "0" * 64})
    with pytest.raises(AdapterError, match="learned prompts"):
        predict_tuned(small_training_set.test, trained_adapter.model_copy(update={"card": card}))
