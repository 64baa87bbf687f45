"""Rasa SDK actions: each gets something, decides nothing, and returns events."""
