"""Making a training set in a folder: the same bytes from any number of processes, interrupted or not."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from columnist.documentation import Texts
from columnist.errors import TrainingSetError
from columnist.synthesis import Split, SynthesisConfig, synthesize, synthesize_to
from columnist.synthesis.card import describe_training_set
from columnist.synthesis.files import (
    CARD_FILE,
    CARD_JSON_FILE,
    RECORD_FILE,
    file_name,
    read_record,
    read_training_set,
    require_finished,
)

CONFIG = SynthesisConfig(seed=21, train_examples=60, validation_examples=10, test_examples=10)
FILES = (*(file_name(split) for split in Split), RECORD_FILE, CARD_FILE, CARD_JSON_FILE)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("set") / "whole"
    return folder, synthesize_to(CONFIG, folder, processes=1)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def test_two_processes_write_the_same_bytes(made, tmp_path):
    assert synthesize_to(CONFIG, tmp_path / "set", processes=2) == made[1]
    assert _bytes(tmp_path / "set") == _bytes(made[0])


def test_the_digest_is_that_of_the_value(made):
    training_set = read_training_set(made[0])
    assert training_set.digest == made[1]
    assert synthesize(CONFIG) == training_set


def test_the_card_of_the_folder_is_that_of_the_value(made):
    card = describe_training_set(read_training_set(made[0]))
    written = json.loads((made[0] / CARD_JSON_FILE).read_text())
    assert written["splits"] == json.loads(card.model_dump_json())["splits"]
    assert written["digest"] == made[1]


def test_nothing_unfinished_is_left(made):
    assert {path.name for path in made[0].iterdir()} == set(FILES)


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(TrainingSetError, match=r"expected an empty folder .* but it holds notes\.txt"):
        synthesize_to(CONFIG, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_an_unfinished_set_is_neither_read_nor_proved_clean(tmp_path):
    from columnist.synthesis.training_rows import TrainingFiles

    def die(_done, _total):
        raise _Killed

    with pytest.raises(_Killed):
        synthesize_to(CONFIG, tmp_path, die)
    with pytest.raises(TrainingSetError, match="the training set is not finished"):
        TrainingFiles(tmp_path)


class _Killed(Exception):
    """Stands for a process that dies between two commits."""


@pytest.mark.parametrize("after", [1, 5, 40, 79])
def test_an_interrupted_run_is_gone_on_with(made, tmp_path, after):
    def die(done, _total):
        if done >= after:
            raise _Killed

    with pytest.raises(_Killed):
        synthesize_to(CONFIG, tmp_path, die)
    assert not (tmp_path / RECORD_FILE).exists()
    # What was written after the last commit has to go.
    with (tmp_path / "train.jsonl").open("ab") as file:
        file.write(b'{"id": "half an exa')
    assert synthesize_to(CONFIG, tmp_path) == made[1]
    assert _bytes(tmp_path) == _bytes(made[0])


def test_kill_9_costs_nothing(tmp_path):
    config = CONFIG.model_copy(update={"train_examples": 900})
    code = (
        "import sys\nfrom pathlib import Path\nfrom columnist.synthesis import SynthesisConfig, synthesize_to\n"
        "if __name__ == '__main__':\n"
        "    config = SynthesisConfig.model_validate_json(sys.argv[1])\n"
        "    synthesize_to(config, Path(sys.argv[2]), processes=2)\n"
    )
    (tmp_path / "make.py").write_text(code)
    folder = tmp_path / "set"
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "make.py"), config.model_dump_json(), str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
    ) as making:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and making.poll() is None:
            if (folder / "train.jsonl").exists() and (folder / "train.jsonl").stat().st_size > 200_000:
                break
            time.sleep(0.02)
        os.killpg(making.pid, signal.SIGKILL)
    assert not (folder / RECORD_FILE).exists(), "it was over before it was killed"
    digest = synthesize_to(config, folder, processes=1)
    assert digest == synthesize(config).digest


def test_a_death_after_the_record_leaves_a_finished_set(made, tmp_path, monkeypatch):
    def die(_workshop):
        raise _Killed

    monkeypatch.setattr("columnist.synthesis.workshop.Workshop.finish", die)
    with pytest.raises(_Killed):
        synthesize_to(CONFIG, tmp_path)
    assert (tmp_path / "unfinished.sqlite").exists()
    require_finished(tmp_path)
    assert read_training_set(tmp_path).digest == made[1]


def test_a_finished_set_is_not_written_over(made):
    with pytest.raises(TrainingSetError, match="there is a finished training set already"):
        synthesize_to(CONFIG, made[0])


def test_another_configuration_does_not_go_on(tmp_path):
    def die(_done, _total):
        raise _Killed

    with pytest.raises(_Killed):
        synthesize_to(CONFIG, tmp_path, die)
    with pytest.raises(TrainingSetError, match="another configuration or version was begun here"):
        synthesize_to(CONFIG.model_copy(update={"seed": 22}), tmp_path)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingSetError, match="cannot be written"):
        synthesize_to(CONFIG, tmp_path / "file")


def test_two_processes_do_not_share_a_folder(tmp_path):
    def meet(_done, _total):
        with pytest.raises(TrainingSetError, match="another process is making a training set here"):
            synthesize_to(CONFIG, tmp_path)
        raise _Killed

    with pytest.raises(_Killed):
        synthesize_to(CONFIG, tmp_path, meet)


def test_the_record_tells_how_it_came_to_be(made):
    record = read_record(made[0])
    assert record.config["train_examples"] == 60
    assert {quota.name for quota in record.quotas} >= {"class opaque", "dialect oracle", "sector 62"}
    assert record.diversity["training"].tables == 60
    assert record.teacher == "grammar"


def test_leakage_is_an_error(made, tmp_path):
    planted = read_training_set(made[0]).train[40]
    row = {
        "id": "eval-1",
        "ddl": planted.ddl,
        "dialect": planted.table.dialect,
        "description": planted.reference.table,
        "columns": dict(zip((column.name for column in planted.table.columns), planted.reference.columns, strict=True)),
    }
    (tmp_path / "eval.jsonl").write_text(json.dumps(row) + "\n")
    config = CONFIG.model_copy(update={"evaluation_files": (tmp_path / "eval.jsonl",)})
    with pytest.raises(TrainingSetError, match=rf"leakage: example {planted.id} shares about 100% with eval-1 of eval"):
        synthesize(config)


def test_a_clean_evaluation_file_is_set_beside_in_the_card(tmp_path):
    row = {"ddl": "CREATE TABLE moons (name TEXT)", "columns": {"name": "Name by which astronomers know the moon."}}
    (tmp_path / "eval.jsonl").write_text(json.dumps(row) + "\n")
    small = {"train_examples": 5, "validation_examples": 0, "test_examples": 0}
    config = CONFIG.model_copy(update={**small, "evaluation_files": (tmp_path / "eval.jsonl",)})
    record = synthesize(config).record
    assert record.diversity["eval.jsonl"].tables == 1
    assert len(record.inputs["eval.jsonl"]) == 64


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "eval.jsonl, line 1: expected a JSON object"),
        ("[]", "expected an object with ddl and columns"),
        ('{"ddl": "hello", "columns": {}}', "its ddl cannot be read"),
    ],
)
def test_a_wrong_evaluation_file_is_refused(tmp_path, content, message):
    (tmp_path / "eval.jsonl").write_text(content)
    with pytest.raises(TrainingSetError, match=message) as caught:
        synthesize(CONFIG.model_copy(update={"evaluation_files": (tmp_path / "eval.jsonl",)}))
    assert "\n" not in str(caught.value)


def test_a_missing_evaluation_file_is_refused(tmp_path):
    with pytest.raises(TrainingSetError, match="cannot be read"):
        synthesize(CONFIG.model_copy(update={"evaluation_files": (tmp_path / "none.jsonl",)}))


def test_a_group_is_in_one_split_and_has_one_to_six_tables():
    training_set = synthesize(CONFIG)
    groups: dict[str, set[Split]] = {}
    sizes: dict[str, int] = {}
    for split in Split:
        for example in training_set.split(split):
            groups.setdefault(example.group, set()).add(split)
            sizes[example.group] = sizes.get(example.group, 0) + 1
    assert all(len(splits) == 1 for splits in groups.values())
    assert max(sizes.values()) <= 6
    assert len({*sizes.values()}) >= 4


def test_a_teacher_writes_in_place_of_the_grammar(monkeypatch):
    from contextlib import contextmanager

    from columnist.synthesis.teachers import Refusal
    from columnist.synthesis.teachers.protocol import TeacherReport

    class Poet:
        name, license, asked = "openai:poet", "CC-BY-4.0", 0

        def write(self, examples):
            answers = []
            for example in examples:
                self.asked += 1
                verse = tuple(f"Line {n} of what {self.asked} holds." for n in range(len(example.table.columns)))
                told = Texts(table=f"Poem number {self.asked} with a line for each column.", columns=verse)
                answers.append(told if self.asked % 3 else Refusal(reason="the answer is no JSON"))
            return answers

        def report(self):
            return TeacherReport(teacher=self.name, license=self.license, examples=self.asked, requests=self.asked)

    poet = Poet()

    @contextmanager
    def open_poet(_config, _ledger):
        yield poet

    monkeypatch.setattr("columnist.synthesis.synthesizer.open_teacher", open_poet)
    small = {"train_examples": 20, "validation_examples": 0, "test_examples": 0}
    training_set = synthesize(CONFIG.model_copy(update=small))
    assert {example.teacher for example in training_set.train} == {"openai:poet"}
    assert {example.license for example in training_set.train} == {"CC-BY-4.0"}
    assert training_set.record.rejected["the answer is no JSON"] == poet.asked // 3
    assert training_set.record.usage["requests"] == poet.asked
    # No more are asked for than can be used: what was refused had to be made up for.
    assert poet.asked <= 20 * 2


def test_harvested_examples_are_learned_from_only_when_they_are_named(tmp_path):
    from columnist.synthesis.harvest import harvest_source, write_harvest

    script = tmp_path / "moons.sql"
    script.write_text(
        "CREATE TABLE moons (name TEXT, mass NUMERIC);\nCOMMENT ON TABLE moons IS 'Natural satellites, one a row.';\n"
        "COMMENT ON COLUMN moons.name IS 'Name by which astronomers know the moon.';\n"
    )
    examples, record, _ = harvest_source(str(script), "LicenseRef-Ours")
    write_harvest(examples, record, tmp_path / "harvest")
    small = CONFIG.model_copy(update={"train_examples": 10, "validation_examples": 0, "test_examples": 0})
    plain = synthesize(small)
    with_ours = synthesize(small.model_copy(update={"harvested": (tmp_path / "harvest",)}))
    assert {example.teacher for example in plain.train} == {"grammar"}
    assert len(with_ours.train) == 11
    assert with_ours.train[0].reference.columns == ("Name by which astronomers know the moon.", "")
    assert (with_ours.train[0].teacher, with_ours.train[0].license) == ("human", "LicenseRef-Ours")
    assert with_ours.train[1:] == plain.train
    assert "harvest harvest" in with_ours.record.inputs
