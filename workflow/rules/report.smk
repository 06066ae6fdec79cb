# tables -> figures -> pages -> what readers see.


rule figure:
    """A figure, as its entry in mfg_imitation.figures says, for print (PDF) and for screens (PNG, SVG)."""
    input:
        tables=lambda wildcards: paths.tables(RUN.drawn_from(wildcards.figure)["tables"]),
        games=lambda wildcards: [f"config/games/{game}.yaml" for game in RUN.drawn_from(wildcards.figure)["games"]],
    output:
        pdf=paths.figure("{figure}", "pdf"),
        png=paths.figure("{figure}", "png"),
        svg=report(
            paths.figure("{figure}", "svg"),
            caption="../report/item.rst",
            category=lambda wildcards: RUN.category(wildcards.figure)[0],
            subcategory=lambda wildcards: RUN.category(wildcards.figure)[1],
            labels=lambda wildcards: {"figure": Path(wildcards.figure).name.replace("_", " ")},
        ),
    params:
        caption=lambda wildcards: RUN.caption(wildcards.figure),
        settings=lambda wildcards: entry_of(wildcards.figure)[0].settings,
        library=lambda wildcards: script_digest("figure", entry_of(wildcards.figure)[0].draw.__module__),
    script:
        "../scripts/figure.py"


rule page:
    """A page of the report: a notebook executed by this run, and what readers see of it."""
    input:
        notebook=lambda wildcards: own(f"notebooks/{RUN.notebook(wildcards.page)}.ipynb"),
        template=[own(f"workflow/report/page/{name}") for name in ("index.html.j2", "conf.json", *PAGE_PARTS)],
        tables=lambda wildcards: paths.tables(RUN.page(wildcards.page)[1].tables),
        figures=lambda wildcards: [paths.figure(name, "svg") for name in RUN.page(wildcards.page)[1].figures],
        games=lambda wildcards: [f"config/games/{game}.yaml" for game in RUN.page(wildcards.page)[1].games],
        offered=lambda wildcards: [paths.offered(table) for table in RUN.offered_beside(wildcards.page)],
        configuration="report/configuration.yaml",
    output:
        notebook="report/notebooks/{page}.ipynb",
        page=report(
            paths.page("{page}"),
            caption="../report/item.rst",
            category="Pages",
            labels={"page": "{page}"},
        ),
    params:
        caption=lambda wildcards: f"{RUN.page(wildcards.page)[0].summary}. A notebook executed by this run.",
        parameters=lambda wildcards: RUN.notebook_parameters(wildcards.page),
        beside=lambda wildcards: RUN.beside(wildcards.page) | {"overlay": asked_for()["overlay"]},
        there=lambda wildcards: asked_for()["there"],
        library=lambda wildcards: library_digest(
            f"notebooks/{RUN.notebook(wildcards.page)}.ipynb", "workflow.lib.html_page", "workflow.lib.job"
        ),
    script:
        "../scripts/page.py"


rule api:
    """The API reference: the docstrings of all public names, each function with its example."""
    input:
        template=[own(f"workflow/report/api/{name}") for name in ("module.html.jinja2", "custom.css")],
        examples=own("docs/examples.md"),
    output:
        "report/api/index.html",
    params:
        library=script_digest("api", *public_modules()),
    script:
        "../scripts/api.py"


rule contact_sheet:
    """Thumbnails of all figures on one page, each leading to its vector file."""
    input:
        template=own("workflow/report/figures/index.html.j2"),
        figures=[paths.figure(name) for name in RUN.figures()],
    output:
        "figures/index.html",
    script:
        "../scripts/contact_sheet.py"


rule configuration:
    """The configuration of this run, every key resolved: what the digest at the foot of every page stands for."""
    output:
        "report/configuration.yaml",
    localrule: True
    params:
        config=RUN.resolved(),
    script:
        "../scripts/configuration.py"


# The tables that readers can download: those that are linked to by the same pages are made together, so that a page
# made alone has what it links to.
for number, tables in enumerate(RUN.offered_together()):

    rule:
        name:
            f"offered_tables_{number}"
        input:
            paths.tables(tables),
        output:
            [paths.offered(table) for table in tables],
        localrule: True
        script:
            "../scripts/offered_tables.py"


rule offered_tables:
    """The tables that readers of the report can download."""
    input:
        [paths.offered(table) for table in RUN.offered_tables()],


rule verify:
    """Every product held against the digest of what its job wrote, and every table that has a reference against that."""
    input:
        reference=paths.referenced_tables("data/reference"),
        rerun=paths.referenced_tables("data/tables"),
    params:
        tolerances=lookup(dpath="verify", within=config),
    script:
        "../scripts/verify.py"


# Words to ask for.


rule figure_1:
    """The paper's Figure 1: its game as a state diagram."""
    input:
        paths.figures(RUN.figures("figure_1")),


rule figure_2:
    """The paper's Figure 2, for both gaps."""
    input:
        paths.figures(RUN.figures("figure_2_*")),


rule paper:
    """The page on the paper's Section 5."""
    input:
        paths.page("paper"),


rule theory:
    """The page on the theorems, with its tables and figures."""
    input:
        paths.page("theory"),
        paths.figures(RUN.figures("theory/*")),
        rules.theorems.output,


rule imitation:
    """The page on policies fitted to demonstrations, with its tables and figures."""
    input:
        paths.page("imitation"),
        paths.figures(RUN.figures("imitation/*", "games/*/imitators")),
        rules.all_imitators.output,


rule noise:
    """The pages on common noise, with their tables and figures."""
    input:
        paths.page("noise"),
        expand(paths.page("noise/{game}"), game=RUN.games("noisy")),
        paths.figures(RUN.figures("noise/*")),


rule explorer:
    """The page with sliders."""
    input:
        paths.page("explorer"),


rule tables:
    """All tables, and the archives between them."""
    input:
        expand(rules.expert.output, game={*RUN.games("selected"), *RUN.games("studied"), *RUN.games("populated")}),
        expand(rules.game_summary.output, game=RUN.games("selected")),
        expand(rules.demonstrations.output, game=RUN.games("imitated")),
        [
            made.format(game=game, algorithm=algorithm)
            for game in RUN.games("imitated")
            for algorithm in RUN.algorithms(game)
            for made in (rules.fit.output.fits, rules.fit.output.imitators)
        ],
        expand(rules.imitators.output, game=RUN.games("imitated")),
        expand(rules.frontier.output, game=RUN.games("studied")),
        rules.random_games.output,
        rules.tightness.output,
        rules.theorems.output,
        rules.transfer.output,
        expand(rules.common_noise.output, game=RUN.games("noisy")),
        rules.noisy_games.output,
        rules.noise_scorecard.output,
        paths.tables(RUN.offered_tables()),


rule figures:
    """All figures, and a page that shows them at a glance."""
    input:
        paths.figures(RUN.figures()),
        rules.contact_sheet.output,


rule report:
    """All pages, and the tables that they offer."""
    input:
        expand(rules.page.output, page=RUN.pages()),
        rules.offered_tables.input,
        rules.contact_sheet.output,
        rules.api.output,
        rules.configuration.output,
