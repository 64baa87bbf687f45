"""What Rasa's server is made of beside its own parts: stores from the environment, wording."""
