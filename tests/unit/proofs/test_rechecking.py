"""A proof counts as re-checked only if the checker accepts it; what is not installed has not run."""

from pathlib import Path

import pytest

from proofbook.autopsy.proofs.rechecking import SIGNATURE, ethos_version, recheck

FALSE = "(set-logic QF_NIRA)\n(declare-const x Int)\n(assert (and (< x 0) (< 0 x)))\n(check-sat)\n"
TRUE = "(set-logic QF_NIRA)\n(declare-const x Int)\n(assert (< x 0))\n(check-sat)\n"


@pytest.fixture
def ethos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An executable in the place of ethos; what it says is written by each test."""
    rules = tmp_path / "Cpc.eo"
    rules.write_text("")
    monkeypatch.setenv(SIGNATURE, str(rules))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / "ethos"


def says(tool: Path, script: str) -> None:
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)


@pytest.mark.parametrize(
    "script",
    [
        "echo correct; exit 1",
        "echo incomplete",
        "echo correct; echo incomplete",
        "echo 'Error: not correct'",
        "true",
        "kill -9 $$",
    ],
)
def test_a_proof_that_the_checker_does_not_accept_is_refused(ethos: Path, script: str):
    says(ethos, script)
    assert recheck(FALSE, limit=10**6).result == "refused"


def test_the_checker_gets_proof_statement_and_rules(ethos: Path, tmp_path: Path):
    says(ethos, f'echo "$@" > {tmp_path}/said; cat "$3" > {tmp_path}/proof; echo incomplete')
    recheck(FALSE, limit=10**6)
    include, reference, file = (tmp_path / "said").read_text().split()
    assert include == f"--include={tmp_path}/Cpc.eo"
    assert reference.startswith("--reference=")
    assert file.endswith("proof.eo")
    assert "(step " in (tmp_path / "proof").read_text()


def test_what_cvc5_does_not_refute_has_no_proof(ethos: Path):
    says(ethos, "echo correct")
    assert recheck(TRUE, limit=10**6).result == "unknown"
    assert recheck("(assert", limit=10**6).result == "unknown"


def test_a_checker_that_does_not_end_is_stopped(ethos: Path):
    says(ethos, "exec sleep 600")
    said = recheck(FALSE, limit=10**6, backstop_s=2)
    assert (said.result, said.reason) == ("unknown", "stopped after 2 s")


def test_without_checker_or_rules_nothing_has_run(ethos: Path, monkeypatch: pytest.MonkeyPatch):
    assert recheck(FALSE, limit=10**6).result == "not run"
    says(ethos, "echo correct")
    monkeypatch.setenv(SIGNATURE, str(ethos.parent / "missing.eo"))
    assert recheck(FALSE, limit=10**6).result == "not run"
    monkeypatch.delenv(SIGNATURE)
    assert recheck(FALSE, limit=10**6).result == "not run"


def test_versions_are_what_the_tools_say(ethos: Path, monkeypatch: pytest.MonkeyPatch):
    says(ethos, "echo ethos 1.2; echo more")
    assert ethos_version() == "ethos 1.2"
    says(ethos, "exit 3")
    assert ethos_version() is None
    monkeypatch.setenv("PATH", str(ethos.parent / "nowhere"))
    assert ethos_version() is None
