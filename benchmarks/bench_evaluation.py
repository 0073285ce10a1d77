"""Reports that may be one, by their words: ours beside every pair compared by rapidfuzz, the same pairs asserted.

Run: python benchmarks/bench_evaluation.py [reports ...]
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from ilp_lab import evaluation
from ilp_lab.evaluation.likeness import SHARED_WORDS

ALIKE = 0.85


def made(reports: int) -> pd.DataFrame:
    """Reports of ten to thirty words, one in twenty a retelling of another."""
    rng = np.random.default_rng(reports)
    stock = ["".join(rng.choice(list("abdegiklmnorstuv"), rng.integers(3, 10))) for _ in range(5000)]
    share = 1 / np.arange(1, 5001)
    texts = [list(rng.choice(stock, rng.integers(10, 31), p=share / share.sum())) for _ in range(reports)]
    for at in range(reports // 20):
        texts[reports - 1 - at] = [*texts[at][3:], *texts[at][:3]]
    return pd.DataFrame(
        {
            "report_id": np.arange(reports).astype(str),
            "source_ref": "S1",
            "text": [" ".join(words) for words in texts],
        }
    )


def plain(texts: list[str], form_words: set[str]) -> set[tuple[int, int]]:
    """What one would write with rapidfuzz alone: all pairs, then those that share enough words."""
    telling = [[word for word in text.split() if word not in form_words] for text in texts]
    ordered = [" ".join(sorted(words)) for words in telling]
    found = set()
    for begin in range(0, len(texts), 2000):
        block = process.cdist(
            ordered[begin : begin + 2000],
            ordered,
            scorer=fuzz.ratio,
            score_cutoff=100 * ALIKE,
            dtype=np.float32,
            workers=-1,
        )
        for row, to in zip(*np.nonzero(block), strict=True):
            at = int(row) + begin
            left, right = set(telling[at]), set(telling[to])
            if at < to and 2 * len(left & right) >= SHARED_WORDS * (len(left) + len(right)):
                found.add((at, int(to)))
    return found


def main() -> None:
    """Race both on each size."""
    sizes = [int(word) for word in sys.argv[1:]] or [1000, 3000, 10_000]
    evaluation.circular_reports(made(50))  # everything is loaded
    print(f"{'reports':>9} {'pairs':>7} {'rapidfuzz s':>12} {'ours s':>8} {'ratio':>7}")
    for size in sizes:
        reports = made(size)
        start = time.perf_counter()
        found = evaluation.circular_reports(reports, alike=ALIKE, passages=False)
        middle = time.perf_counter()
        theirs = plain(reports["text"].tolist(), set(found["form_words"]))
        end = time.perf_counter()
        listed = found["pairs"]
        pairs = set(zip(listed["report_id"].astype(int), listed["other_id"].astype(int), strict=True))
        assert {(min(pair), max(pair)) for pair in pairs} == theirs
        own, peer = middle - start, end - middle
        print(f"{size:>9,} {len(pairs):>7,} {peer:>12.2f} {own:>8.2f} {peer / own:>6.1f}x")


if __name__ == "__main__":
    main()
