"""What the steps of a release share: the files of the release, the studies, and what happens after a kill."""

from zenml import get_step_context
from zenml.config.retry_config import StepRetryConfig

from columnist.home import Home
from columnist.releases.folders import ReleaseFolder
from columnist.studies.opening import Places
from columnist.studies.storage import open_storage

# A step that was killed with its process is run again at the next resume only if it may be retried. So every
# such step finds what its earlier attempt has done, and states a refusal as a value: to retry it changes nothing.
AFTER_KILL = StepRetryConfig(max_retries=3, delay=1)


def release_folder() -> ReleaseFolder:
    """Return the files of the release that the current step is of."""
    return ReleaseFolder.make(Home.find(), get_step_context().pipeline_run.name)


def places() -> Places:
    """Return where this home's studies are."""
    return Places(home=Home.find(), storage=open_storage())
