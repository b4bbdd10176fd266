"""Registered versions on an MLflow store of their own: found, listed, opened, refused."""

import os
import shutil

import pytest
from stated_adapter import state_adapter

from columnist.errors import AdapterError, ModelNotFound
from columnist.modeling.shipped import shipped_adapter
from columnist.registry.tracking import log_metrics, log_params, log_picture, log_text, tracked_run
from columnist.registry.versions import find_version, list_versions, name_adapter, open_model


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A client of a fresh MLflow store; the process's own settings come back afterwards."""
    import mlflow

    before, environment = mlflow.get_tracking_uri(), dict(os.environ)
    folder = tmp_path_factory.mktemp("registry")
    os.environ["COLUMNIST_HOME"] = str(folder)
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    yield mlflow.MlflowClient()
    mlflow.set_tracking_uri(before)
    os.environ.clear()
    os.environ.update(environment)


@pytest.fixture(scope="module")
def adapter(tmp_path_factory):
    return state_adapter(tmp_path_factory.mktemp("made") / "adapter")


@pytest.fixture(scope="module")
def versions(client, adapter, tmp_path_factory):
    """Twelve versions of the registered model, the last but one named challenger."""
    client.create_registered_model("columnist")
    folders = []
    for number in range(1, 13):
        folder = tmp_path_factory.mktemp(f"version{number}")
        shutil.copytree(adapter.folder, folder / "artifacts" / "adapter")
        client.create_model_version(
            "columnist", str(folder), tags={"adapter_sha256": adapter.digest, "base_model": "tiny"}
        )
        folders.append(folder)
    client.set_registered_model_alias("columnist", "challenger", "11")
    return folders


@pytest.mark.parametrize(
    "reference", ["models:/columnist/11", "models:/columnist@challenger", "columnist/11", "11", "columnist@challenger"]
)
def test_a_version_is_found_by_number_and_alias(versions, reference):
    found = find_version(reference)
    assert (found.name, str(found.version)) == ("columnist", "11")


@pytest.mark.parametrize(
    "reference",
    [
        "models:/",
        "",
        "models:/nope@challenger",
        "models:/columnist@champion",
        "models:/columnist@",
        "models:/columnist/99",
        "models:/columnist/abc",
        "models:/columnist/-1",
        "models:/columnist/1.5",
        "a@b@c",
        "../../etc",
        "models:/columnist/11/12",
        "models:/columnist/1'; drop table x",
        "9" * 30,
    ],
)
def test_a_version_that_is_not_there_is_named_with_what_is_expected(versions, reference):
    with pytest.raises(ModelNotFound) as caught:
        find_version(reference)
    message = str(caught.value)
    assert repr(reference) in message
    assert "models:/NAME@ALIAS" in message
    assert len(message.splitlines()) == 1


def test_an_alias_that_nothing_has_yet_is_no_missing_model(versions):
    for reference in ("champion", "models:/columnist@champion"):
        with pytest.raises(ModelNotFound, match=r"columnist has no champion yet .*columnist/11 \(challenger\)"):
            find_version(reference)


def test_a_model_is_called_what_commands_take(versions, adapter):
    assert name_adapter(adapter.digest) == "models:/columnist/12"
    assert name_adapter(shipped_adapter().digest) == "default"
    assert name_adapter("0" * 64) == "models:/columnist@challenger"


def test_versions_are_listed_newest_first_by_number(versions, adapter):
    listed = list_versions("columnist")
    assert [entry["version"] for entry in listed] == [str(number) for number in range(12, 0, -1)]
    assert [entry["aliases"] for entry in listed[:3]] == [[], ["challenger"], []]
    assert {entry["adapter_sha256"] for entry in listed} == {adapter.digest}
    assert list_versions("nope") == []


def test_a_registered_adapter_is_opened(versions, adapter):
    assert open_model("models:/columnist@challenger").digest == adapter.digest


def test_an_adapter_folder_is_opened(adapter):
    assert open_model(str(adapter.folder)) == adapter


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ModelNotFound, match="does not exist; expected the path of an adapter folder or models:/"):
        open_model(str(tmp_path / "none"))


def test_changed_files_of_a_version_are_refused(versions):
    weights = versions[4] / "artifacts" / "adapter" / "adapter_model.safetensors"
    weights.write_bytes(b"other weights")
    with pytest.raises(AdapterError, match=r"models:/columnist/5 holds an adapter .* its files were changed"):
        open_model("models:/columnist/5")


def test_a_version_without_a_digest_is_refused(client, versions):
    client.create_registered_model("untagged")
    client.create_model_version("untagged", str(versions[5]))
    with pytest.raises(AdapterError, match=r"no digest"):
        open_model("models:/untagged/1")


def test_files_that_are_gone_are_named_even_if_they_were_opened_before(versions):
    open_model("models:/columnist/7")
    shutil.rmtree(versions[6])
    with pytest.raises(ModelNotFound, match=r"models:/columnist/7 holds no adapter, or its files are gone"):
        open_model("models:/columnist/7")


def test_a_version_of_another_product_is_refused(client, versions, tmp_path):
    (tmp_path / "model.txt").write_text("not ours")
    client.create_registered_model("other")
    client.create_model_version("other", str(tmp_path))
    with pytest.raises(ModelNotFound, match=r"models:/other/1 holds no adapter"):
        open_model("models:/other/1")


def test_a_registry_of_many_models_is_listed_whole(client, versions, tmp_path):
    """MLflow hands out a hundred models a page."""
    for number in range(105):
        client.create_registered_model(f"a{number:03}")
    client.create_model_version("a104", str(tmp_path))
    assert "a104" in {entry["name"] for entry in list_versions()}
    assert len(list_versions("columnist")) == 12


def test_a_run_ends_as_it_went(client):
    with tracked_run("good", {"k": "v"}) as good:
        log_metrics(good, {"loss": 1.5}, step=3)
        log_params(good, {"seed": 7, "long": "x" * 400})
        log_text(good, "<p>", "report.html")
        log_picture(good, b"\x89PNG", "curves.png")
        assert client.get_run(good).info.status == "RUNNING"
    run = client.get_run(good)
    assert (run.info.status, run.data.tags["k"], run.info.run_name) == ("FINISHED", "v", "good")
    assert (run.data.metrics, run.data.params["seed"]) == ({"loss": 1.5}, "7")
    assert {item.path for item in client.list_artifacts(good)} == {"report.html", "curves.png"}


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt])
def test_a_run_that_stops_short_has_failed(client, stop):
    runs = []

    def fail():
        with tracked_run("bad", {}) as run_id:
            runs.append(run_id)
            raise stop

    with pytest.raises(stop):
        fail()
    assert client.get_run(runs[0]).info.status == "FAILED"


def test_runs_at_the_same_time_keep_apart(client):
    with tracked_run("one", {}) as one, tracked_run("two", {}) as two:
        log_metrics(one, {"loss": 1.0})
        log_metrics(two, {"loss": 2.0})
    assert client.get_run(one).data.metrics == {"loss": 1.0}
