"""Reading emotion from what customers write. Knows nothing of Rasa."""
