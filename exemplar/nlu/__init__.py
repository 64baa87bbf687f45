"""Rasa graph components: thin shells over the package's pure parts."""
