"""What the course notebooks import: checks with helpful messages, plots, sliders.

Importing this package is quick and loads neither TensorFlow nor matplotlib: each module loads what it needs on first
use. It does keep TensorFlow quiet, which otherwise greets every notebook with lines about the processor.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
