"""What the rules share, importable: where products lie, what a run is of, the checks before any job."""
