"""The command line. Exit codes: 0 done, 1 refused by the rules, 2 wrong input, 3 something we need does not answer."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from escalation.errors import NoAnswer, TwentydaysError
from starter.leaving import leave

DONE, REFUSED, WRONG_INPUT, NO_ANSWER = 0, 1, 2, 3

HELP = "Runs dispute-resolution escalations: the right manager is asked, silence moves it on, the raiser decides."
COMMANDS = {
    "up": (
        "starter.running:up",
        "Run everything on this machine, for trying: Temporal, mail catcher, worker, web, a sample council.",
    ),
    "worker": (
        "starter.running:worker",
        "Run a worker alone, against the Temporal that TEMPORAL_ADDRESS names, until Ctrl-C or SIGTERM.",
    ),
    "web": (
        "starter.running:web",
        "Serve the pages, reply links, case events and API on this machine, until Ctrl-C or SIGTERM.",
    ),
    "rehearse": (
        "starter.running:rehearse",
        "Play a scenario and print what the system would have done, on the dates in the file.",
    ),
    "start": (
        "starter.acting:start",
        "Start an escalation from a case event. The same event again starts nothing new.",
    ),
    "respond": (
        "starter.acting:respond",
        "Answer as the addressee of a stage. The answer is kept before anything else happens, so it cannot be lost.",
    ),
    "decide": (
        "starter.acting:decide",
        "Decide as the raiser, or as who covers: satisfied closes, not_satisfied goes to the next stage.",
    ),
    "act": (
        "starter.acting:act",
        "Do any act by its name: bypass, grant_extension, cover, set_action, answer_promise, close, and the others.",
    ),
    "follow": (
        "starter.linking:follow",
        "Begin a linked escalation because a promise was not kept, at a stage of your choice.",
    ),
    "show": (
        "starter.asking:show",
        "Where an escalation stands, its history, and what became of each email. Also after it has closed.",
    ),
    "explain": (
        "starter.asking:explain",
        "Why its dates are what they are: each day counted or skipped, with the reason, and which clock binds.",
    ),
    "export": (
        "starter.exporting:export",
        "Forms, texts for case notes, the outcome and the whole case file: PDF, HTML or text.",
    ),
    "list": ("starter.asking:list_", "The open escalations: stage, whose turn, until when."),
    "record": (
        "starter.recording:record_",
        "Record something outside every escalation: good practice, a significant change, an audit, an entry of a log.",
    ),
    "recordings": ("starter.recording:recordings", "What was recorded outside every escalation, oldest first."),
    "check": (
        "starter.checking:check",
        "Prove what can be proved of procedures, for every start date of ten years and every path.",
    ),
    "chart": ("starter.charting:chart", "Draw the flowchart of a procedure: an SVG image, Mermaid text, or words."),
    "diff": (
        "starter.differing:diff",
        "Say in words what changes between two versions of a procedure, and which open escalations began under which.",
    ),
    "tell": (
        "starter.telling_procedures:tell",
        "Tell a procedure in plain words: every rule, the document's words beside it, and what is ours marked so.",
    ),
    "report": (
        "starter.reporting:report",
        "The numbers of one of a procedure's reports; without its name, the reports that there are.",
    ),
    "summary": (
        "starter.monthly:summary",
        "The month's numbers for directors, under each procedure, beside those of the month before.",
    ),
    "import": (
        "starter.importing.commands:import_",
        "Read case events out of an extract. Without --apply nothing is written.",
    ),
    "token": ("starter.tokens:token", "Tokens with which programs use the API."),
    "doctor": (
        "starter.doctor:doctor",
        "Look at everything that the work needs, with advice. Exit code 0 all is well, 2 wrongly set, 3 no answer.",
    ),
    "register": ("starter.register_commands:registering", "The register itself: upgrade, verify, rebuild."),
    "drafts": ("starter.drafts:drafts", "Case events that lack fields of the form: nothing has started yet."),
    "hand-over": (
        "starter.handing_over:hand_over",
        "Hand over all open escalations and waiting drafts of one raiser, with their tasks, to another.",
    ),
    "hand-overs": (
        "starter.past_hand_overs:hand_overs",
        "Past hand-overs, newest first: who handed what over to whom, when and why.",
    ),
    "mail": ("starter.post:mail", "All email: hold it, release it, see what waits, read what came back."),
    "directory": (
        "starter.directory.commands:directory",
        "Who holds which post: look it up, change it, import it, look ahead.",
    ),
}
"""Where each command, or group of them, stands, and its line in the list: how its own help begins.

A module is imported when its command runs: all of them together, with what they need, take seconds.
"""
WITHOUT_TEMPORAL = {
    "chart", "check", "diff", "export", "list", "show", "explain", "report", "register", "tell", "token", "directory",
    "hand-overs",
}  # fmt: skip
"""Commands that never connect to Temporal: its SDK takes longest to import."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command, then end at once (see `starter.leaving`)."""
    words = sys.argv[1:] if arguments is None else arguments
    if _may_connect(words):
        from config.logs import forward_core_logs  # noqa: PLC0415 - only where Temporal's SDK is needed anyway

        forward_core_logs()
    leave(_run(words))


def _may_connect(words: Sequence[str]) -> bool:
    return any(word in COMMANDS and word not in WITHOUT_TEMPORAL for word in words[:1])


def _run(arguments: Sequence[str]) -> int:
    try:
        result = _app(arguments)(arguments, exit_on_error=False, result_action="return_value")
    except BrokenPipeError:  # whoever reads has read enough: `twentydays list | head`
        return DONE
    except NoAnswer as problem:
        return _say(problem, NO_ANSWER)
    except (TwentydaysError, OSError) as problem:
        return _say(problem, WRONG_INPUT)
    except CycloptsError:  # it has said what is wrong, and what there is instead
        return WRONG_INPUT
    except KeyboardInterrupt:
        return DONE
    return result if isinstance(result, int) else DONE


def _app(arguments: Sequence[str]) -> App:
    app = App(
        name="twentydays",
        help=HELP,
        version="0.1.0",
        help_epilogue="Exit codes: 0 done, 1 refused by the rules, 2 wrong input, 3 something needed does not answer.",
    )
    one = any(word in COMMANDS for word in arguments[:1])
    for name, (place, line) in COMMANDS.items():
        app.command(place, name=name, help=None if one else line)  # on its own page a command's own words say more
    return app


def _say(problem: Exception, code: int) -> int:
    sys.stderr.write(f"{problem}\n")
    return code


if __name__ == "__main__":
    main()
