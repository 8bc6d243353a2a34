"""What the sketch renderer costs: CPU seconds per minute of stereo audio, style by style.

    uv run python benchmarks/sketch.py [seconds of audio per style]

Each style renders in a process of its own on one thread, after a short warm-up piece, so that the
numbers hold for a worker that is already there. The baseline, timed in the same process, is one
stereo convolution reverb of two seconds over one minute (`scipy.signal.oaconvolve`, float32):
the single dearest thing a plain renderer would do once per part.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

STYLES = (
    "house", "deep house", "techno", "trance", "drum and bass", "dubstep", "trap", "hip hop",
    "lo-fi", "synthwave", "ambient", "disco funk", "pop", "rock", "jazz", "reggae", "latin",
)  # fmt: skip

_ONE = """
import json, resource, sys, time
import numpy as np
from scipy.signal import oaconvolve
from engine import GenerateRequest, checked
from engine.renderers import sketch
caption, duration_s = sys.argv[1], float(sys.argv[2])
render = sketch.load().render
def timed(do):
    start = time.process_time()
    result = do()
    return time.process_time() - start, result
def piece(seconds, seed):
    request = checked(GenerateRequest, caption=caption, duration_s=seconds, seed=seed)
    return render(request, None, lambda stage, done: None, lambda: False)
cold_s, _ = timed(lambda: piece(10, 1))
cost_s, _ = timed(lambda: piece(duration_s, 2))
noise = np.random.default_rng(1).standard_normal((2, 60 * 48_000), dtype=np.float32)
tail = noise[:, : 2 * 48_000] * np.exp(-np.arange(2 * 48_000, dtype=np.float32) / 24_000)
baseline_s, _ = timed(lambda: oaconvolve(noise, tail, axes=1))
peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([cold_s, cost_s * 60 / duration_s, baseline_s, peak_mb]))
"""


def main() -> None:
    duration_s = sys.argv[1] if len(sys.argv) > 1 else "180"
    one_thread = os.environ | dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
    )
    print(f"sketch, {duration_s} s of audio per style, one thread")
    print(f"{'style':14} {'CPU s/min':>9} {'x real time':>11} {'of baseline':>11} {'peak MB':>8}")
    worst = 0.0
    for style in STYLES:
        done = subprocess.run(
            [sys.executable, "-c", _ONE, style, duration_s],
            capture_output=True, text=True, check=True, env=one_thread,
        )  # fmt: skip
        _, cost_s, baseline_s, peak_mb = json.loads(done.stdout)
        worst = max(worst, cost_s)
        ratio = cost_s / baseline_s
        print(f"{style:14} {cost_s:9.2f} {60 / cost_s:11.0f} {ratio:11.2f} {peak_mb:8.0f}")
    print(f"dearest style: {worst:.2f} CPU s per minute")


if __name__ == "__main__":
    main()
