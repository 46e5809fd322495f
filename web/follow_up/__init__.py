"""The page on which a raiser says whether it was done, and what changed, opened by the link in the email that asks."""

from web.follow_up.routes import routes

__all__ = ["routes"]
