"""Where every lemma stands on the ladder, by the evidence in the artifacts."""

from proofbook.autopsy.canonical import sha256_hex
from proofbook.autopsy.ladder import NOTHING, effective_rungs, rung_of
from proofbook.autopsy.models import (
    Artifact,
    ScoredArtifact,
    ScoredInvariant,
    ScoredLemma,
    VerifiedLemma,
)
from proofbook.autopsy.project import Project


def lemma_rungs(project: Project) -> tuple[dict[str, str], dict[str, str]]:
    """Return the reached and the effective rung of every stated lemma, recomputed from its evidence.

    Raises:
        CircularUse: lemmas use each other in a circle.
    """
    reached, uses = {}, {}
    rungs = {
        lemma.id: lemma_rung(committed.model, lemma)
        for committed in project.artifacts.values()
        if committed.model
        for lemma in committed.model.lemmas
    }
    for invariant in project.invariants.values():
        for lemma in invariant.lemmas:
            full = invariant.lemma_id(lemma)
            reached[full] = rungs.get(full, NOTHING)
            uses[full] = lemma.uses
    return reached, effective_rungs(reached, uses)


def lemma_rung(artifact: Artifact, lemma: VerifiedLemma) -> str:
    """Return the rung of a lemma of an artifact, recomputed from what the artifact holds."""
    return rung_of(
        [item.model_dump() for item in lemma.evidence],
        [item.model_dump() for item in artifact.obligations if item.lemma == lemma.id],
    )


def scored_invariants(project: Project) -> list[ScoredInvariant]:
    """Return every invariant with the standing of its lemmas, by id.

    Raises:
        CircularUse: lemmas use each other in a circle.
    """
    reached, effective = lemma_rungs(project)
    return [
        ScoredInvariant(
            id=invariant.id,
            title=invariant.title,
            status=invariant.status,
            lemmas=[
                ScoredLemma(
                    id=invariant.lemma_id(lemma),
                    title=lemma.title,
                    requires=lemma.requires,
                    rung=reached[invariant.lemma_id(lemma)],
                    effective=effective[invariant.lemma_id(lemma)],
                )
                for lemma in invariant.lemmas
            ],
        )
        for _, invariant in sorted(project.invariants.items())
    ]


def scored_artifacts(project: Project) -> list[ScoredArtifact]:
    """Return every committed artifact with the digest of its bytes, by kernel."""
    return [
        ScoredArtifact(kernel=kernel, sha256=sha256_hex(committed.data))
        for kernel, committed in sorted(project.artifacts.items())
    ]
