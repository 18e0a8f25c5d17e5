"""How Sphinx builds the site from what `course_site.staging` laid out; `course_site.build` calls it."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

project = "Deep learning on images and text"
author = "the authors of the course"
copyright = "text and figures CC BY 4.0, code MIT"
html_title = "Deep learning on images and text"
language = "en"
highlight_language = "none"  # of blocks that name none: commands, mostly
extensions = ["myst_nb", "sphinx.ext.mathjax", "course_site.extension"]
templates_path = ["templates"]
course_repository = ""  # the repository's address, which course_site.build fills in; empty: no link leads there
course_address = ""  # where the site will be read, for links in what is printed

# Notebooks: shown as they were executed, never run here
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}
nb_number_source_lines = False
myst_enable_extensions = ["dollarmath", "attrs_inline", "colon_fence"]
myst_heading_anchors = 5
myst_update_mathjax = False

# From a package, not from a server; formulas are drawn as SVG, so no font is fetched either
mathjax_path = "mathjax/tex-svg.js"
mathjax3_config = {
    "options": {"enableMenu": False, "processHtmlClass": "math", "ignoreHtmlClass": "document"},
    "svg": {"fontCache": "local"},
}

html_theme = "pydata_sphinx_theme"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_favicon = "static/favicon.svg"
html_copy_source = False  # sources would be there to read, and search engines would find every text twice
html_show_sourcelink = False
html_show_sphinx = False
html_permalinks_icon = "#"
ALONE = ("index", "setup", "glossary", "404", "search", "docs/students", "docs/authors")
html_sidebars = {page: [] for page in ALONE}  # nothing stands below them, so there is nothing to list
html_context = {"default_mode": "auto"}
html_use_index = False
html_domain_indices = False
html_theme_options = {
    "logo": {"text": "Deep learning", "alt_text": "Start page", "image_light": "logo.svg", "image_dark": "logo.svg"},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "navigation_with_keys": False,
    "show_nav_level": 1,
    "show_toc_level": 1,
    "secondary_sidebar_items": {"**": ["page-toc"], "index": [], "404": [], "glossary": [], "notebooks/index": []},
    "article_footer_items": ["problem"],
    "footer_start": ["copyright"],
    "footer_center": [],
    "footer_end": ["about"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "back_to_top_button": True,
}
