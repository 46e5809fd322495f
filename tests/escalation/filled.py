"""What does a complete start say, in each of the documents' procedures?"""

from __future__ import annotations

from typing import Any

FILLED: dict[str, dict[str, Any]] = {
    "southwark": {
        "form_complete": True,
        "concern": "No plan",
        "requested_action": "Hold a meeting",
        "impact_on_child": "Uncertainty",
        "action_already_taken": "Spoke to the team",
        "category": 2,
    },
    "leicestershire": {
        "concern": "No plan",
        "requested_action": "Hold a meeting",
        "origin": "preparation",
        "channel": "email",
    },
    "sbc": {
        "contact_method": "ICS",
        "concern": "Training is overdue",
        "outcome_sought": "A date",
        "formal_form_complete": True,
        "theme": 1,
    },
    "oxfordshire": {
        "conversation": {"date": "2026-10-30", "with": "social_worker", "mode": "telephone"},
        "agreed_actions": "Visit the child",
        "agreed_timescale_working_days": 5,
        "concern": "No visits",
        "category": "Practice",
        "form": {"expected_outcome": "Visits resume", "timeframe_working_days": 5},
    },
    "halton-child-protection": {
        "case_discussion": {"date": "2026-10-30", "with": "Practice Lead"},
        "impact_on_child": "Home conditions worsen",
    },
    "halton-looked-after": {
        "case_discussion": {"date": "2026-10-30", "with": "Practice Lead"},
        "alert": {
            "actions_taken": "Two emails",
            "outcomes_sought": "A plan",
            "impact": "No school",
            "childs_views": "Wants to go to school",
            "what_needs_doing": "Apply for the place",
            "timescales": "Five working days",
        },
    },
}
