"""Fixtures shared by all kinds of tests."""

import json
import os
from pathlib import Path
from unittest import mock

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


# The stores of the pipeline tests are open for the whole session and are named in the environment.
_ENVIRONMENT = dict(os.environ)


@pytest.fixture(autouse=True)
def _environment_as_it_was(request):
    """Let no test outside of tests/pipeline see the variables that its stores need."""
    if "pipeline" in request.path.parts:
        yield
        return
    current = {"PYTEST_CURRENT_TEST": os.environ["PYTEST_CURRENT_TEST"]}
    with mock.patch.dict(os.environ, _ENVIRONMENT | current, clear=True):
        yield


@pytest.fixture(scope="session")
def tiny_base_model(tmp_path_factory) -> Path:
    """A random model of two layers with a tokenizer of its own: real code paths in milliseconds."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny_base_model")
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(
        ["table orders order_id int key customer_id the date of an order. One row per order."], trainer
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|im_end|>", bos_token="<|im_start|>"
    )
    tokenizer.chat_template = (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=2048,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            tie_word_embeddings=True,
        )
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n")
    return folder


@pytest.fixture(scope="session")
def manifest() -> list[dict[str, object]]:
    """The real DDL scripts that development machines have beside the checkout."""
    file = SHARED / "data" / "ddl" / "manifest.json"
    if not file.exists():
        pytest.skip(f"{file} is not on this machine")
    return list(json.loads(file.read_text()))
