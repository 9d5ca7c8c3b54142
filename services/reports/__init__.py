"""Reports: what the copilot was worth in a week or a month, each figure with what it rests on."""
