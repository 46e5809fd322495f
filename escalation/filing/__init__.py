"""What goes onto the file: forms, the text of case notes, the outcome, the whole case, however they will look."""
