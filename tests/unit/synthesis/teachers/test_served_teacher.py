"""A served model teaches, through the real courier process."""

import json
import sqlite3

import pytest

from columnist.documentation import Texts
from columnist.errors import TeacherError
from columnist.synthesis.teachers import Refusal, open_teacher

KEY = "sk-" + "0123456789abcdef" * 2


def test_texts_are_written_once_and_read_from_the_ledger_afterwards(endpoint, make_config, make_example, tmp_path):
    examples = [make_example(number) for number in range(20)]
    undocumentable = make_example(99, "? What is a row?", ("? What is it?", "", "? What is flex_01 for?"))
    with open_teacher(make_config(), tmp_path / "ledger.db") as teacher:
        first = [*teacher.write([*examples[:12], undocumentable]), *teacher.write([*examples[12:], examples[0]])]
        report = teacher.report()
    assert (
        first[0]
        == first[-1]
        == Texts(
            table="In other words, one row for each order.",
            columns=(
                "In other words, identifies the order.",
                "In other words, amount due, in euros with 2 decimals.",
                "? What is flex_01 for?",
            ),
        )
    )
    assert first[12] == undocumentable.reference
    assert len(endpoint.charges) == len(set(endpoint.charges)) == 20
    assert (report.examples, report.requests, report.answered_from_ledger, report.attempts) == (22, 20, 0, 20)
    # 20 calls of 1,000 tokens at 1 USD and 100 tokens at 10 USD a million
    assert (report.input_tokens, report.output_tokens, report.estimated) == (20_000, 2_000, False)
    assert report.usd == pytest.approx(0.04)
    assert (report.teacher, report.license, report.refused) == ("openai:fake-1", "Apache-2.0", {})

    with open_teacher(make_config(), tmp_path / "ledger.db") as teacher:
        again = teacher.write([*examples[:12], undocumentable, *examples[12:], examples[0]])
        resumed = teacher.report()
    assert again == first
    assert len(endpoint.charges) == 20
    assert resumed == report.model_copy(update={"answered_from_ledger": 20, "usd": resumed.usd})
    assert resumed.usd == pytest.approx(report.usd)


def test_the_key_is_sent_and_kept_nowhere(endpoint, make_config, make_example, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("COLUMNIST_TEACHER_API_KEY", KEY)
    endpoint.reply = lambda call: call.say(f"You sent {call.handler.headers['Authorization']}")
    with open_teacher(make_config(), tmp_path / "ledger.db") as teacher:
        assert teacher.write([make_example()]) == [Refusal(reason="the text is not the JSON that was asked for")]
    assert endpoint.calls[0][1]["Authorization"] == f"Bearer {KEY}"
    assert endpoint.calls[0][1]["Idempotency-Key"] == endpoint.charges[0]
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"You sent Bearer [key]" in written
    assert KEY.encode() not in written
    assert KEY not in "".join(capfd.readouterr())


def test_a_key_that_cannot_be_one_is_not_shown(make_config, make_example, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNIST_TEACHER_API_KEY", "top secret")
    with (
        open_teacher(make_config(), tmp_path / "ledger.db") as teacher,
        pytest.raises(TeacherError, match=r"^(?!.*top secret)COLUMNIST_TEACHER_API_KEY holds spaces"),
    ):
        teacher.write([make_example()])


def test_a_lost_courier_is_found_out(endpoint, make_config, make_example, tmp_path, monkeypatch):
    from columnist.synthesis.teachers import served

    monkeypatch.setattr(served, "_COURIER", "columnist.there_is_no_such_courier")
    with (
        open_teacher(make_config(), tmp_path / "ledger.db") as teacher,
        pytest.raises(TeacherError, match="ended unexpectedly"),
    ):
        teacher.write([make_example()])
    assert "there_is_no_such_courier" in (tmp_path / "ledger.db.courier.log").read_text()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 this is no database", None])
def test_a_file_that_is_no_ledger_is_refused(make_config, tmp_path, content):
    ledger = tmp_path / "missing" / "ledger.db" if content is None else tmp_path / "ledger.db"
    if content is not None:
        ledger.write_bytes(content * 1000)
    if content == b"":
        with sqlite3.connect(ledger) as other:
            other.execute("CREATE TABLE notes (text)")
        other.close()
    with pytest.raises(TeacherError, match="ledger"), open_teacher(make_config(), ledger):
        pass


def test_a_request_says_all_that_the_model_needs(endpoint, make_config, make_example, tmp_path):
    bodies = []

    def reply(call):
        bodies.append(call.body)
        call.say(json.dumps({"table": "Orders of customers.", "columns": {"order_id": "A.b", "amt": "C"}}))

    endpoint.reply = reply
    with open_teacher(make_config(temperature=None, max_tokens_field="max_completion_tokens"), tmp_path / "l") as it:
        it.write([make_example()])
    (body,) = bodies
    assert set(body) == {"model", "messages", "max_completion_tokens", "stream"}
    system, user = (message["content"] for message in body["messages"])
    assert "Invent no codes" in system
    assert "CREATE TABLE orders_1 (" in user
    assert "flex_01 for" not in user  # the abstention is kept, and not asked for
