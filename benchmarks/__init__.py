"""Benchmarks: what a household-day costs, and how much memory a household takes."""
