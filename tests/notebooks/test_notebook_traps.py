"""What a curious student tries first: change a number and run again, use the network that was handed out.

One line for each notebook that trains. Its cells run up to the one that trains, with few data and few epochs; then a
number changes, and what is shown must change with it; then the network must take `evaluate` and `fit`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from autograder.authoring.build import from_source
from autograder.notebooks.cells import grade_id

SOLUTIONS = Path(__file__).parents[2] / "solutions"


@dataclass(frozen=True)
class Trap:
    """A change that must be seen.

    A cell is named by a piece of its code.

    Args:
        assignment: the notebook.
        until: the last cell that is run.
        shown: what the student looks at, an expression, and the cell that is run again after the change; an empty one
            where looking again must be enough, as for a `Study`.
        change: what the student changes.
        model: a network that the notebook hands out, an expression; empty for none.
        data: what it can be evaluated on and trained with.
        small: code that makes the run short, by the cell after which it is run.
    """

    assignment: str
    until: str
    shown: Mapping[str, str]
    change: str
    model: str = ""
    data: str = "x_val, y_val"
    small: Mapping[str, str] = field(default_factory=dict)


SMALL_02 = {
    "x_train, x_val = prepare(": "x_train, y_train, x_val, y_val = x_train[:64], y_train[:64], x_val[:32], y_val[:32]",
    "settings = {": "settings['epochs'], seeds = 2, [0]",
}
RACE, STUDY = "race[name] =", "= Study(control"
SHOWN_02 = {"race": RACE, "shuffle_study.runs('dense net')[0]['accuracy']": ""}
SMALL_03 = {
    "settings = {": "settings['epochs'] = 1; num_long, short_run, long_run, long_seeds = 64, 2, 3, 1",
    "y_train, y_val, names =": "x_train, y_train, x_val, y_val = x_train[:64], y_train[:64], x_val[:32], y_val[:32]",
}
SHOWN_03 = {"long_study.runs('2 epochs')[0]['accuracy']": ""}
SMALL_05 = {
    "settings = {": "settings['epochs'], settings['draws'], seeds = 2, 1, [0]",
    "photos = data": "import dataclasses; p = photos; few = {'x_val': p.x_val[:50], 'y_val': p.y_val[:50]}; "
    "few |= {'x_test': p.x_test[:10], 'y_test': p.y_test[:10]}; photos = dataclasses.replace(p.subset(40), **few)",
}
SHOWN_05 = {"race.runs('augmented')[0]['accuracy']": ""}
SMALL_06 = {
    "settings = {": "settings['num'], settings['steps'] = 20, dict.fromkeys(settings['steps'], 4); seeds = [0]",
}
SHOWN_06 = {"race_study.runs('scratch')[0]['accuracy']": ""}
MORE_06 = "settings['steps']['scratch'] = 20"
FEW_07 = "x_train=q.x_train[:64], y_train=q.y_train[:64], x_val=q.x_val[:32], y_val=q.y_val[:32]"
SMALL_07 = {
    "questions = data": f"import dataclasses; q = questions; questions = dataclasses.replace(q, {FEW_07})",
    "epochs, batch_size": "epochs = 2",
}
SHOWN_07 = {"study.runs('10,000 tokens')[0]['accuracy']": ""}
SMALL_08 = {
    "settings = {": "settings['epochs'], seeds = 2, [0]",
    "questions = data": SMALL_07["questions = data"],
}
SHOWN_08 = {"first_study.runs('convnet')[0]['accuracy']": ""}
SMALL_09 = {
    "train, new, ball_epochs =": "ball_epochs = 1; before, after = before[:4100], after[:4100]",
    "lamp_x, lamp_y, waits =": "lamp_x, lamp_y, waits = lamps(3100, 40, seed)",
    "lamp_epochs = 6": "lamp_epochs = 2",
    "settings = {": "seeds = [0]",
}
SHOWN_09 = {"simple_study.runs('SimpleRNN')[0]['accuracy']": ""}
CUT_10 = "lambda p, n: type(p)(p.x[:n], p.boxes[:n], p.labels[:n], p.instances[:n])"
SMALL_10 = {
    "scenes = data.scenes(": f"""import dataclasses; cut = {CUT_10}
scenes = dataclasses.replace(scenes, train=cut(scenes.train, 64), val=cut(scenes.val, 40))
epochs["detect"], epochs["whether"] = 2, 1""",
}
SHOWN_10 = {"histories[0]['loss']": "trained = ["}
TRAPS = [
    Trap("02_cnn_on_mnist", STUDY, SHOWN_02, "settings['epochs'] = 1", "networks['convnet'][0]", small=SMALL_02),
    Trap("03_cnn_on_cifar10", "long_study = Study(", SHOWN_03, "num_long = 32", "model", small=SMALL_03),
    Trap(
        "05_data_augmentation",
        "race = Study(",
        SHOWN_05,
        "settings['epochs'] = 1",
        "model",
        "photos.x_val, photos.y_val",
        SMALL_05,
    ),
    Trap("06_transfer_learning", "race_study = Study(", SHOWN_06, MORE_06, "model", small=SMALL_06),
    Trap(
        "07_text_vectorisation",
        "study = Study(",
        SHOWN_07,
        "epochs = 1",
        "train(0, learning_rate, 1)[1]",
        "x_val, questions.y_val",
        SMALL_07,
    ),
    Trap("08_conv1d_for_text", "first_study = Study(", SHOWN_08, "settings['epochs'] = 1", "model", small=SMALL_08),
    Trap(
        "09_rnn_lstm_gru",
        "simple_study = Study(",
        SHOWN_09,
        "lamp_epochs = 1",
        "model",
        "before[new, 2:], after[new]",
        SMALL_09,
    ),
    Trap(
        "10_beyond_classification",
        "trained = [",
        SHOWN_10,
        "epochs['detect'] = 1",
        "classifier",
        "val['x'], there_val",
        SMALL_10,
    ),
]


class Notebook:
    """The code cells of a source, but for tests, run one by one."""

    def __init__(self, assignment: str) -> None:
        cells = from_source(SOLUTIONS / assignment / f"{assignment}.py").cells
        code = [cell for cell in cells if cell.cell_type == "code"]
        self.cells = [cell.source for cell in code if not str(grade_id(cell)).endswith("-test")]
        self.names: dict[str, Any] = {"__name__": "__main__"}

    def run(self, code: str) -> None:
        exec(compile(code, "<cell>", "exec"), self.names)

    def run_until(self, last: str, small: Mapping[str, str]) -> None:
        assert all(any(piece in cell for cell in self.cells) for piece in (last, *small))
        for cell in self.cells:
            self.run(cell)
            for code in [code for piece, code in small.items() if piece in cell]:
                self.run(code)
            if last in cell:
                return

    def look(self, expression: str) -> Any:
        return eval(expression, self.names)


@pytest.mark.filterwarnings("ignore:Degrees of freedom", "ignore:invalid value")  # a deviation from a single seed
@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.assignment)
def test_changed_number_is_seen_and_network_can_be_used(
    trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    notebook = Notebook(trap.assignment)
    notebook.run_until(trap.until, trap.small)
    before = {expression: json.dumps(notebook.look(expression)) for expression in trap.shown}
    notebook.run(trap.change)
    for expression, again in trap.shown.items():
        if again:
            notebook.run(next(cell for cell in notebook.cells if again in cell))
        assert json.dumps(notebook.look(expression)) != before[expression], f"{expression} is that of before"
    if trap.model:
        model, data = notebook.look(trap.model), notebook.look(trap.data)
        assert len(model.evaluate(*data, verbose=0)) == 2
        assert len(model.fit(*data, epochs=1, verbose=0).history["loss"]) == 1
