"""Launch attacks on a model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from columnist.artifact_names import Artifact
from columnist.configuration import load_config
from columnist.redteam import RedteamConfig
from columnist.systems import Kind, System
from pipelines.launch import launch_pipeline


def launch_redteam(config: Path, overrides: Sequence[str] = (), model: str = "default") -> Any:
    """Run the redteam pipeline and return the result's artifact version.

    Args:
        config: The configuration file.
        overrides: ``KEY=VALUE`` each.
        model: ``default``, ``models:/...`` or an adapter folder.

    Raises:
        ConfigError: The configuration cannot be used.
        ColumnistError: The model cannot be used.
    """
    parameters = load_config(config, {"redteam": RedteamConfig}, overrides)
    # What a person has to mend is said before a run is made that could only fail.
    System(name="tuned", kind=Kind.TUNED, reference=model).identify()
    from pipelines.redteam import redteam

    return launch_pipeline(redteam, config, {"model": model, **parameters}, Artifact.REDTEAM_RESULT)
