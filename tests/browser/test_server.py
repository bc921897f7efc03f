"""Two script threads of one session never touch the same run."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.ground import serve_ground


def test_one_thread_of_a_session_at_a_time(page: Page, tmp_path: Path) -> None:
    with serve_ground(tmp_path) as ground:
        page.goto(f"{ground.url}/race")
        said = page.get_by_test_id("stText")
        expect(said).to_have_text("most 1 runs 1", timeout=60_000)
        for _ in range(6):
            page.get_by_role("button", name="Again").click()
            page.wait_for_timeout(100)
        expect(said).not_to_have_text("most 1 runs 1")
        expect(said).to_contain_text("most 1 ")
        assert ground.complaints() == []
