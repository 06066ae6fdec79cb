"""Names that several parts share, each said once: columns and how they are written, and what counts as rounding."""

#: The parameter whose values make the rows of panels; a game without it gets one row.
SWEPT = "transition_lipschitz"

#: The gaps, in the order in which they are measured, and how they are written.
GAPS = {
    "nash_imitation_gap": "Nash imitation gap",
    "population_value_gap": "population value gap",
    "frozen_population_gap": "frozen-population gap",
}

#: The gaps of which the paper's Section 5 may speak: Definition 7's, and what its Eq. 33 is inferred to compute.
JUDGED_GAPS = ("nash_imitation_gap", "population_value_gap")

#: What a policy may know of common noise: all its history (and so where everyone is), its state now, or nothing of it.
AWARENESS = ("aware", "noise_aware", "unaware")

#: The status of a fit that nothing had to be searched for.
CLOSED_FORM = "closed form"

#: Columns and parameters that the paper has a symbol for.
SYMBOLS = {"transition_lipschitz": "L_P", "reward_lipschitz": "L_r", "horizon": "H"}

#: Where prices and slopes of awareness begin, in demonstrations.
SMALL_SAMPLE = 100

#: What float64 leaves of identities and inequalities between sums over a horizon, with room to spare.
ROUNDING = 1e-9
