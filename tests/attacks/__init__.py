"""Sequences that must not work, tried for real."""
