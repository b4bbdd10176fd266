import pytest

from columnist.errors import ConfigError
from columnist.synthesis.canaries import Canaries, make_canary, read_canaries


@pytest.mark.parametrize(
    "text",
    [
        "zorpavimel",
        "ZorpaVimel",
        "ZORPA_VIMEL",
        "zorpa vimel",
        "zorpa-vi.mel",
        "Zörpavimél",
        "ｚｏｒｐａｖｉｍｅｌ",
        "zorpa\u200bvimel",
    ],
)
def test_a_canary_is_found_however_it_is_written(text):
    row = {"ddl": "", "table": {"columns": [{"name": "id"}, {"name": f"x{text}y"}]}}
    (found,) = Canaries(["Zorpa Vimel"]).find(row)
    assert (found.canary, found.field) == (1, "table.columns[2].name")


def test_a_canary_is_not_put_together_from_two_fields():
    assert not list(Canaries(["zorpavimel"]).find({"a": "zorpa", "b": "vimel"}))


def test_a_canary_that_turns_up_by_chance_is_refused():
    with pytest.raises(ConfigError, match=r"canary 'a_b-c': expected at least 6 letters or digits, but it has 3"):
        Canaries(["a_b-c"])


def test_canaries_are_read_one_to_a_line(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("zorpavimel\n\n  quontibalu \n")
    assert len(read_canaries(["mirabofeki"], [path]).digests) == 3
    with pytest.raises(ConfigError, match="expected a text file with one canary to a line"):
        read_canaries([], [tmp_path])


def test_made_canaries_differ_and_are_long_enough():
    made = {make_canary() for _ in range(50)}
    assert len(made) == 50
    assert Canaries(sorted(made))
