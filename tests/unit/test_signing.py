import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from columnist.errors import ConfigError
from columnist.signing import Signature, Signer, verify


@pytest.fixture
def signer(tmp_path):
    return Signer.open(tmp_path / "keys")


def test_a_key_is_made_once_for_its_owner_alone(tmp_path):
    first = Signer.open(tmp_path / "keys").fingerprint
    (key,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert Signer.open(tmp_path / "keys").fingerprint == first
    assert Signer.open(tmp_path / "others").fingerprint != first


def test_processes_that_start_at_once_share_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: Signer.open(tmp_path / "keys").fingerprint, range(16)))
    assert len(found) == 1


def test_a_signature_survives_json_and_no_change(signer):
    value = {"rows": 3, "share": 0.1, "name": "Größe"}
    signature = Signature.model_validate_json(signer.sign(value, "count").model_dump_json())
    assert verify(json.loads(json.dumps(value)), signature)
    assert not verify({**value, "rows": 4}, signature)
    for change in (
        {"purpose": "another"},
        {"fingerprint": "0" * 64},
        {"signature": signature.signature[:-4] + "AAA="},
        {"signature": "no base64"},
        {"public_key": ""},
    ):
        assert not verify(value, signature.model_copy(update=change))


def test_another_key_does_not_match(signer, tmp_path):
    other = Signer.open(tmp_path / "other")
    own, foreign = signer.sign(1, "p"), other.sign(1, "p")
    assert not verify(1, own.model_copy(update={"public_key": foreign.public_key}))


def test_a_text_that_is_no_unicode_matches_nothing(signer):
    assert not verify({"name": "\ud800"}, signer.sign({}, "p"))


def test_a_key_that_others_can_read_is_refused(tmp_path):
    Signer.open(tmp_path)
    (tmp_path / "ed25519.pem").chmod(0o640)
    with pytest.raises(ConfigError, match=r"others may read it; run: chmod 600"):
        Signer.open(tmp_path)


def test_a_file_that_is_no_such_key_is_refused(tmp_path):
    path = tmp_path / "ed25519.pem"
    curve = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content in (b"", b"no key", curve):
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(ConfigError, match="expected an Ed25519 private key"):
            Signer.open(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigError, match="cannot be made or read"):
        Signer.open(tmp_path / "keys")


def test_a_file_in_place_of_the_folder_is_one_line(tmp_path):
    (tmp_path / "keys").write_text("")
    with pytest.raises(ConfigError, match="cannot be made or read"):
        Signer.open(tmp_path / "keys")
