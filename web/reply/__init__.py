"""The pages on which a manager answers, opened by the link in their email."""

from web.reply.routes import routes

__all__ = ["routes"]
