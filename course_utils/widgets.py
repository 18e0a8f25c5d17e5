"""Sliders that also leave a picture: alive in JupyterLab, a still figure everywhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from course_utils.plots import described

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def explore(draw: Callable[..., Figure], *, alt: str, **controls: Any) -> None:
    """Show a figure with one slider, menu or tick box per argument.

    One output carries both: the live widget for front ends that have ipywidgets (JupyterLab), and a picture of the
    first setting for those that have not (GitHub, a printed page, a notebook opened without a kernel).

    Args:
        draw: makes a new figure from the controls' values.
        alt: what the figure shows, for readers who cannot see it.
        controls: what `ipywidgets.interactive` understands: an ipywidgets control, ``(low, high)`` or
            ``(low, high, step)`` for a slider that starts at low, a list for a menu, a bool for a tick box.
    """
    import matplotlib.pyplot as plt
    from IPython.display import display
    from ipywidgets import interactive

    def show(**values: Any) -> None:
        figure = draw(**values)
        display(described(figure, alt), raw=True)
        plt.close(figure)

    for name, setting in controls.items():
        if isinstance(setting, tuple):
            controls[name] = interactive.widget_from_abbrev(setting)
            controls[name].value = setting[0]  # ipywidgets would start in the middle
    panel = interactive(show, **controls)
    first = draw(**{name: control.value for name, control in zip(controls, panel.kwargs_widgets, strict=True)})
    still = described(first, alt)
    plt.close(first)
    widget = panel._repr_mimebundle_()
    display({**widget, **still}, raw=True)
