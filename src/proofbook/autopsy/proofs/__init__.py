"""Machine-checked proofs: statements in SMT-LIB2, solvers, certificates, controls, replay."""
