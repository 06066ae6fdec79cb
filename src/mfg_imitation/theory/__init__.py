"""Bounds, their proofs step by step, and how much of them games use up."""
