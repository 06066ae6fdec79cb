"""Games with common noise: a shock that all see, and the tree of its histories."""
