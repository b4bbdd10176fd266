"""Start a release, and carry on what people and reviewers have gone on with."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from columnist.artifact_names import Artifact
from columnist.configuration import load_config
from columnist.errors import ColumnistError, ConfigError
from columnist.gates.config import GateConfig
from columnist.home import Home
from columnist.registry.artifacts import find_artifact
from columnist.registry.gate_results import trace_evidence
from columnist.registry.releases import end, find_run
from columnist.registry.versions import find_champion, find_version
from columnist.releases.folders import ReleaseFolder
from columnist.releases.plan import ReleaseConfig, ReleasePlan, StudyPlan
from columnist.releases.studying import make_pool, require_evaluated
from pipelines.launch_gate import find_attacks, read_attacks


class Asked(NamedTuple):
    """What a release was asked for.

    Attributes:
        version: As in ``columnist.registry.versions.find_version``.
        baseline: A model or a system; the champion if ``None``.
        evaluation: Id of the version's evaluation; the one it was registered with if ``None``.
        redteam: Id or file of the result of attacks; the latest if ``None``.
        documented: File of real tables; ``None`` draws from a test split.
        training_set: Folder or id; the one that the version was trained from if ``None``.
        labels: What the steward calls each rater.
    """

    version: str
    baseline: str | None = None
    evaluation: str | None = None
    redteam: str | None = None
    documented: Path | None = None
    training_set: str | None = None
    labels: tuple[str, ...] = ()


def launch_release(config: Path, overrides: Sequence[str], asked: Asked) -> ReleaseFolder:
    """Start a release and carry it to its first pause, when its study is open.

    Args:
        config: The configuration file.
        overrides: ``KEY=VALUE`` each.
        asked: What is to be released, and how.

    Raises:
        ConfigError: The configuration, the version, its evaluation or the tables do not fit together.
        EvidenceError: Something that the gate needs is missing.
        GateClosed: The gate said no.
        ColumnistError: A model cannot be used, or the study cannot be stored.
    """
    rules = ReleaseConfig.model_validate(load_config(config, {"release": ReleaseConfig}, overrides)["release"])
    gate = load_config(rules.locate(rules.gate), {"gate": GateConfig})["gate"]
    attacks = read_attacks(asked.redteam)
    version = find_version(asked.version)
    evaluation = find_artifact(Artifact.EVALUATION, asked.evaluation or version.tags.get("origin.evaluation_id"))
    if evaluation is None:
        raise ConfigError(f"{asked.version} was not evaluated in this store; run: run.py evaluate")
    plan = _plan(rules, version, asked)
    require_evaluated(make_pool(plan.study), {each.tables.name: each.tables.sha256 for each in evaluation.load().sets})
    ids = trace_evidence(evaluation, find_attacks(attacks, evaluation))
    options = {name: value for name, value in yaml.safe_load(config.read_text()).items() if name != "parameters"}
    folder = ReleaseFolder.make(Home.find(), options.pop("run_name", None) or f"release-{uuid.uuid4().hex[:12]}")
    begin_release(folder, options, {"ids": ids, "gate": gate, "plan": plan})
    return folder


def _plan(rules: ReleaseConfig, version: Any, asked: Asked) -> ReleasePlan:
    baseline = asked.baseline or find_champion(version.tags.get("adapter_sha256", ""))
    if baseline is None:
        raise ConfigError(
            "there is no other champion to compare with yet; name a baseline, such as "
            "--baseline base=slots:smollm2-135m-instruct"
        )
    training_set = asked.training_set
    if training_set is None and asked.documented is None:
        training_set = version.tags.get("origin.training_set_id")
    return ReleasePlan(
        version=f"models:/{version.name}/{version.version}",
        baseline=baseline,
        study=StudyPlan.load(rules.locate(rules.study), asked.documented, training_set, asked.labels),
    )


def begin_release(folder: ReleaseFolder, options: dict[str, Any], parameters: dict[str, Any]) -> None:
    """Run the pipeline to its first pause; how it ended is kept, if it did.

    Args:
        folder: Of the release.
        options: ZenML's keys.
        parameters: Of the pipeline.

    Raises:
        ColumnistError: The gate said no, or a step cannot do its work.
    """
    from pipelines.release import release

    # Its name is not noted as one to mark as failed if this process is killed: a resume mends and goes on.
    with folder.carrying():
        try:
            run = release.with_options(run_name=folder.name, **options)(**parameters)
        except ColumnistError as error:
            end(folder, find_run(folder.name).status.value, str(error))
            raise
    if run is not None and run.status.is_finished:
        end(folder, run.status.value, "")
