# What every rule with a script has, said once: its log, its times, its environment, and the digest of its code.
import re

for made in workflow.rules:
    if made.script and Path(made.snakefile).is_relative_to(ROOT):
        wildcards = re.findall(r"{\w+", "".join(made.output[:1]))
        place = Path("logs", made.name, *([f"{name}}}" for name in wildcards] or [made.name]))
        made.log_modifier = made.benchmark_modifier = made.output_modifier or made.input_modifier
        made.set_log(f"{place}.log")
        if made.output:  # a rule without is run whenever it is asked for; its times would count as its output
            made.benchmark = f"{place}.tsv"
        # For those who run with --software-deployment-method conda; without it, rules run where Snakemake does.
        made.conda_env = str(ROOT / "workflow/envs/mfg-imitation.yaml")
        if "library" not in made.params.keys():
            made.set_params(library=script_digest(Path(made.script).stem))
