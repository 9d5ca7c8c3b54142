"""What was stated of a reply, by what came of such statements: shown, doubted, read."""
