"""What a council sets: the environment, its procedures, its people, its closed days, and the way to Temporal."""
