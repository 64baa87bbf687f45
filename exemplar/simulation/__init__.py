"""Simulated customers talk to the running assistant by the hundred."""
