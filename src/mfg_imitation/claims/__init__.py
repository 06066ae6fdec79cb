"""Statements, each held against one number of the tables."""
