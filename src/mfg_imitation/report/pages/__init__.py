"""The pages of the report: one module each, entered by its decorator."""
