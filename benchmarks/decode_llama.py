"""llama.cpp at its best for this task: the schema is read once, then all slots of a table as one batch.

Written against ``llama_cpp``'s low-level functions, because its class ``Llama`` decodes one
sequence at a time. It needs llama-cpp-python and numpy, and nothing of this product.
"""

from typing import Any

import llama_cpp  # type: ignore[import-not-found]
import numpy as np

_CONTEXT_TOKENS = 16_384  # keys and values for all sequences together
_BATCH_TOKENS = 2_048


class LlamaCpp:
    """A GGUF model that continues one prefix in several ways at once."""

    def __init__(self, file: str, threads: int, sequences: int, rearranged: bool):
        llama_cpp.llama_backend_init()
        # Its log would be a hundred lines; the callback has to stay alive as long as the library.
        self._quiet = llama_cpp.llama_log_callback(lambda _level, _text, _data: None)
        llama_cpp.llama_log_set(self._quiet, None)
        loading = llama_cpp.llama_model_default_params()
        loading.use_extra_bufts = rearranged
        self._model = llama_cpp.llama_model_load_from_file(file.encode(), loading)
        settings = llama_cpp.llama_context_default_params()
        settings.n_ctx, settings.n_batch, settings.n_seq_max = _CONTEXT_TOKENS, _BATCH_TOKENS, sequences + 1
        settings.n_threads = settings.n_threads_batch = threads
        settings.kv_unified = True  # one pool, so that sequences can share the schema
        self._context = llama_cpp.llama_init_from_model(self._model, settings)
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self._model))
        self._batch = llama_cpp.llama_batch_init(_BATCH_TOKENS, 0, 1)
        self._sequences = sequences

    def fill(self, prefix: list[int], leads: list[list[int]], stops: set[int], limit: int) -> list[list[int]]:
        """Return the tokens written after the prefix and each lead, without what ended them."""
        llama_cpp.llama_memory_clear(self._memory, True)
        self._decode([(token, i, 0, False) for i, token in enumerate(prefix)])
        return [
            written
            for start in range(0, len(leads), self._sequences)
            for written in self._fill_some(len(prefix), leads[start : start + self._sequences], stops, limit)
        ]

    def _fill_some(self, size: int, leads: list[list[int]], stops: set[int], limit: int) -> list[list[int]]:
        rows: list[tuple[int, int, int, bool]] = []
        lasts = []
        for sequence, lead in enumerate(leads, start=1):
            llama_cpp.llama_memory_seq_rm(self._memory, sequence, -1, -1)
            llama_cpp.llama_memory_seq_cp(self._memory, 0, sequence, 0, size)
            rows += [(token, size + i, sequence, i == len(lead) - 1) for i, token in enumerate(lead)]
            lasts.append(len(rows) - 1)
        chosen = self._decode(rows)
        following = [chosen[last] for last in lasts]
        written: list[list[int]] = [[] for _ in leads]
        alive = list(range(len(leads)))
        while True:
            for place, token in zip(list(alive), following, strict=True):
                if token in stops:
                    alive.remove(place)
                else:
                    written[place].append(token)
            alive = [place for place in alive if len(written[place]) < limit]
            if not alive:
                return written
            chosen = self._decode(
                [(written[i][-1], size + len(leads[i]) + len(written[i]) - 1, i + 1, True) for i in alive]
            )
            following = [chosen[row] for row in range(len(alive))]

    def _decode(self, rows: list[tuple[int, int, int, bool]]) -> dict[int, int]:
        """Run rows of token, position, sequence and whether to predict; return the likeliest next token by row."""
        batch: Any = self._batch
        chosen = {}
        for start in range(0, len(rows), _BATCH_TOKENS):
            part = rows[start : start + _BATCH_TOKENS]
            batch.n_tokens = len(part)
            for i, (token, position, sequence, predict) in enumerate(part):
                batch.token[i], batch.pos[i], batch.logits[i] = token, position, predict
                batch.n_seq_id[i], batch.seq_id[i][0] = 1, sequence
            code = llama_cpp.llama_decode(self._context, batch)
            if code:
                raise RuntimeError(f"llama_decode failed with code {code}")
            chosen.update({start + i: self._likeliest(i) for i, row in enumerate(part) if row[3]})
        return chosen

    def _likeliest(self, row: int) -> int:
        logits = llama_cpp.llama_get_logits_ith(self._context, row)
        return int(np.ctypeslib.as_array(logits, shape=(self._vocabulary,)).argmax())
