"""Rewards recovered from what experts do."""
