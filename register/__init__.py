"""What the council keeps of every escalation after Temporal has forgotten it."""
