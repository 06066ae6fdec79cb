"""Flows, values, gaps and errors of policies, exactly or by players."""
