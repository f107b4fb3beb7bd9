"""The talk with `npm run bench -- quality`: one question a line of stdin, one answer a line of stdout, both
JSON. Standard output carries nothing else; what libraries print goes to stderr.
"""

import json
import os
import sys


def options():
    """The options of this program: one JSON object on the command line."""
    return json.loads(sys.argv[1])


def serve(answer):
    """Answers every line of stdin with `answer(question)`: probabilities, seconds and what was chosen."""
    talk = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        probabilities, seconds, chose = answer(json.loads(line))
        rows = [[float(share) for share in row] for row in probabilities]
        talk.write(json.dumps({"probabilities": rows, "seconds": seconds, "chose": chose}) + "\n")
