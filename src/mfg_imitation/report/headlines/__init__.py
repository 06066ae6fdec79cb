"""The findings of the first page: one function each, entered by its decorator."""
