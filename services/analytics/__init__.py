"""Figures about what became of what the copilot proposed: marked, counted by day, cached, shown."""
