"""How are the pages served? On this machine alone, for as long as there is no sign-in."""

from __future__ import annotations

import logging
import signal
import sys

import uvicorn
from fastapi import FastAPI

from config.codec import KeyRing
from config.settings import Settings, load
from escalation.errors import TwentydaysError
from starter.leaving import leave
from web.app import create_app

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class NotLoopback(TwentydaysError):
    """The pages were to be served to other machines."""


def check_host(host: str) -> None:
    """Raises NotLoopback for any address that another machine could reach."""
    if host not in LOOPBACK:
        raise NotLoopback(
            f"TWENTYDAYS_WEB_HOST is {host!r}. There is no sign-in yet, so the pages are served on this machine alone: "
            f"unset it, or choose one of {', '.join(LOOPBACK)}."
        )


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C. Raises NotLoopback."""
    check_host(settings.web_host)
    server = uvicorn.Server(
        configured(create_app(settings, KeyRing.load(settings)), settings.web_host, settings.web_port)
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # Uvicorn raises the signal once more when it has stopped; being told to stop is no failure.
        signal.signal(number, lambda *_: None)
    server.run()


def configured(app: FastAPI, host: str, port: int) -> uvicorn.Config:
    """How the server serves an application: what it keeps out of its logs and its answers."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,  # addresses of pages will hold the secrets of reply links
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )


def main() -> None:
    """`python -m web`"""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        serve(load())
    except TwentydaysError as error:
        sys.stderr.write(f"{error}\n")
        leave(1)
    leave(0)


if __name__ == "__main__":
    main()
