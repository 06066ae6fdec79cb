"""Words and columns that several parts share, each said once."""

#: The parameter whose values make the rows of panels; a game without it gets one row.
SWEPT = "transition_lipschitz"

#: The gaps of which the paper's Section 5 may speak: Definition 7's, and what its Eq. 33 computes.
GAPS = ("nash_imitation_gap", "population_value_gap")
