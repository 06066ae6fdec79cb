"""The families of games that a file may name, `family: <name>`: one module each, registered only here."""

from mfg_imitation.games.families import beach_bar, evacuation, grid_crowd, linear_quadratic, random_garnet
from mfg_imitation.games.families.family import Family

FAMILIES: dict[str, type[Family]] = {
    "beach_bar": beach_bar.BeachBar,
    "evacuation": evacuation.Evacuation,
    "grid_crowd": grid_crowd.GridCrowd,
    "linear_quadratic": linear_quadratic.LinearQuadratic,
    "random_garnet": random_garnet.RandomGarnet,
}
