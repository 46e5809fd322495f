"""How does a process of ours end? At once, when all that it had to say has been written.

A process that has used the Temporal client can crash in the interpreter's own finalisation, after all its work is done
(temporalio/sdk-python#300, open since 2023). Whoever watches its exit code would see a failure that never was.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """End this process with an exit code, skipping the interpreter's finalisation. Shut everything down before it."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # Nobody may be reading any more (a pipe that was closed), or the stream may be gone.
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)
