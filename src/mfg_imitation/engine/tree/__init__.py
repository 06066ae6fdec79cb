"""Gaps under common noise where the tree of histories is too large: merged, or sampled."""
