"""The talk with `npm run bench`: it asks for one round at a time, so that rounds of several
programs can take turns on the same processor.

Out, one JSON object a line: first {"ready": {versions}}, then for each line that comes in what that
round measured. Standard output carries nothing else; what libraries print goes to stderr.
"""

import json
import os
import sys
import time

# Long enough that the clock's resolution does not matter.
SECONDS_A_ROUND = 5.0


def settings():
    """The options of this program: one JSON object on the command line."""
    return json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}


def serve(versions, measure):
    """Answers every line of stdin with what `measure()` returns, until stdin ends."""
    talk = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    talk.write(json.dumps({"ready": versions}) + "\n")
    for _ in sys.stdin:
        talk.write(json.dumps(measure()) + "\n")


def repeated(amount, work):
    """Runs `work` until a round is long enough; `amount` is what one run gets done."""
    started = time.perf_counter()
    done = 0
    while time.perf_counter() - started < SECONDS_A_ROUND:
        work()
        done += 1
    return {"amount": done * amount, "seconds": time.perf_counter() - started}


def torch_versions():
    import torch
    import torchvision

    return {
        "python": sys.version.split()[0],
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "threads": str(torch.get_num_threads()),
    }
