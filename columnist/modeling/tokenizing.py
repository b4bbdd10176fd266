"""The tokenizer of a GGUF file, without ``transformers``.

It gives the token ids that ``transformers`` gives after converting the same file: those a
model was trained on. It has the few methods of a ``transformers`` tokenizer that
``columnist.modeling.encoding`` and the engines call, so that both kinds serve there.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from columnist.errors import BaseModelError
from columnist.modeling.gguf_files import GgufFile

_CONTROL, _USER_DEFINED = 3, 4  # types of tokens in GGUF
_KNOWN = {"llama": ("smollm", "gpt-2", "default"), "qwen2": ("qwen2",)}  # kinds of vocabularies by architecture
# How Qwen splits a text into words before it merges bytes.
_QWEN2_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


class GgufTokenizer:
    """A byte-level BPE tokenizer with the vocabulary, merges and chat template of a GGUF file."""

    def __init__(self, file: GgufFile):
        """Build the tokenizer.

        Raises:
            BaseModelError: The file's vocabulary is of another kind, or damaged.
        """
        if not has_known_tokenizer(file):
            raise BaseModelError(
                f"base model {file.path}: its vocabulary is {_kind(file)!r}, which is not known; use the engine "
                "transformers"
            )
        tokens: list[str] = file.get("tokenizer.ggml.tokens", [])
        types: list[int] = file.get("tokenizer.ggml.token_type", [])
        added = {tokens[i]: i for i, kind in enumerate(types[: len(tokens)]) if kind in (_CONTROL, _USER_DEFINED)}
        special = ("bos", "eos", "unknown", "padding")
        named = [file.get(f"tokenizer.ggml.{name}_token_id") for name in special]
        if any(token is not None and token >= len(tokens) for token in named) or named[1] is None:
            raise BaseModelError(f"base model {file.path}: its vocabulary is damaged; download or copy it again")
        self._tokens, self._added = tokens, added
        self._bpe = _build(file, tokens, added)
        self.all_special_ids: list[int] = sorted({token for token in named if token is not None})
        self.all_special_tokens = [tokens[token] for token in self.all_special_ids]
        self.bos_token_id, self.eos_token_id = named[0], int(named[1])
        self.pad_token_id: int = self.eos_token_id if named[3] is None else named[3]
        self.chat_template: str | None = file.get("tokenizer.chat_template")

    def __call__(self, text: str, add_special_tokens: bool = False) -> dict[str, list[int]]:
        """Return ``input_ids``; these vocabularies add no tokens of their own, whatever is asked."""
        return {"input_ids": self._bpe.encode(text, add_special_tokens=add_special_tokens).ids}

    def __len__(self) -> int:
        return len(self._tokens)

    def decode(self, tokens: Sequence[int], skip_special_tokens: bool = False) -> str:
        """Return the text of tokens."""
        return str(self._bpe.decode(list(tokens), skip_special_tokens=skip_special_tokens))

    def get_vocab(self) -> dict[str, int]:
        """Return all tokens, in the vocabulary's own letters, with their ids."""
        return {token: i for i, token in enumerate(self._tokens)}

    def get_added_vocab(self) -> dict[str, int]:
        """Return the control tokens and others that are never made of bytes, with their ids."""
        return self._added

    def apply_chat_template(
        self, messages: Sequence[dict[str, str]], add_generation_prompt: bool, tokenize: bool = False
    ) -> str:
        """Render messages through the model's chat template; ``tokenize`` is there for likeness and has to be false."""
        from jinja2 import TemplateError

        if tokenize or not self.chat_template:
            raise ValueError("a chat template is rendered to text, and there has to be one")
        names = {"bos_token": self.bos_token_id, "eos_token": self.eos_token_id, "pad_token": self.pad_token_id}
        special = {name: self._tokens[token] for name, token in names.items() if token is not None}
        try:
            return str(self._template.render(messages=messages, add_generation_prompt=add_generation_prompt, **special))
        except TemplateError as error:
            raise BaseModelError(f"the base model's chat template cannot be rendered: {error}") from error

    @cached_property
    def _template(self) -> Any:
        from jinja2 import TemplateError
        from jinja2.ext import loopcontrols
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        def refuse(message: str) -> None:
            raise TemplateError(message)

        # A template comes with a model's weights and is code of a stranger, hence the sandbox.
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
        environment.globals["raise_exception"] = refuse
        environment.globals["strftime_now"] = lambda layout: datetime.now().strftime(layout)
        try:
            return environment.from_string(self.chat_template or "")
        except TemplateError as error:
            raise BaseModelError(f"the base model's chat template cannot be read: {error}") from error


def has_known_tokenizer(file: GgufFile) -> bool:
    """Tell whether ``GgufTokenizer`` gives this file's token ids as ``transformers`` does."""
    model, words = _kind(file)
    return (
        model == "gpt2"
        and words in _KNOWN.get(file.architecture, ())
        and not file.get("tokenizer.ggml.add_bos_token", False)
    )


def _kind(file: GgufFile) -> tuple[str | None, str | None]:
    return file.get("tokenizer.ggml.model"), file.get("tokenizer.ggml.pre")


def _build(file: GgufFile, tokens: list[str], added: dict[str, int]) -> Any:
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    vocabulary = {token: i for i, token in enumerate(tokens)}
    merges = [(left, right) for left, _, right in (m.partition(" ") for m in file.get("tokenizer.ggml.merges", []))]
    unknown = next((merge for merge in merges if not vocabulary.keys() >= {*merge, "".join(merge)}), None)
    if unknown:
        raise BaseModelError(
            f"base model {file.path}: its vocabulary is damaged (it lacks {''.join(unknown)!r}); "
            "download or copy it again"
        )
    bpe = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    if file.architecture == "qwen2":
        bpe.normalizer = normalizers.NFC()
        words = pre_tokenizers.Split(Regex(_QWEN2_WORDS), behavior="isolated")
        letters = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
        bpe.pre_tokenizer = pre_tokenizers.Sequence([words, letters])
    else:
        bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    types = file.get("tokenizer.ggml.token_type")
    bpe.add_tokens([AddedToken(token, normalized=False, special=types[i] == _CONTROL) for token, i in added.items()])
    return bpe
