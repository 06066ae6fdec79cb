"""Beside the observations of Section 5: which error certifies most of one and the same imitator (ours).

At equal error MFC-ADV leaves the smallest gap. But one imitator has three errors, and MFC-ADV's is the largest. The
table is certificates (`theory.certificates`) of the paper's game.
"""

from mfg_imitation.claims.claim import statement
from mfg_imitation.names import ROUNDING


def _certifies_most(label: str):
    return statement(
        "section_5",
        f"{label} certifies most",
        where="this project",
        says=f"of one imitator on the path, no bound on its gap is below the one that its {label} error gives",
        measure=f"largest ratio of the {label} bound to the smallest of the three, over imitators and panels",
        threshold=1 + ROUNDING,
        of_gap=False,
    )


@_certifies_most("BC")
def bc_certifies_most(tables, gap):
    return tables["certificates"]["over_bc"].max()


@_certifies_most("vanilla-ADV")
def vanilla_adv_certifies_most(tables, gap):
    return tables["certificates"]["over_vanilla_adv"].max()


@_certifies_most("MFC-ADV")
def mfc_adv_certifies_most(tables, gap):
    return tables["certificates"]["over_mfc_adv"].max()
