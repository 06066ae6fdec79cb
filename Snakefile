# From the games to the paper's figures:   snakemake --cores 8
# One item alone:                          snakemake --cores 8 figure_1   (figure_2, scorecard, theory, tables, figures, report)
#
# The grammar of every path (game: a file in config/games; gap: see GAPS; format: pdf, png, svg):
#
#   config/games/{game}.yaml                       the game, declared                     written by hand
#   data/experts/{game}.npz                        its equilibrium, the expert            rule expert
#   data/tables/convergence/{game}.csv             how its exploitability came down      rule expert
#   data/tables/{kind}/{game}.csv                  kind: flow, paths, portrait           rule portrait
#   data/tables/games.csv                          all portraits                         rule games
#   data/tables/sweep/{game}.csv                   imitators, their proxies and gaps      rule sweep
#   data/tables/explorer/{game}.csv                the same on the even grid of sliders   rule explorer
#   data/tables/properties.csv                     what the paper says of its game        rule properties
#   data/tables/scorecard.csv                      the paper's claims, judged             rule scorecard
#   data/tables/frontier/{game}.csv                the largest gap at a given error      rule frontier
#   data/tables/theory/{table}.csv                 the theorems, checked and judged      rules of theory.smk
#   figures/games/{game}/diagram.{format}          the game as a state diagram            rule diagram
#   figures/games/{game}/sweep_{gap}.{format}      a gap against the three proxies        rule sweep_figure
#   figures/figure_1.{format}                      the paper's Figure 1                   rule figure_1
#   figures/figure_2_{gap}.{format}                the paper's Figure 2, for either gap   rule figure_2
#   figures/games/{game}/{kind}.{format}           kind: flow, convergence, paths        rule game_figures
#   data/tables/imitation/{game}.csv               policies fitted to demonstrations      rule imitation
#   data/tables/imitators.csv                      how they fare, medians over seeds     rule imitators
#   data/tables/finite_populations.csv             the gap as simulated players show it  rule finite_populations
#   figures/imitation/{kind}.{format}              kind: matrix, a game, ..                 rule imitation_figures
#   figures/theory/{figure}.{format}               see THEORY_FIGURES                    rule theory_figures
#   figures/index.html                             thumbnails of them all                rule contact_sheet
#   report/notebooks/{notebook}.ipynb              executed: index, paper, ...           rules index, paper, ...
#   report/{notebook}.html                         the same for readers                   the same rules
#   report/tables/{table}.csv                      what readers are offered             rule offered_tables
#   data/reference/{table}.csv                    what a table held when published       kept in git
#   data/tables/verification.csv                   a rerun held against that             rule verify
#   logs/{rule}/{wildcards}.{log,tsv}              what a job said; its time and memory   every rule
from snakemake.utils import min_version

min_version("9.0")


include: "workflow/rules/common.smk"
include: "workflow/rules/checks.smk"


stop_on_user_mistake(check_syntax)


configfile: "config/config.yaml"


stop_on_user_mistake(check_configuration, check_games)


report: "workflow/report/workflow.rst"


wildcard_constraints:
    game=r"\w+",


include: "workflow/rules/games.smk"
include: "workflow/rules/evaluation.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/imitation.smk"
include: "workflow/rules/theory.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/verify.smk"


rule all:
    default_target: True
    input:
        rules.tables.input,
        rules.figures.input,
        rules.theory.input,
        rules.report.input,
