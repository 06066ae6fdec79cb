"""Games, and games from files."""
