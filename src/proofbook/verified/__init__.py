"""Kernels extracted from notebooks/math; never edited by hand."""
