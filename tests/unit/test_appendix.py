"""The prose side of the lemmas is read for its headings, statuses and quick index."""

from pathlib import Path

import pytest

from proofbook.autopsy.appendix import appendix_path, read_appendix

TEXT = """\
# DEMO lemmas appendix

## Quick index

| Lemma | Title | Status |
|---|---|---|
| [INV-DEMO-0001#L1](#inv-demo-0001l1--bounded) | Bounded | Rev 1.0 |
| INV-DEMO-0001#L2 | Nearest | Draft |

## INV-DEMO-0001 — Tally

Invariant: [`INV-DEMO-0001.yaml`](../../invariants/INV-DEMO-0001.yaml)

### INV-DEMO-0001#L1 — Bounded

**Status:** Rev 1.0

**Statement.** One two three.

More words here.

### INV-DEMO-0001#L2 - Nearest

**Statement.** No status line.

## INV-DEMO-0002 — Another

Nothing is linked here.
"""


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    path = tmp_path / appendix_path("docs/math", "DEMO")
    path.parent.mkdir(parents=True)
    path.write_text(TEXT)
    return tmp_path


def test_lemmas_are_read_with_title_status_line_and_words(docs: Path) -> None:
    first, second = read_appendix(docs, "docs/math/DEMO_LEMMAS_APPENDIX.md").lemmas
    assert (first.id, first.title, first.status) == ("INV-DEMO-0001#L1", "Bounded", "Rev 1.0")
    assert TEXT.splitlines()[first.line - 1].startswith("### INV-DEMO-0001#L1")
    assert first.words == 7
    assert (second.title, second.status) == ("Nearest", "")


def test_the_quick_index_is_read_with_or_without_links(docs: Path) -> None:
    appendix = read_appendix(docs, "docs/math/DEMO_LEMMAS_APPENDIX.md")
    assert appendix.index == (
        ("INV-DEMO-0001#L1", "Bounded", "Rev 1.0"),
        ("INV-DEMO-0001#L2", "Nearest", "Draft"),
    )


def test_links_belong_to_the_section_they_stand_in(docs: Path) -> None:
    links = read_appendix(docs, "docs/math/DEMO_LEMMAS_APPENDIX.md").links
    assert "INV-DEMO-0001.yaml" in links["INV-DEMO-0001"]
    assert ".yaml" not in links["INV-DEMO-0002"]


def test_a_missing_appendix_is_empty(tmp_path: Path) -> None:
    appendix = read_appendix(tmp_path, "docs/math/NONE_LEMMAS_APPENDIX.md")
    assert (appendix.lemmas, appendix.index, appendix.links) == ((), (), {})


@pytest.mark.parametrize(
    "heading",
    [
        "## INV-DEMO-0001#L1 — Bounded",
        "### INV-DEMO-1#L1 — Bounded",
        "### INV-DEMO-0001#L1 Bounded",
        "### L1 — Bounded",
    ],
)
def test_other_headings_are_no_lemmas(docs: Path, heading: str) -> None:
    path = docs / "docs/math/DEMO_LEMMAS_APPENDIX.md"
    path.write_text(TEXT.replace("### INV-DEMO-0001#L1 — Bounded", heading))
    assert [
        lemma.id for lemma in read_appendix(docs, "docs/math/DEMO_LEMMAS_APPENDIX.md").lemmas
    ] == ["INV-DEMO-0001#L2"]


@pytest.mark.parametrize("status", ["draft", "Rev 1", "Accepted", "Rev 1.0.0", "rev 1.0"])
def test_only_the_known_statuses_are_statuses(docs: Path, status: str) -> None:
    path = docs / "docs/math/DEMO_LEMMAS_APPENDIX.md"
    path.write_text(TEXT.replace("**Status:** Rev 1.0", f"**Status:** {status}"))
    assert read_appendix(docs, "docs/math/DEMO_LEMMAS_APPENDIX.md").lemmas[0].status == ""
