"""The real process beside the web server, on a home where nothing is registered yet."""

import asyncio
import contextlib
import os
import signal

import pytest

from columnist.errors import EvidenceError, ModelNotFound
from columnist.reviewers.clerk import ProcessClerk


@pytest.fixture
def clerk(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith(("ZENML_", "MLFLOW_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNIST_HOME", str(tmp_path))
    found = ProcessClerk(f"sqlite:///{tmp_path / 'studies.db'}")
    yield found
    found.close()


def test_it_answers_tells_what_is_missing_and_is_started_anew(clerk):
    async def walk():
        assert await clerk.versions() == ()
        assert await clerk.log() == ()
        with pytest.raises(ModelNotFound, match="Columnist/1 is not registered"):
            await clerk.dossier("columnist", "1", "")
        [process] = clerk._pool._processes.values()
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        # Whether its end is noticed before or after the next request is handed over is up to chance.
        with contextlib.suppress(EvidenceError):
            await clerk.versions()
        assert await clerk.versions() == ()

    asyncio.run(walk())
