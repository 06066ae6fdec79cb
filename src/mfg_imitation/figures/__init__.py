"""Frames in, Figure out."""
