"""Coaching: what works, as far as the figures show it. docs/coaching.md says by which formulas."""
