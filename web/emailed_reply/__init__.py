"""The page on which a raiser records a reply by email as the response, opened by the link in the email about it."""

from web.emailed_reply.routes import routes

__all__ = ["routes"]
