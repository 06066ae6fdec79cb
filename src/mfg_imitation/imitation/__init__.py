"""Policies fitted to demonstrations."""
