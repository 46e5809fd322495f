"""What changes between two versions of a procedure, in sentences for whoever answers for it."""

from escalation.differences.sentences import Difference, differences, told

__all__ = ["Difference", "differences", "told"]
