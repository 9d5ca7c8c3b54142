"""What earns the copilot more trust, and what costs it: evidence, rule, proposal, fall."""
