"""Sliders that also leave a picture: alive in JupyterLab, a still figure everywhere else."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def explore(draw: Callable[..., Figure], **controls: Any) -> None:
    """Show a figure with one slider, menu or tick box per argument.

    One output carries both: the live widget for front ends that have ipywidgets (JupyterLab), and a PNG of the first
    setting for those that have not (GitHub, a printed page, a notebook opened without a kernel).

    Args:
        draw: makes a new figure from the controls' values.
        controls: what `ipywidgets.interactive` understands: an ipywidgets control, ``(low, high)`` or
            ``(low, high, step)`` for a slider that starts at low, a list for a menu, a bool for a tick box.
    """
    import matplotlib.pyplot as plt
    from IPython.display import display
    from ipywidgets import interactive

    def show(**values: Any) -> None:
        figure = draw(**values)
        display(figure)
        plt.close(figure)

    for name, setting in controls.items():
        if isinstance(setting, tuple):
            controls[name] = interactive.widget_from_abbrev(setting)
            controls[name].value = setting[0]  # ipywidgets would start in the middle
    panel = interactive(show, **controls)
    first = draw(**{name: control.value for name, control in zip(controls, panel.kwargs_widgets, strict=True)})
    buffer = BytesIO()
    first.savefig(buffer, format="png")
    plt.close(first)
    widget = panel._repr_mimebundle_()
    widget.pop("text/plain", None)
    display({**widget, "image/png": buffer.getvalue()}, raw=True)
