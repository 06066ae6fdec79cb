"""What the workflow measures: frames out, nothing written."""
