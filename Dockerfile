# The whole course, with the grader: docker build -t deep-learning . && docker run --rm -p 8888:8888 deep-learning
# Then open the address that it prints. To grade in it, see docs/instructors.md: the sandbox needs more rights.
FROM python:3.12-slim-bookworm

# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends make libseccomp2 \
 && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home course
USER course
WORKDIR /home/course/deep-learning

# What is installed changes less often than the course
COPY --chown=course requirements.lock pyproject.toml Makefile README.md LICENSE LICENSE-TEXT ./
COPY --chown=course autograder autograder
COPY --chown=course course_utils course_utils
RUN make .venv/installed

COPY --chown=course . .
RUN touch .venv/installed

EXPOSE 8888
CMD ["make", "lab", "LAB=--ip=0.0.0.0 --no-browser"]
