"""How long each sort of data is kept, and the daily job that sees to it."""
