"""Run experiments, keep their pieces, compare their twins."""
