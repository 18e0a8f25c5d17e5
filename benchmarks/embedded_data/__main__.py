"""Measures whether the embedded sets show what the lessons teach: the lessons' nets, trained over several seeds.

    python -m benchmarks.embedded_data                        five seeds, a quarter of an hour on two idle cores
    python -m benchmarks.embedded_data --only photos reviews
    python -m benchmarks.embedded_data --seeds 1              a first look

Prints a row per model, then each condition with its figures; ends with status 1 if one of them fails. Every run is
kept in build/benchmarks, so that an interrupted measurement goes on where it stopped. Runs are kept by the code
that makes the set and trains on it: after a change of either they are made anew.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .images import DIGITS, PHOTOS, PICTURES
from .measuring import HEADER, Benchmark
from .texts import QUESTIONS, REMEDIES, REVIEWS

BENCHMARKS: dict[str, Benchmark] = {b.name: b for b in (DIGITS, PICTURES, QUESTIONS, REVIEWS, REMEDIES, PHOTOS)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the sets asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5, help="how many training runs of each model")
    parser.add_argument("--only", nargs="+", choices=sorted(BENCHMARKS), default=list(BENCHMARKS), help="these sets")
    parser.add_argument("--results", type=Path, default=Path("build/benchmarks"), help="where runs are kept")
    parser.add_argument("--fresh", action="store_true", help="forget the runs of these sets that are kept")
    options = parser.parse_args(arguments)
    conditions = []
    print(HEADER, flush=True)
    for benchmark in (BENCHMARKS[name] for name in options.only):
        if options.fresh:
            benchmark.store(options.results).unlink(missing_ok=True)
        results = benchmark.measure(range(options.seeds), options.results)
        print(results.table(), flush=True)
        conditions += benchmark.judge(results)
    print("\nConditions", *conditions, sep="\n")
    return 0 if all(condition.holds for condition in conditions) else 1


if __name__ == "__main__":
    sys.exit(main())
