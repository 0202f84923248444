"""Recall over real collections: the verified resonance kernel beside BM25 and PostgreSQL `ts_rank`.

python -m benchmarks.recall --locomo FILE --cranfield DIR --beir DIR
"""
