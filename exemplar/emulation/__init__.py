"""Emulation: would the assistant make the moves that the exemplary agent made, and does it do better?"""
