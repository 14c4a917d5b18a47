"""Tables and figures: the only rooms in the house that know a terminal or a plotting library."""
