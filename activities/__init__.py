"""What touches the world on behalf of an escalation: mail, the register, the calendar."""
