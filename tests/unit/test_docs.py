"""Documents are held to the code: commands, gates and settings that exist are described, and no others."""

import json
import re
from pathlib import Path

import pytest
import typer

from proofbook.autopsy.gates import GATES, NotBuilt
from proofbook.autopsy.settings import Settings
from proofbook.cli import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "logs/quality/README.md")
    for path in ROOT.glob(pattern)
)


def commands() -> dict[str, object]:
    return dict(typer.main.get_command(app).commands)


def test_readme_describes_every_command_and_no_other():
    described = set(re.findall(r"^\| `proofbook ([a-z]+)", README, re.MULTILINE))
    assert described == set(commands())


def test_every_command_and_option_has_a_help_text():
    for name, command in commands().items():
        assert command.help, name
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"


def test_every_option_in_the_readme_exists():
    options = {
        option
        for command in commands().values()
        for parameter in command.params
        for option in getattr(parameter, "opts", ())
    }
    rows = re.findall(r"^\| `proofbook [^`]+`", README, re.MULTILINE)
    assert rows
    for row in rows:
        assert set(re.findall(r"--[a-z-]+", row)) <= options, row


def test_settings_page_lists_every_setting_with_its_default():
    page = (ROOT / "docs/guides/settings.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (.*?) \|", page, re.MULTILINE))
    wanted = {}
    for name, field in Settings.model_fields.items():
        value = field.get_default(call_default_factory=True)
        wanted[name] = "none" if value is None else f"`{json.dumps(value)}`"
    assert rows == wanted


def test_readme_scorecard_shows_every_gate_by_its_name():
    shown = README.split("<!-- scorecard -->")[1].split("<!-- /scorecard -->")[0]
    for gate in GATES:
        verdict = "not built" if isinstance(gate, NotBuilt) else "passed"
        assert re.search(rf"^\s*{gate.number} │ {gate.name}\s+│ \S {verdict}", shown, re.MULTILINE)


def test_make_targets_in_the_documents_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in DOCUMENTS:
        for target in re.findall(r"`make ([a-z-]+)", path.read_text(encoding="utf-8")):
            assert target in targets, f"{path.name}: make {target}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        place = (path.parent / file).resolve() if file else path
        assert place.exists(), f"{path.name} links to {target}"
        if anchor and place.suffix == ".md":
            assert anchor in anchors(place), f"{path.name} links to {target}"


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+\s+(.+?)\s*$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
