"""The tokenizer of a GGUF file against the one that transformers makes of the same file."""

import random
from pathlib import Path

import pytest
from tiny_gguf import write_gguf

from columnist.ddl.tables import Column, Table
from columnist.errors import BaseModelError
from columnist.modeling.base_models import EMBEDDED, load_tokenizer, resolve_base_model
from columnist.modeling.encoding import encode_lead, encode_prefix
from columnist.modeling.gguf_files import GgufFile, GgufValue, read_gguf
from columnist.modeling.prompts import PromptKind, render_prompts
from columnist.modeling.tokenizing import GgufTokenizer, has_known_tokenizer

WORDS = (
    "don't",
    "I'LL",
    "the",
    " order",
    "customer_id",
    "  ",
    "\n",
    "\t",
    "\r\n",
    "2026",
    " 7",
    "été",
    "e\u0301",
    "日本",
    "🙂",
)


@pytest.fixture(scope="module")
def tiny(tiny_base_model, tmp_path_factory) -> Path:
    return write_gguf(tiny_base_model, tmp_path_factory.mktemp("gguf") / "tiny.gguf")


@pytest.fixture(scope="module")
def both(tiny, tiny_base_model):
    return GgufTokenizer(read_gguf(tiny)), load_tokenizer(resolve_base_model(str(tiny_base_model)))


def odd_texts(controls, count: int):
    """Texts of random characters, words, digits and control tokens."""
    random_ = random.Random(8)
    for _ in range(count):
        parts = []
        for _ in range(random_.randint(0, 30)):
            kinds = (chr(random_.randint(0, 0x2FFF)), chr(random_.randint(0, 0x10FFFF)), chr(random_.randint(32, 126)))
            parts.append(random_.choice((*kinds, random_.choice(WORDS), random_.choice(controls))))
        yield "".join(parts).encode(errors="ignore").decode()


def assert_alike(ours, theirs, count: int) -> None:
    assert (ours.get_added_vocab(), len(ours)) == (theirs.get_added_vocab(), len(theirs))
    assert ours.get_vocab() == theirs.get_vocab()
    assert sorted(ours.all_special_ids) == sorted(theirs.all_special_ids)
    assert (ours.eos_token_id, ours.pad_token_id) == (theirs.eos_token_id, theirs.pad_token_id)
    for text in odd_texts(list(theirs.get_added_vocab()), count):
        for add in (False, True):
            tokens = theirs(text, add_special_tokens=add)["input_ids"]
            assert ours(text, add_special_tokens=add)["input_ids"] == tokens, repr(text)
        for skip in (False, True):
            assert ours.decode(tokens, skip_special_tokens=skip) == theirs.decode(tokens, skip_special_tokens=skip)
    random_ = random.Random(9)
    for _ in range(count):
        tokens = [random_.randrange(len(theirs)) for _ in range(8)]
        assert ours.decode(tokens) == theirs.decode(tokens)
    columns = (Column(name="a<|im_end|>b", type="INT"), Column(name="größe_№ 7", type="DECIMAL(10, 2)"))
    for kind in PromptKind:
        for prompt in render_prompts(Table(name="stock", columns=columns), kind):
            assert encode_prefix(ours, prompt) == encode_prefix(theirs, prompt)
            for slot in prompt.slots:
                assert encode_lead(ours, slot.lead) == encode_lead(theirs, slot.lead)


def test_it_is_the_tokenizer_of_transformers(both):
    assert_alike(*both, count=400)


@pytest.mark.slow
def test_the_embedded_model_has_the_tokenizer_of_transformers():
    base = resolve_base_model(EMBEDDED)
    assert_alike(GgufTokenizer(read_gguf(base.path)), load_tokenizer(base), count=4000)


def changed(tiny: Path, **values) -> GgufFile:
    file = read_gguf(tiny)
    fields = {key.replace("__", "."): GgufValue(value, 8) for key, value in values.items() if value is not None}
    kept = {key: field for key, field in file.fields.items() if key.replace(".", "__") not in values}
    return file._replace(fields=kept | fields)


@pytest.mark.parametrize(
    "values",
    [
        {"tokenizer__ggml__model": "llama"},
        {"tokenizer__ggml__pre": "deepseek-llm"},
        {"tokenizer__ggml__add_bos_token": True},
        {"general__architecture": "gemma3"},
        {"tokenizer__ggml__model": None},
    ],
)
def test_another_kind_of_vocabulary_is_not_guessed_at(tiny, values):
    file = changed(tiny, **values)
    assert not has_known_tokenizer(file)
    with pytest.raises(BaseModelError, match="use the engine transformers"):
        GgufTokenizer(file)


@pytest.mark.parametrize(
    "values",
    [
        {"tokenizer__ggml__tokens": ["a", "b"]},
        {"tokenizer__ggml__merges": ["nowhere else"]},
        {"tokenizer__ggml__merges": ["x"]},
        {"tokenizer__ggml__eos_token_id": 10**6},
        {"tokenizer__ggml__eos_token_id": None},
    ],
)
def test_a_damaged_vocabulary_gives_one_line(tiny, values):
    with pytest.raises(BaseModelError, match="its vocabulary is damaged") as caught:
        GgufTokenizer(changed(tiny, **values))
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "template",
    [
        "{% for m in messages %}",
        "{{ raise_exception('no') }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ messages.append(1) }}",
        "{{ messages[0].content.no.such }}",
    ],
)
def test_a_hostile_or_broken_chat_template_gives_one_line(tiny, template):
    tokenizer = GgufTokenizer(changed(tiny, tokenizer__chat_template=template))
    with pytest.raises(BaseModelError, match="chat template cannot be"):
        tokenizer.apply_chat_template([{"role": "user", "content": "x"}], add_generation_prompt=True)
