"""How far the copilot is trusted: levels in force, what earns and loses them, and what it does by
itself within them."""
