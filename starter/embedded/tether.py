"""How does a child end when its parent was killed? `python -m starter.embedded.tether <parent's pid> command...`

On Linux the kernel is asked to kill this process when its parent dies, and then it becomes the command. Elsewhere it
stays beside the command, watches the parent, and passes on the signals that it is sent.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

PR_SET_PDEATHSIG = 1
LOOK_EVERY = 0.5
"""Seconds between two looks at the parent, where the kernel does not tell."""


def tethered(command: Sequence[str]) -> tuple[str, ...]:
    """The command that runs `command` as a child of this process, and ends with it."""
    return (sys.executable, "-m", "starter.embedded.tether", str(os.getpid()), *command)


def become(parent: int, command: Sequence[str]) -> int:
    """Run the command until it or the parent ends; gives back its exit code, and on Linux does not come back."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the kernel was asked
            return 1
        os.execvp(command[0], list(command))  # noqa: S606 - no shell is wanted
    return _stay_beside(parent, command)


def _stay_beside(parent: int, command: Sequence[str]) -> int:
    child = subprocess.Popen(command)

    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    while child.poll() is None:
        if os.getppid() != parent:
            child.kill()
        time.sleep(LOOK_EVERY)
    return child.returncode


if __name__ == "__main__":
    sys.exit(become(int(sys.argv[1]), sys.argv[2:]))
