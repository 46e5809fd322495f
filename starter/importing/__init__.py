"""Case events out of an extract: a CSV or JSONL file, read as a mapping says."""
