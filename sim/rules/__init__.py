"""Rules: one noun a file. Each declares a `sim.columns.Rule` called ``RULE`` and its phases as functions."""
