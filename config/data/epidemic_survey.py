"""How the example data set was made: 300 simulated people in an epidemic whose rates nobody tells the analysis.

python config/data/epidemic_survey.py    writes epidemic_survey.csv beside this file, the same bytes each time.
"""

from pathlib import Path

import numpy as np
import pandas as pd

import mfg_imitation as mfg

PEOPLE, WEEKS, SEED = 300, 12, 0
INFECTION, RECOVERY = 0.6, 0.35  # per week; the game's file says 0.81 and 0.3
WRONG, LOST = 0.05, 0.06  # share of answers that are random ones; of those still in the survey who leave it, per week

game = mfg.load_game("sis", horizon=WEEKS, infection=INFECTION, recovery=RECOVERY)
policy = mfg.solve_equilibrium(game).policy
people = mfg.sample_demonstrations(game, policy, PEOPLE, SEED, label_noise=WRONG)
stays = np.random.default_rng(SEED).geometric(LOST, PEOPLE)
person, week = np.nonzero(np.arange(WEEKS) < stays[:, None])
answers = {
    "person": [f"p{i:03}" for i in person],
    "week": week + 1,
    "health": np.array(["well", "ill"])[np.asarray(people.states)[person, week]],
    "went_out": np.array(["yes", "no"])[np.asarray(people.actions)[person, week]],
}
file = Path(__file__).with_suffix(".csv")
pd.DataFrame(answers).to_csv(file, index=False, lineterminator="\n")
