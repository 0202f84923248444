"""What a notebook imports: state lemmas, check them, measure them, emit the evidence.

    from proofbook.lab import Verification
    v = Verification("resonance", invariants=["INV-MHE-0001"])

A kernel of another notebook is imported as `from proofbook.lab.kernels.<kernel> import name`.
"""

from proofbook.lab.artifact import Artifact, load_artifact
from proofbook.lab.judge import LemmaFailed
from proofbook.lab.lemma import Lemma
from proofbook.lab.verification import Verification

__all__ = ["Artifact", "Lemma", "LemmaFailed", "Verification", "load_artifact"]
