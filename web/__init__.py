"""The pages, the mail that was caught, and the codec route."""
