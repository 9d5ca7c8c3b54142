"""One small pure module a figure: its formula in words, what goes in, what comes out."""
