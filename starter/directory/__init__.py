"""Who holds which post: looked up, changed and imported from the command line."""
