"""Editing a produced report as people do in Word, and what a refresh must leave of it."""
