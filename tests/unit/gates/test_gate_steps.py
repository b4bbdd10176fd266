"""The step that enforces, the page, and what the command line prints."""

from datetime import UTC, datetime

import gate_evidence as given
import pytest

from columnist.errors import GateClosed
from columnist.gates.automatic import decide
from columnist.gates.pages import render_html
from columnist.provenance import CodeVersion
from columnist.registry.gate_results import StoredDecision
from columnist.terminal_gate import print_decisions, print_gate_result


def decided(chrf=(0.01, 0.05), license_="MIT"):
    found = given.set_result(differences={**given.DIFFERENCES, "chrf": chrf}, license_=license_)
    code = CodeVersion(commit="1" * 40, dirty=True)
    return decide(given.evidence(found), given.config(), code, datetime(2026, 11, 22, 9, 30, tzinfo=UTC))


def test_only_a_pass_opens():
    from steps.require_pass import require_pass

    require_pass.entrypoint(decided())
    for rejected in (decided(chrf=(-0.1, 0.1)), decided(chrf=(-0.2, -0.1))):
        with pytest.raises(GateClosed) as closed:
            require_pass.entrypoint(rejected)
        assert closed.value.result == rejected
        assert closed.value.exit_code == 1
        assert str(closed.value) == rejected.summary


def test_the_page_holds_every_reason_and_no_markup_of_others():
    page = render_html(decided(license_="<b>MIT</b>"))
    assert "it is &lt;b&gt;MIT&lt;/b&gt;." in page
    assert "<script" not in page
    assert page.count('class="fail"') == 2  # the verdict and the license
    assert f"SHA-256 {given.MODEL}" in page
    assert "1111111111111111111111111111111111111111 with changes" in page
    assert render_html(decided()) == render_html(decided())


def test_a_decision_is_printed_with_its_reasons(capsys):
    print_gate_result(decided(chrf=(-0.2, -0.1)))
    said = capsys.readouterr().out
    assert "FAIL: tuned, SHA-256 aaaaaaaaaaaaaaaa" in said
    assert "Not shown: chrf" in said


def test_all_decisions_are_listed_with_time_and_id(capsys):
    print_decisions([])
    assert "no gate has decided yet" in capsys.readouterr().out
    print_decisions(
        [
            StoredDecision(artifact_id="id-7", result=decided()),
            StoredDecision(artifact_id="id-6", result=decided((-1, -1))),
        ]
    )
    said = capsys.readouterr().out
    assert said.index("id-7") < said.index("id-6")
    assert "2026-11-22 09:30 UTC" in said
    assert "All" in said
