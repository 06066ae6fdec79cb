"""Files: tables, YAML, schemas, references."""
