"""The lesson on learning, without a browser: its losses are the tutorial's own."""

from __future__ import annotations

import re
from pathlib import Path

import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from tests.shown import programs

PAGE = Path(__file__).parents[2] / "pages" / "4_training.py"


def lesson(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in parameters.items():
        page.query_params[f"training_{key}"] = value
    page.run()
    assert not page.exception
    return page


def printed(page: AppTest) -> dict[int, float]:
    """The losses by epoch, as the page shows the tutorial's log."""
    lines = re.findall(r"epoch:  (\d+)  loss:  (\S+)", page.code[0].value)
    return {int(epoch): float(loss) for epoch, loss in lines}


def tutorial(epochs: int, learning_rate: float, n_h: int, seed: int) -> list[float]:
    """The losses that the tutorial's own lines print."""
    losses = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        n_in, n_out, batch_size = 10, 1, 10
        x = torch.randn(batch_size, n_in)
        y = torch.tensor([[1.0], [0.0], [0.0], [1.0], [1.0], [1.0], [0.0], [0.0], [1.0], [1.0]])
        model = nn.Sequential(nn.Linear(n_in, n_h), nn.ReLU(), nn.Linear(n_h, n_out), nn.Sigmoid())
        criterion = torch.nn.MSELoss()
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
        for _epoch in range(epochs):
            y_pred = model(x)
            loss = criterion(y_pred, y)
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return losses


def tasks_done(page: AppTest) -> int:
    return sum("Done." in each.value for each in page.success)


def test_it_opens_with_the_losses_that_the_tutorial_prints() -> None:
    losses = tutorial(50, 0.01, 5, 0)
    shown = printed(lesson())
    assert shown == {epoch: losses[epoch] for epoch in shown}
    assert max(shown) == 49


def test_other_controls_give_what_the_same_lines_give_with_them() -> None:
    losses = tutorial(80, 0.5, 9, 3)
    shown = printed(lesson(epochs="80", rate="0.5", hidden="9", seed="3"))
    assert shown == {epoch: losses[epoch] for epoch in shown}
    assert max(shown) == 79


def test_an_earlier_moment_shows_the_log_up_to_there() -> None:
    assert set(printed(lesson(at="4"))) == {0, 1, 2, 3, 4}


def test_a_moment_beyond_the_run_is_its_end_and_nothing_complains() -> None:
    page = lesson(at="40", epochs="20")
    assert max(printed(page)) == 19
    assert not page.warning


def test_the_five_parts_of_a_step_follow_each_other_into_the_next_step() -> None:
    page = lesson(at="3")
    seen = []
    for _ in range(6):
        seen.append(page.session_state["training_part"])
        page.button(key="training_next").click().run()
    assert seen == ["zero_grad", "forward", "loss", "backward", "step", "zero_grad"]
    assert max(printed(page)) == 4


def test_new_value_is_old_value_minus_rate_times_gradient() -> None:
    table = lesson(at="3", part="step", rate="0.1").dataframe[0].value
    expected = table["old value"] - 0.1 * table["gradient"]
    torch.testing.assert_close(
        torch.tensor(table["new value"].to_numpy()),
        torch.tensor(expected.to_numpy()),
        rtol=1e-4,
        atol=1e-6,
    )


def test_a_learning_rate_that_explodes_is_said_in_a_sentence_and_marked() -> None:
    page = lesson(rate="50", end="Identity")
    assert "diverged" in page.warning[0].value
    assert tasks_done(page) == 1
    assert printed(page)


def test_enough_steps_learn_the_rows_by_heart() -> None:
    page = lesson(rate="1.5", epochs="800")
    assert tasks_done(page) == 1


def test_forgetting_zero_grad_changes_the_losses_and_the_code() -> None:
    page = lesson(forget="true", rate="0.5")
    assert printed(page) != printed(lesson(rate="0.5"))
    assert "# optimizer.zero_grad()" in programs(page)[-1]


def test_a_right_prediction_is_praised_and_a_wrong_one_is_not() -> None:
    assert any("Yes." in each.value for each in lesson(guess="hardly").success)
    assert any("Not quite." in each.value for each in lesson(guess="zero").info)


def test_nonsense_in_the_link_is_one_sentence_and_a_sane_page() -> None:
    page = lesson(hidden="1e9", rate="<b>", end="exec", part="x", at="-4", style="?")
    assert 1 <= len(page.warning) <= 3
    assert printed(page)
