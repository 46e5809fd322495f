"""The command line. Exit codes: 0 done, 1 refused by the rules, 2 wrong input, 3 something we need does not answer."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from config.connect import TemporalUnreachable
from config.logs import forward_core_logs
from escalation.errors import InvalidDocument, TwentydaysError
from register.errors import RegisterUnavailable
from starter.acting import acting
from starter.asking import asking
from starter.checking import checking
from starter.doctor import doctoring
from starter.drafts import drafts
from starter.escalations import NoOutcomeYet
from starter.importing.commands import importing
from starter.leaving import leave
from starter.post import mail
from starter.recording import recording
from starter.register_commands import registering
from starter.reporting import reporting
from starter.running import running
from starter.tokens import tokens

DONE, REFUSED, WRONG_INPUT, NO_ANSWER = 0, 1, 2, 3

app = App(
    name="twentydays",
    help="Runs dispute-resolution escalations: the right manager is asked, silence moves it on, the raiser decides.",
    version="0.1.0",
    help_epilogue="Exit codes: 0 done, 1 refused by the rules, 2 wrong input, 3 something needed does not answer.",
)
for group in (running, acting, asking, recording, checking, reporting, importing, tokens, doctoring):
    app.update(group)
app.command(registering)
app.command(drafts)
app.command(mail)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command, then end at once (see `starter.leaving`)."""
    forward_core_logs()
    leave(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = app(arguments, exit_on_error=False, result_action="return_value")
    except (TemporalUnreachable, RegisterUnavailable, NoOutcomeYet) as problem:
        return _say(problem, NO_ANSWER)
    except InvalidDocument as problem:
        return _say(problem, WRONG_INPUT)
    except TwentydaysError as problem:
        return _say(problem, WRONG_INPUT)
    except OSError as problem:
        return _say(problem, WRONG_INPUT)
    except CycloptsError:  # it has said what is wrong, and what there is instead
        return WRONG_INPUT
    except KeyboardInterrupt:
        return DONE
    return result if isinstance(result, int) else DONE


def _say(problem: Exception, code: int) -> int:
    sys.stderr.write(f"{problem}\n")
    return code


if __name__ == "__main__":
    main()
