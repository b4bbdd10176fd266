import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from study_parts import BASELINE, CANDIDATE, NOW, RuleSystem, answer_all, make_config, make_pool, open_small

from columnist.digests import digest_value
from columnist.errors import ConfigError, StudyError
from columnist.signing import Signer
from columnist.studies.closing import close_study, read_closing, read_study_ballots, verify_items
from columnist.studies.items import ItemKind
from columnist.studies.opening import open_study, remove_drafts
from columnist.studies.registration import read_registration
from columnist.studies.sealing import Role
from columnist.studies.storage import StudyState
from columnist.studies.unblinding import unblind
from columnist.studies.withdrawing import withdraw_study


@pytest.fixture
def opened(local_places):
    return open_small(local_places)


@pytest.fixture
def signer(local_places):
    return Signer.open(local_places.keys)


@pytest.fixture
def closed(local_places, opened, signer):
    answer_all(local_places.storage, opened)
    close_study(opened.folder, local_places.storage, signer, NOW + timedelta(days=1))
    return opened


def test_what_is_registered_is_what_raters_are_shown(local_places, opened):
    registration = opened.registration
    assert (registration.candidate_sha256, registration.baseline_sha256) == ("c" * 64, "b" * 64)
    assert registration.test_set_sha256 == "7" * 64
    verify_items(registration, local_places.storage)
    items = local_places.storage.items(registration.study_id)
    assert Counter(item.kind for item in items) == {ItemKind.MAIN: 12, ItemKind.REPEAT: 2, ItemKind.ATTENTION: 2}
    assert read_registration(opened.folder).registration == registration
    assert {table.dialect for table in registration.tables} == {"postgres", "mysql", "snowflake"}


def test_no_comment_of_people_is_shown(local_places, opened):
    shown = json.dumps(
        [item.model_dump(mode="json") for item in local_places.storage.items(opened.registration.study_id)]
    )
    assert "never shown" not in shown


def test_the_key_names_the_writer_of_every_text_and_no_file_of_the_study_does(local_places, closed):
    roles = unblind(closed.folder, closed.registration)
    for item in local_places.storage.items(closed.registration.study_id):
        own = {roles[text.text_id]: text for text in item.texts}
        if item.kind is ItemKind.ATTENTION:
            assert set(own) == {Role.ATTENTION_BETTER, Role.ATTENTION_WORSE}
            name = item.ddl.split()[2]
            assert name in own[Role.ATTENTION_BETTER].table_text.casefold()
            assert name not in own[Role.ATTENTION_WORSE].table_text.casefold()
        else:
            assert own[Role.CANDIDATE].table_text.startswith("What orders_")
            assert own[Role.BASELINE].table_text.startswith("Orders_")
    for path in (*closed.folder.iterdir(), Path(local_places.storage.engine.url.database)):
        content = path.read_bytes()
        assert not any(word in content for word in (b"attention:", b'"candidate"', b'"baseline"')), path


def test_a_repeat_shows_the_same_texts_with_the_options_swapped(local_places, opened):
    items = local_places.storage.items(opened.registration.study_id)
    by_id = {item.item_id: item for item in items}
    originals = {item.table_id: item for item in items if item.kind is ItemKind.MAIN}
    for assignments in _by_rater(local_places, opened).values():
        shown = {each.item_id: each for each in assignments}
        for item in (item for item in items if item.kind is ItemKind.REPEAT):
            original = originals[item.table_id]
            texts = {text.text_id: text.table_text for text in (*item.texts, *original.texts)}
            again, first = shown[item.item_id], shown[original.item_id]
            assert texts[again.a_text_id] == texts[first.b_text_id]
            assert again.position - first.position >= 3  # as far as a look of four tables allows
            assert by_id[again.item_id].item_id != original.item_id


def _by_rater(places, opened):
    found = {}
    for each in places.storage.assignments(opened.registration.study_id):
        found.setdefault(each.rater, []).append(each)
    return found


def test_the_candidate_is_option_a_on_half_of_each_raters_items(local_places, closed):
    roles = unblind(closed.folder, closed.registration)
    kinds = {item.item_id: item.kind for item in local_places.storage.items(closed.registration.study_id)}
    for assignments in _by_rater(local_places, closed).values():
        main = [each for each in assignments if kinds[each.item_id] is ItemKind.MAIN]
        assert sum(roles[each.a_text_id] is Role.CANDIDATE for each in main) == len(main) / 2


def test_the_same_seed_draws_the_same_tables_but_no_same_ids(local_places):
    first, second = open_small(local_places).registration, open_small(local_places).registration
    kinds = [[table.model_dump(exclude={"table_id", "sha256"}) for table in each.tables] for each in (first, second)]
    assert kinds[0] == kinds[1]
    assert not {table.table_id for table in first.tables} & {table.table_id for table in second.tables}
    assert not set(first.commitments) & set(second.commitments)


def test_the_same_study_is_not_opened_twice_without_a_reason(local_places, opened):
    given = (CANDIDATE, BASELINE, make_pool(), make_config(), ["a", "b", "c"], local_places, NOW, lambda *_: None)
    first = opened.registration.study_id
    with pytest.raises(
        ConfigError, match=f"study {first} of the same candidate, baseline and test set is open already"
    ):
        open_study(*given)
    again = open_study(*given, again="the raters had seen drafts").registration
    assert (again.earlier, again.again) == ((first,), "the raters had seen drafts")
    assert read_registration(local_places.studies / again.study_id).registration == again


def test_a_study_on_other_tables_needs_no_reason_but_is_counted(local_places, opened):
    pool = make_pool().model_copy(update={"sha256": "8" * 64})
    labels = ["a", "b", "c"]
    other = open_study(CANDIDATE, BASELINE, pool, make_config(), labels, local_places, NOW, lambda *_: None)
    assert (other.registration.earlier, other.registration.again) == ((opened.registration.study_id,), "")


def test_a_registration_without_earlier_studies_is_signed_as_it_always_was(opened):
    assert opened.registration.model_dump(mode="json").keys().isdisjoint({"earlier", "again"})


def test_a_withdrawn_study_has_no_result_and_stays(local_places, opened, signer):
    answer_all(local_places.storage, opened)
    withdrawal = withdraw_study(opened.folder, local_places.storage, signer, "two raters fell ill", NOW)
    assert withdrawal.n_ballots == 48
    with pytest.raises(StudyError, match="was withdrawn and has no result"):
        close_study(opened.folder, local_places.storage, signer, NOW)
    with pytest.raises(StudyError, match="was withdrawn and has no result"):
        unblind(opened.folder, opened.registration)
    with pytest.raises(StudyError, match="is withdrawn already"):
        withdraw_study(opened.folder, local_places.storage, signer, "again", NOW)
    labels = ["a", "b", "c"]
    other = open_study(CANDIDATE, BASELINE, make_pool(), make_config(), labels, local_places, NOW, lambda *_: None)
    assert other.registration.earlier == (opened.registration.study_id,)


def test_a_closed_study_cannot_be_withdrawn(local_places, closed, signer):
    with pytest.raises(StudyError, match="is closed, and only an open study"):
        withdraw_study(closed.folder, local_places.storage, signer, "it said reject", NOW)
    assert not (closed.folder / "withdrawal.json").exists()


def test_a_study_that_could_have_no_result_is_not_closed(local_places, opened, signer):
    with pytest.raises(StudyError, match="0 of 12 tables have a ballot, but an analysis needs 2; nothing was closed"):
        close_study(opened.folder, local_places.storage, signer, NOW)
    assert local_places.storage.find_study(opened.registration.study_id).state is StudyState.OPEN
    assert not (opened.folder / "closing.json").exists()


def test_an_open_study_cannot_be_unblinded(opened):
    with pytest.raises(StudyError, match="is open, so nobody may know who wrote what"):
        unblind(opened.folder, opened.registration)


def test_closing_again_says_the_same(local_places, closed, signer):
    before = read_closing(closed.folder, closed.registration)
    assert close_study(closed.folder, local_places.storage, signer, NOW + timedelta(days=2)) == before
    assert len(read_study_ballots(closed.folder, closed.registration)) == before.n_ballots == 3 * 16


def test_an_interrupted_closing_is_gone_on_with(local_places, closed, signer):
    before = read_closing(closed.folder, closed.registration)
    (closed.folder / "closing.json").unlink()
    (closed.folder / "ballots.jsonl").unlink()
    assert close_study(closed.folder, local_places.storage, signer, NOW + timedelta(days=2)) == before


def _edit(path, old, new):
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new, 1))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("registration.json", '"margin": 0.1', '"margin": 0.2', "not what was signed at the opening"),
        ("closing.json", '"n_ballots": 48', '"n_ballots": 47', "not what was signed at the closing"),
        ("ballots.jsonl", '"preference":"A"', '"preference":"B"', "a ballot was edited"),
        ("sealed-1.json", '"nonce":"', '"nonce":"AAAA', "does not open"),
    ],
)
def test_an_edited_file_is_found(closed, file, old, new, said):
    _edit(closed.folder / file, old, new)
    with pytest.raises(StudyError, match=said):
        unblind(closed.folder, read_registration(closed.folder).registration)


def test_a_registration_signed_anew_by_another_key_is_found(closed, local_places, tmp_path):
    path = closed.folder / "registration.json"
    content = json.loads(path.read_text())
    content["signature"] = (
        Signer.open(tmp_path / "other").sign(content["registration"], "study registration").model_dump(mode="json")
    )
    path.write_text(json.dumps(content))
    with pytest.raises(StudyError, match="signed with the key"):
        unblind(closed.folder, read_registration(closed.folder).registration)


def test_another_commitment_is_refused(closed, monkeypatch):
    # The registration cannot be edited without breaking its signature, so the content is held against another one here.
    from columnist.studies import sealing

    sealed = sealing.sealed_file(closed.folder, 1).read_bytes()
    keys = closed.folder.parent.parent / "keys"
    with pytest.raises(StudyError, match="does not open"):
        sealing.open_seal(sealed, digest_value("another"), keys, sealing.name_key(closed.registration.study_id, 1))


def test_texts_that_were_changed_in_the_database_are_found(local_places, opened, signer):
    with local_places.storage.engine.execution_options(columnist_writes=True).begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER text_update")
        connection.exec_driver_sql("UPDATE text SET table_text = 'Better.'")
    with pytest.raises(StudyError, match="not those that were registered"):
        close_study(opened.folder, local_places.storage, signer, NOW)


@pytest.mark.parametrize("kind", ["repeat", "attention"])
def test_texts_of_hidden_items_that_were_changed_are_found(local_places, opened, signer, kind):
    hidden = f"SELECT item_id FROM item WHERE kind = '{kind}'"
    with local_places.storage.engine.execution_options(columnist_writes=True).begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER text_update")
        connection.exec_driver_sql(f"UPDATE text SET table_text = 'Better.' WHERE item_id IN ({hidden})")
    with pytest.raises(StudyError, match=r"item \w+: .* not those that were registered"):
        close_study(opened.folder, local_places.storage, signer, NOW)


def test_every_item_is_registered_and_none_tells_its_kind(local_places, opened):
    items = local_places.storage.items(opened.registration.study_id)
    assert [each.item_id for each in opened.registration.items] == sorted(item.item_id for item in items)
    assert set(type(opened.registration.items[0]).model_fields) == {"item_id", "sha256"}


def test_options_that_were_changed_in_the_database_are_found(local_places, opened, signer):
    with local_places.storage.engine.execution_options(columnist_writes=True).begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER assignment_update")
        connection.exec_driver_sql("UPDATE assignment SET a_text_id = b_text_id, b_text_id = a_text_id")
    with pytest.raises(StudyError, match="does not follow from its registered seed"):
        close_study(opened.folder, local_places.storage, signer, NOW)


KILLED = """
import os, signal, sys
sys.path[:0] = {paths!r}
from pathlib import Path
from study_parts import make_places, open_small
import columnist.studies.opening as opening
from columnist.studies.storage import Storage

def die(*args, **more):
    os.kill(os.getpid(), signal.SIGKILL)

home, moment = Path(sys.argv[1]), sys.argv[2]
places = make_places(home)
if moment == "before the key": opening.seal = die
if moment == "before the rows": Storage.add_study = die
if moment == "before the folder": Path.rename = die
if moment == "before it is open": Storage.open_study = die
open_small(places)
"""
MOMENTS = ("before the key", "before the rows", "before the folder", "before it is open")


@pytest.mark.parametrize("moment", MOMENTS)
def test_kill_in_the_middle_leaves_no_half_study(local_places, moment, tmp_path):
    root = Path(__file__).resolve().parents[3]
    script = KILLED.format(paths=[str(root), str(root / "tests")])
    home = local_places.home.folder
    environment = os.environ | {"COLUMNIST_HOME": str(home)}
    killed = subprocess.run([sys.executable, "-c", script, str(home), moment], env=environment, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    (left,) = remove_drafts(local_places)
    assert left
    assert list(local_places.studies.iterdir()) == []
    assert list(local_places.keys.glob("study-*")) == []
    assert local_places.storage.studies() == ()
    whole = open_small(local_places)
    assert [study.state for study in local_places.storage.studies()] == [StudyState.OPEN]
    assert remove_drafts(local_places) == ()
    assert (whole.folder / "registration.json").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"baseline": CANDIDATE}, "are the same system"),
        ({"config": make_config(tables=40, looks=(40,))}, "needs 42 tables, but 30 may be drawn"),
        ({"labels": ["Ada", "Ada", "Ben"]}, "has 3 raters, but 2 names came"),
    ],
)
def test_what_cannot_be_opened_leaves_nothing(local_places, change, said):
    given = {
        "candidate": CANDIDATE,
        "baseline": BASELINE,
        "pool": make_pool(),
        "config": make_config(),
        "labels": ["Ada", "Ben", "Cleo"],
    } | change
    with pytest.raises(ConfigError, match=said):
        open_study(**given, places=local_places, at=NOW, say=lambda *_: None)
    assert local_places.storage.studies() == ()


def test_attention_items_are_made_of_tables_of_which_something_is_told(local_places):
    silent = RuleSystem("candidate", lambda name: "?" if name.endswith("_1") else f"Says {name}", "d" * 64)
    opened = open_study(
        silent, BASELINE, make_pool(), make_config(), ["a", "b", "c"], local_places, NOW, lambda *_: None
    )
    for item in local_places.storage.items(opened.registration.study_id):
        if item.kind is ItemKind.ATTENTION:
            assert not any("(no description" in text.table_text for text in item.texts)


def test_a_lost_key_is_told(closed):
    shutil.rmtree(closed.folder.parent.parent / "keys")
    with pytest.raises(StudyError, match="without it nobody can unblind the study"):
        unblind(closed.folder, closed.registration)
