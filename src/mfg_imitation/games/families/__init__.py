"""The families of games that a file may name, `family: <name>`: one module each, entered by its decorator."""
