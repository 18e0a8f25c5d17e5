"""What the course notebooks import: checks with helpful messages, plots, sliders.

Importing this package is quick and loads neither TensorFlow nor matplotlib: each module loads what it needs on first
use. It does keep TensorFlow quiet, which otherwise greets every notebook with lines about the processor (see `_quiet`);
nothing about how TensorFlow computes is changed.
"""

import os

from . import _quiet

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
_quiet.install()
