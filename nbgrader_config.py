"""The course's configuration for nbgrader and for `autograder`: both read this file, so both do the same.

Run either from this folder. Every setting of nbgrader may be changed here; https://nbgrader.readthedocs.io lists them.
"""

from autograder.plugins import templates

c = get_config()  # noqa: F821  (provided by traitlets when it loads this file)

# Folders: solutions/ is what authors write, notebooks/ is what students get
c.CourseDirectory.course_id = "deep-learning"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    "results",  # measurements, see course_utils/ledger.py
    "*.py",  # the notebooks' sources hold the solutions: never released
    "samples",  # of the project: for those who mark it
]

# What students find in place of a solution
c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("Your code goes here: replace this line.")'}
c.ClearSolutions.text_stub = "*Your answer goes here: replace this line.*"

# From solutions to what students get: nbgrader's own steps, and a button that checks the notebook
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
    "autograder.plugins.AddCheckButton",
]

# Other users of the machine cannot read what kernels and grader say to each other
c.KernelManager.transport_encryption = "auto"

# Grading. Each of these replaces a part of nbgrader's; autograder/plugins.py lists them, in order, and where each is
c.Autograde.pre_convert_hook = "autograder.plugins.before_autograde"
c.Autograde.exporter_class = "autograder.plugins.SubmissionReader"
c.Autograde.sanitize_preprocessors = [
    "autograder.plugins.RebuildSubmission",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.plugins.ExecuteSubmission",
    "nbgrader.preprocessors.IgnorePattern",
    "nbgrader.preprocessors.LimitOutput",
    "autograder.plugins.SaveMarks",
    "nbgrader.preprocessors.AssignLatePenalties",
]
c.ExecuteSubmission.limits = {  # all of them, and their defaults: autograder/kernels/limits.py
    "memory": "2 GiB",
    "disk": "256 MiB",
    "cell_time": 20,  # seconds
    "total_time": 300,
}
c.ExecuteSubmission.assignment_limits = {  # for example {"06_transfer_learning": {"memory": "4 GiB"}}
    "11_project": {"cell_time": 180, "total_time": 900},  # its tests call the student's `train`, small and twice
}

# Late submissions: what they cost, by the due date in the gradebook and by extensions.csv. All that may be set, and the
# defaults: autograder/submissions/late.py. For example {"kind": "per day", "percent": 10, "timezone": "Europe/Berlin"}
c.AssignLatePenalties.plugin_class = "autograder.plugins.LatePenalty"
c.LatePenalty.policy = {"kind": "none", "timezone": "UTC"}
c.LatePenalty.assignment_policies = {}  # for example {"06_transfer_learning": {"kind": "cut-off", "cut_off_days": 3}}

# Feedback: no hidden tests, and nothing that a student wrote runs in the reader's browser
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    "autograder.plugins.FeedbackView",
]
c.HTMLExporter.extra_template_basedirs = templates()  # from here on the formgrader's page of a submission too
c.HTMLExporter.preprocessors = ["autograder.plugins.SafePage"]
c.HTMLExporter.sanitize_html = True  # outputs
c.HTMLExporter.filters = {
    "markdown2html": "autograder.plugins.markdown2html",
    "clean_html": "autograder.plugins.clean_html",
    "ansi2html": "autograder.plugins.ansi2html",
    "strip_files_prefix": "autograder.plugins.unchanged",
    "script_hashes": "autograder.plugins.hashes",
    "float": "autograder.plugins.as_float",  # "not marked yet" stays what it is
    "round": "autograder.plugins.as_rounded",
}
