"""What a notebook imports: state lemmas, check them, measure them, emit the evidence.

    from proofbook.lab import Verification
    v = Verification("resonance", invariants=["INV-MHE-0001"])

A kernel of another notebook is imported as `from proofbook.lab.kernels.<kernel> import name`.
"""

from proofbook.lab.artifact import Artifact, load_artifact
from proofbook.lab.verification import Lemma, LemmaFailed, Verification

__all__ = ["Artifact", "Lemma", "LemmaFailed", "Verification", "load_artifact"]
