"""Data sets of users: one file says what a table of trajectories holds, and what is to be made of it."""
