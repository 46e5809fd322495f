"""What becomes of what a raiser answers on the page: a real Temporal, a real worker, and the link as it was emailed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from escalation.history import HistoryEntry
from tests.web.asked_about import AMARA, asking_served, closed
from tests.web.bench import REFERENCE, Bench, DevelopmentServer, Page, browsing, confirmed, london, press
from tests.web.reply.living import Live, living, until
from web.temporal import Temporal

LINK = re.compile(rb"answer there: (\S+)")
NEW = f"{REFERENCE}-2"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[DevelopmentServer]:
    running = DevelopmentServer(tmp_path)
    running.start()
    yield running
    running.kill()


def _link(folder: Path) -> str | None:
    for file in folder.glob("*.eml"):
        text = file.read_bytes().replace(b"=\r\n", b"").replace(b"=\n", b"").replace(b"=3D", b"=")
        if b"Notice: was_it_done" in text and (found := LINK.search(text)):
            return found[1].decode()
    return None


async def _asked(live: Live) -> str:
    """The path of the link that the raiser was sent."""
    await live.start()
    await live.start_worker()
    link = await until(lambda: asyncio.to_thread(_link, live.bench.folder / "mail"))
    await live.until_recorded("promise_due")
    return link.removeprefix(live.bench.settings.public_url)


async def _on_the_page(live: Live, steps: Callable[[httpx2.Client], list[Page]]) -> list[Page]:
    bench = live.bench
    with (
        asking_served(bench, client=Temporal(bench.settings, bench.ring).connected) as address,
        browsing(address) as browser,
    ):
        return await asyncio.to_thread(steps, browser)


def _answer(browser: httpx2.Client, page: Page, said: str, **more: str) -> Page:
    (n,) = re.findall(r"done-(\d+)", " ".join(page.ids))[:1]
    named = {f"{name}-{n}": value for name, value in more.items()}
    answer = browser.post(page.form.action, data=page.form.fields | named | {"act": "answer", f"done-{n}": said})
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


async def test_no_and_a_linked_escalation_at_a_stage_of_the_raisers_choice_begun_once(
    tmp_path: Path, server: DevelopmentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with living(closed(Bench(tmp_path)), server, london("2026-11-27 09:01"), monkeypatch) as live:
        path = await _asked(live)

        def steps(browser: httpx2.Client) -> list[Page]:
            no = _answer(browser, confirmed(browser, path, AMARA), "no", text="No minutes on the file.")
            begun = Page(press(browser, no, "begin", stage="L3", reason="The next review is near.").text)
            return [no, begun, Page(press(browser, no, "begin", stage="L3", reason="x").text)]

        no, begun, again = await _on_the_page(live, steps)
        assert "Your answer is recorded" in no.text
        assert f"A linked escalation is begun Its reference: {NEW}" in begun.text
        assert "It asks the Assistant Director" in begun.text
        assert "for an answer by Friday 4 December 2026 at 5pm" in begun.text
        assert "nothing new was begun now" in again.text
        (said,) = await live.until_recorded("promise_not_kept")
        assert (said.by, said.name, said.details["text"]) == ("iro", "Amara Okafor", "No minutes on the file.")
        assert len(await live.until_recorded("followed")) == 1
        new: list[HistoryEntry] = await until(lambda: asyncio.to_thread(live.bench.register.history, NEW))
        raised = next(entry for entry in new if entry.event == "raised")
        assert (raised.stage, raised.by, raised.details["follows"]) == ("L3", "iro", REFERENCE)
        assert raised.details["bypass_reason"].endswith("The next review is near.")


@pytest.mark.parametrize(
    ("said", "more", "event", "words"),
    [
        ("yes", {}, "promise_kept", "It was done, as Amara Okafor"),
        ("no_further", {}, "promise_not_kept", "No linked escalation is begun."),
        ("put_off", {"when": "11/12/2026"}, "promised", "Another date was agreed: Friday 11 December 2026."),
    ],
)
async def test_each_other_answer_reaches_the_history_and_asks_no_more(
    tmp_path: Path,
    server: DevelopmentServer,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    more: dict[str, str],
    event: str,
    words: str,
) -> None:
    async with living(closed(Bench(tmp_path)), server, london("2026-11-27 09:01"), monkeypatch) as live:
        path = await _asked(live)
        before = len(live.history(event))
        (page,) = await _on_the_page(
            live, lambda browser: [_answer(browser, confirmed(browser, path, AMARA), said, **more)]
        )
        assert words in page.text
        assert page.forms == []

        async def recorded() -> bool:
            return len(await asyncio.to_thread(live.history, event)) == before + 1

        await until(recorded)
