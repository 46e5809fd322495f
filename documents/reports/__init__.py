"""Reports, in every form in which a council may want them; `escalation.tabling` says what they consist of."""
