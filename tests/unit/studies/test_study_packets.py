import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from study_parts import open_small

from columnist.errors import ConfigError
from columnist.studies.ballots import Preference
from columnist.studies.packets import Answers, read_answers, render_packet

CHROMIUM = Path("/usr/bin/chromium")
# Answers every item by keys alone, then puts what would be saved into the page's title.
RATE_BY_KEYS = """<script>
const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: key, bubbles: true }));
let turn = 0;
while (!byId("form").hidden) { press(String(1 + (turn++ % 4))); press("Enter"); }
document.title = JSON.stringify({ study_id: content.study_id, rater: content.rater, answers: answers });
</script>"""


@pytest.fixture
def packet(local_places):
    opened = open_small(local_places)
    rater = opened.registration.raters[0]
    shown = local_places.storage.remaining(rater)
    return rater, shown, render_packet(opened.registration.study_id, shown)


def content_of(html: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="content">(.*?)</script>', html)[1])


def test_a_packet_holds_what_the_page_shows_and_nothing_more(packet):
    rater, shown, html = packet
    content = content_of(html)
    assert content["rater"] == rater
    assert [item["item_id"] for item in content["items"]] == [each.item.item_id for each in shown]
    assert set(content["items"][0]) == {"item_id", "ddl", "options"}
    assert content["items"][0]["options"][0]["text_id"] == shown[0].a_text_id
    assert not re.search(r"\b(repeat|attention|main|candidate|baseline|look)\b", json.dumps(content))
    assert not re.search(r"(src|href)=|https?:|@import|url\(", html)


def test_a_text_cannot_end_the_script(packet, local_places):
    _rater, shown, _html = packet
    item = shown[0].item.model_copy(update={"ddl": "</script><script>alert(1)</script>"})
    html = render_packet("s", [shown[0].model_copy(update={"item": item})])
    assert "<script>alert" not in html
    assert content_of(html)["items"][0]["ddl"] == "</script><script>alert(1)</script>"


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
def test_a_packet_is_answered_by_keys_and_imported(packet, local_places, tmp_path):
    rater, shown, html = packet
    page = tmp_path / "packet.html"
    page.write_text(html.replace("</body>", RATE_BY_KEYS + "</body>"))
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    dumped = subprocess.run([*command, "--dump-dom", page.as_uri()], capture_output=True, timeout=120, check=True)
    shutil.rmtree(tmp_path / "profile", ignore_errors=True)
    title = re.search(r"<title>(.*?)</title>", dumped.stdout.decode())[1]
    answers = tmp_path / "answers.json"
    answers.write_text(title)
    given = read_answers(answers)
    assert [each.item_id for each in given.answers] == [each.item.item_id for each in shown]
    assert [each.preference for each in given.answers[:5]] == [*Preference, Preference.A]
    assert local_places.storage.import_packet(rater, given.answers).finished


def test_a_file_that_no_packet_wrote_is_told(tmp_path):
    file = tmp_path / "answers.json"
    for content in ("", "[]", '{"study_id": "s", "rater": "r", "answers": [{}]}'):
        file.write_text(content)
        with pytest.raises(ConfigError, match="expected the answers that a packet wrote"):
            read_answers(file)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_answers(tmp_path / "none.json")
    file.write_text("<!doctype html><title>Study</title>")
    with pytest.raises(ConfigError, match="this is the packet itself, not the answers to it"):
        read_answers(file)
    assert Answers(study_id="s", rater="r", answers=()).answers == ()


def test_nothing_left_is_no_packet():
    with pytest.raises(ConfigError, match="has answered all items"):
        render_packet("s", [])
