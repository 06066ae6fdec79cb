"""Pages: what they read, what they find in it, and how they say it."""
