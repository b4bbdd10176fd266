"""The engine on vLLM, with a stand-in for the library that decodes greedily with the tiny model."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from columnist.ddl.tables import Column, Table
from columnist.errors import BaseModelError
from columnist.modeling.base_models import resolve_base_model
from columnist.modeling.engines import MAX_NEW_TOKENS, EngineName, open_engine
from columnist.modeling.engines import vllm_engine as module
from columnist.modeling.engines.transformers_engine import TransformersEngine
from columnist.modeling.engines.vllm_engine import VllmEngine, merge_into_folder, open_vllm
from columnist.modeling.prompts import PromptKind, render_prompts

TABLES = (
    Table(name="orders", columns=(Column(name="order_id", type="INT"), Column(name="due", type="DATE"))),
    Table(name="stock", columns=(Column(name="sku", type="TEXT", primary_key=True),)),
)
PROMPTS = [prompt for table in TABLES for prompt in render_prompts(table, PromptKind.COMPACT)]


class FakeLLM:
    """Answers as ``vllm.LLM`` does: the token that ended a text is among its tokens."""

    made: "list[FakeLLM]" = []  # noqa: RUF012 - the test reads what was opened

    def __init__(self, **settings):
        from transformers import AutoModelForCausalLM

        self.settings = settings
        self.model = AutoModelForCausalLM.from_pretrained(settings["model"]).float().eval()
        self.calls: list[int] = []
        FakeLLM.made.append(self)

    def generate(self, rows, settings, use_tqdm):
        assert not use_tqdm
        self.calls.append(len(rows))
        return [SimpleNamespace(outputs=[self._decode(row["prompt_token_ids"], settings)]) for row in rows]

    def _decode(self, tokens, settings):
        import torch

        written, logprobs = [], []
        for _ in range(settings.max_tokens):
            with torch.inference_mode():
                scores = self.model(torch.tensor([[*tokens, *written]])).logits[0, -1].log_softmax(-1)
            allowed = scores.clone()
            if len(written) < settings.min_tokens:
                allowed[settings.stop_token_ids] = -torch.inf
            token = int(allowed.argmax())
            written.append(token)
            logprobs.append({token: SimpleNamespace(logprob=float(scores[token]))})
            if token in settings.stop_token_ids:
                break
        return SimpleNamespace(token_ids=tuple(written), logprobs=logprobs if settings.logprobs else None)


@pytest.fixture(autouse=True)
def vllm(monkeypatch):
    fake = ModuleType("vllm")
    fake.LLM, fake.SamplingParams = FakeLLM, SimpleNamespace
    monkeypatch.setitem(sys.modules, "vllm", fake)
    monkeypatch.setenv("VLLM_NO_USAGE_STATS", "1")
    monkeypatch.setenv("VLLM_LOGGING_LEVEL", "ERROR")
    FakeLLM.made.clear()
    return fake


@pytest.fixture
def base(keen_base_model, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNIST_CACHE", str(tmp_path / "cache"))
    # One precision for both engines, whatever this machine's processor is fast in.
    monkeypatch.setattr(module, "pick_dtype", lambda _device: _float32())
    return resolve_base_model(str(keen_base_model))


def _float32():
    import torch

    return torch.float32


def test_it_writes_what_the_reference_engine_writes(base, keen_base_model):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    engine = open_vllm(base, None)
    told = {}
    results = engine.fill(PROMPTS, lambda place, written: told.update({place: written}))
    model = AutoModelForCausalLM.from_pretrained(keen_base_model).float().eval()
    reference = TransformersEngine(model, AutoTokenizer.from_pretrained(keen_base_model), "cpu").fill(PROMPTS)
    assert [[slot.text for slot in prompt] for prompt in results] == [
        [slot.text for slot in prompt] for prompt in reference
    ]
    for ours, theirs in zip(results, reference, strict=True):
        for mine, other in zip(ours, theirs, strict=True):
            assert mine.logprobs == pytest.approx(other.logprobs, abs=1e-3)
    assert told == dict(enumerate(results))


def test_the_model_is_opened_greedy_bounded_and_with_a_prefix_cache(base):
    open_vllm(base, None)
    (model,) = FakeLLM.made
    assert model.settings["enable_prefix_caching"]
    assert model.settings["trust_remote_code"] is False
    assert model.settings["generation_config"] == "vllm"
    assert model.settings["max_model_len"] == 2048  # of the tiny model


def test_many_prompts_are_handed_over_in_calls(base, monkeypatch):
    monkeypatch.setattr(module, "_CALL_SLOTS", 4)
    engine = open_vllm(base, None)
    results = engine.fill([*PROMPTS, *PROMPTS])
    # Prompts of 3, 2, 3 and 2 slots, at most 4 a call.
    assert FakeLLM.made[0].calls == [3, 2, 3, 2]
    assert results[:2] == results[2:]


def test_a_schema_that_does_not_fit_leaves_its_slots_empty(base):
    from transformers import AutoTokenizer

    long = Table(name="long", columns=tuple(Column(name=f"{'x' * 90}{n}", type="INT") for n in range(40)))
    model = FakeLLM(model=str(base.path))
    engine = VllmEngine(model, AutoTokenizer.from_pretrained(base.path), context_tokens=512)
    results = engine.fill([*render_prompts(long, PromptKind.COMPACT), PROMPTS[1]])
    assert {slot.text for slot in results[0]} == {""}
    assert len(results[0]) == 41
    assert model.calls == [2]
    assert len(results[1][0].logprobs) in range(1, MAX_NEW_TOKENS + 1)


def test_it_is_opened_by_name(base):
    assert isinstance(open_engine(str(base.path), None, EngineName.VLLM), VllmEngine)


def test_nothing_asked_is_nothing_decoded(base):
    assert open_vllm(base, None).fill([]) == []
    assert FakeLLM.made[0].calls == []


def test_a_merged_folder_is_made_once_and_again_if_it_was_changed(base, caplog):
    folder = merge_into_folder(base, None)
    weights = folder / "model.safetensors"
    before = weights.stat().st_mtime_ns
    assert merge_into_folder(base, None) == folder
    assert weights.stat().st_mtime_ns == before
    weights.write_bytes(b"other")
    assert merge_into_folder(base, None) == folder
    assert weights.stat().st_size > 1000
    assert "is made again" in caplog.text


def test_an_adapter_is_merged_in_full_precision(small_config, trained_adapter, tmp_path, monkeypatch):
    from safetensors.numpy import load_file

    monkeypatch.setenv("COLUMNIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "pick_dtype", lambda _device: _float32())
    base = resolve_base_model(small_config.base_model)
    plain, merged = (load_file(merge_into_folder(base, a) / "model.safetensors") for a in (None, trained_adapter))
    assert plain.keys() == merged.keys()
    changed = {name for name in plain if (plain[name] != merged[name]).any()}
    assert {name.rpartition("layers.")[2] for name in changed} >= {"0.self_attn.q_proj.weight", "1.mlp.up_proj.weight"}


def test_without_vllm_there_is_a_line_that_says_so(base, monkeypatch):
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(BaseModelError, match=r"the engine vllm cannot be loaded .*choose another engine") as caught:
        open_vllm(base, None)
    assert "\n" not in str(caught.value)


def test_a_model_that_vllm_refuses_is_told_in_a_line(base, vllm):
    def refuse(**_settings):
        raise ValueError("no such architecture\nand a long story")

    vllm.LLM = refuse
    with pytest.raises(BaseModelError, match="cannot be loaded by vLLM: no such architecture; choose") as caught:
        open_vllm(base, None)
    assert "\n" not in str(caught.value)
