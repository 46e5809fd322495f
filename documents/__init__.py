"""What a council files, reads and prints: HTML, PDF, text, spreadsheets and charts, as `escalation` describes them."""
