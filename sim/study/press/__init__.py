"""The press cases: what an official page reported of single compounds, beside what the model says of such compounds."""
