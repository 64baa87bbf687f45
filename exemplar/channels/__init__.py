"""The ways in for customers, on top of Rasa's own."""
