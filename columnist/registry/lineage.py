"""Walk from a version's alias back to the rows it was learned from, checking every link.

Ids alone prove nothing: each artifact on the way is loaded and its digest is compared
with what was recorded, so a lineage that prints is a lineage that holds.
"""

from collections.abc import Callable, Collection
from typing import Any

from columnist.errors import ColumnistError, LineageError
from columnist.home import Home
from columnist.promotion.audit import AuditLog
from columnist.registry.aliases import FoundVersion, ModelRegistry
from columnist.registry.gate_results import StoredDecision, list_decisions, load_decision
from columnist.registry.links import Fact, Lineage, Link
from columnist.registry.release_lineage import ReleaseTracer
from columnist.registry.versions import fetch_adapter, find_aliases, find_version
from columnist.signing import Signer

__all__ = ["Fact", "Lineage", "Link", "trace_lineage"]


def trace_lineage(reference: str, installations: Collection[str] = ()) -> Lineage:
    """Follow a version's lineage to its beginning.

    Args:
        reference: As in ``columnist.registry.versions.find_version``.
        installations: Fingerprints of other installations whose entries in the audit log count.

    Raises:
        ModelNotFound: There is no such version.
        LineageError: A link is missing or no longer is what was recorded; the message names it.
    """
    return _Tracer(find_version(reference), installations).trace()


class _Tracer:
    """The walk along one version; each method adds one link."""

    def __init__(self, version: Any, installations: Collection[str]):
        from zenml.client import Client

        self._installations = installations
        self.version, self.tags, self.client = version, dict(version.tags), Client()
        self.name = f"models:/{version.name}/{version.version}"
        self.links: list[Link] = []

    def trace(self) -> Lineage:
        release = self._release()
        self._evaluation(release)
        self._add("version", {"name": self.version.name, "version": str(self.version.version), "uri": self.name})
        adapter = self._adapter()
        run = self._training_run(adapter)
        training_set = self._training_set(adapter)
        synthesis = self._synthesis_run(training_set)
        self._code(synthesis, run)
        self._add(
            "base model",
            {
                "name": self._tag("base_model"),
                "sha256": self._tag("base_model_digest"),
                "license": self._tag("base_model_license"),
            },
        )
        return Lineage(version=self.name, links=tuple(self.links), notes=tuple(release.notes))

    def _release(self) -> ReleaseTracer:
        home, registry = Home.find(), ModelRegistry()
        found = FoundVersion(
            model=self.version.name, version=str(self.version.version), adapter_sha256=self._tag("adapter_sha256")
        )
        log = AuditLog(home, Signer.open(home.folder / "keys"), registry, self._installations)
        release = ReleaseTracer(
            found,
            find_aliases(self.version),
            home,
            log,
            lambda gate_id: load_decision(self._artifact("gate result", gate_id)),
            _find_decision,
        )
        release.trace()
        self.links += release.links
        return release

    def _adapter(self) -> Any:
        expected = self._tag("adapter_sha256")
        self._guard("adapter files in MLflow", lambda: fetch_adapter(self.version))
        artifact = self._artifact("adapter", self._tag("origin.adapter_id"))
        found = self._load("adapter", artifact).digest
        self._same("adapter", expected, found)
        self._add("adapter", {"sha256": found, **_artifact_facts(artifact)})
        return artifact

    def _training_run(self, adapter: Any) -> Any:
        run = self._run("training run", adapter.producer_pipeline_run_id)
        mlflow_run = self._tag("origin.mlflow_run_id")
        self._guard(f"MLflow training run {mlflow_run}", lambda: _mlflow_run(mlflow_run))
        self._add("training run", {"zenml_run": run.name, "zenml_run_id": str(run.id), "mlflow_run_id": mlflow_run})
        return run

    def _training_set(self, adapter: Any) -> Any:
        step = self._guard("training step", lambda: self.client.get_run_step(adapter.producer_step_run_id))
        inputs = step.inputs.get("training_set") or []
        if not inputs:
            raise LineageError(f"{self.name}: missing link: the training step has no training set among its inputs")
        artifact = self._artifact("training set", str(inputs[0].id))
        training_set = self._load("training set", artifact)
        self._same("training set", self._tag("training_set_sha256"), training_set.digest)
        rows = {"train_rows": len(training_set.train), "test_rows": len(training_set.test)}
        self._add("training set", {"sha256": training_set.digest, **rows, **_artifact_facts(artifact)})
        self._record = training_set.record
        return artifact

    def _synthesis_run(self, training_set: Any) -> Any:
        run = self._run("synthesis run", training_set.producer_pipeline_run_id)
        record = self._record
        inputs = {f"{name} sha256": digest for name, digest in sorted(record.inputs.items())}
        facts: dict[str, Fact] = {"zenml_run": run.name, "zenml_run_id": str(run.id)}
        generator = {"generator": f"{record.generator} {record.generator_version}", "seed": record.seed}
        self._add("synthesis run", {**facts, **generator, **inputs})
        return run

    def _evaluation(self, release: ReleaseTracer) -> None:
        """Add the evaluation that the version was registered with, and the gate's, where that is another one."""
        registered = self._tag("origin.evaluation_id")
        if release.gate and release.gate.evaluation_id != registered:
            digest = self._add_evaluation("evaluation of the gate", release.gate.evaluation_id)
            self._same("evaluation of the gate", release.gate.evaluation_sha256, digest)
        digest = self._add_evaluation("evaluation", registered)
        if release.gate and release.gate.evaluation_id == registered:
            self._same("evaluation", release.gate.evaluation_sha256, digest)

    def _add_evaluation(self, name: str, artifact_id: str) -> str:
        artifact = self._artifact("evaluation", artifact_id)
        evaluation = self._load("evaluation", artifact)
        self._same("evaluated adapter", self._tag("adapter_sha256"), evaluation.candidate.model_sha256)
        tables = {f"{each.tables.name} tables": each.tables.n_tables for each in evaluation.sets}
        self._add(name, {"sha256": evaluation.digest, **tables, **_artifact_facts(artifact)})
        return str(evaluation.digest)

    def _code(self, synthesis: Any, training: Any) -> None:
        facts: dict[str, Fact] = {}
        for what, run in (("synthesis", synthesis), ("training", training)):
            metadata: dict[str, Any] = next(
                (step.run_metadata for step in run.steps.values() if "code_commit" in step.run_metadata), {}
            )
            commit = str(metadata.get("code_commit", "unknown"))
            if commit == "unknown":
                raise LineageError(
                    f"{self.name}: missing link: the {what} run {run.name} did not record its code commit"
                )
            facts |= {f"{what}_commit": commit, f"{what}_dirty": bool(metadata["code_dirty"])}
        self._add("code", facts)

    def _artifact(self, what: str, artifact_id: str) -> Any:
        return self._guard(f"{what} artifact {artifact_id}", lambda: self.client.get_artifact_version(artifact_id))

    def _run(self, what: str, run_id: Any) -> Any:
        return self._guard(f"{what} {run_id}", lambda: self.client.get_pipeline_run(run_id))

    def _load(self, what: str, artifact: Any) -> Any:
        return self._guard(f"{what} files at {artifact.uri}", artifact.load)

    def _tag(self, name: str) -> str:
        if not self.tags.get(name):
            raise LineageError(f"{self.name}: missing link: the version has no tag {name!r}; register it again")
        return str(self.tags[name])

    def _guard(self, what: str, get: Callable[[], Any]) -> Any:
        """Turn whatever says that something is not there into one error that names it."""
        from mlflow.exceptions import MlflowException

        try:
            return get()
        # What a store raises for a missing entry depends on its kind: local, server, object storage.
        except (ColumnistError, MlflowException, KeyError, ValueError, OSError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise LineageError(f"{self.name}: missing link: {what}: {reason}") from error

    def _same(self, what: str, expected: str, found: str) -> None:
        if expected != found:
            raise LineageError(
                f"{self.name}: broken link: {what}: recorded SHA-256 {expected[:16]}…, found {found[:16]}…"
            )

    def _add(self, name: str, facts: dict[str, Fact]) -> None:
        self.links.append(Link(name=name, facts=facts))


def _artifact_facts(artifact: Any) -> dict[str, Fact]:
    return {"artifact": artifact.artifact.name, "artifact_version": artifact.version, "artifact_id": str(artifact.id)}


def _mlflow_run(run_id: str) -> Any:
    import mlflow

    return mlflow.MlflowClient().get_run(run_id)


def _find_decision(adapter_sha256: str) -> StoredDecision | None:
    return next((each for each in list_decisions() if each.result.model_sha256 == adapter_sha256), None)
