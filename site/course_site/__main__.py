"""Build the course's web site: ``make site``, or ``PYTHONPATH=site python -m course_site build/site``.

Nothing is run and nothing is fetched: notebooks are shown as they were executed when they were built.
"""

import argparse
from pathlib import Path

from course_site.build import build, repository

parser = argparse.ArgumentParser(prog="python -m course_site", description=__doc__)
parser.add_argument("out", type=Path, help="the folder that gets the site")
parser.add_argument("--no-pdf", action="store_true", help="print nothing: quicker, and links to PDFs lead nowhere")
given = parser.parse_args()
print("Building the pages ...", flush=True)
build(given.out.resolve(), repository(), [] if given.no_pdf else None)
print(f"The site is in {given.out}: open {given.out / 'index.html'}")
