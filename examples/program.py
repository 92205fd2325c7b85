#!/usr/bin/env python3
"""program.py [N]: Rosenbrock's valley of N parameters (2) as a program in plain Python, with its gradient.

    thalweg gradient --exec "examples/program.py 10" --method analytic

What must be kept: one line of answer for each line of request, sent off at once (flush)."""
import sys

n = int(sys.argv[1]) if len(sys.argv) > 1 else 2


def value(x):
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


def gradient(x):
    g = [0.0] * n
    for i in range(n - 1):
        height = x[i + 1] - x[i] * x[i]
        g[i] += -400 * x[i] * height - 2 * (1 - x[i])
        g[i + 1] += 200 * height
    return g


def say(*words):
    print(*words, flush=True)


say("thalweg 1\nsize", n)
say("start\ngradient\nready")
for line in sys.stdin:
    word, *numbers = line.split()
    x = [float(number) for number in numbers]
    if word == "value":
        say(value(x))
    elif word == "gradient":
        say(*gradient(x))
    elif word == "start":
        say(*[(-1.2, 1.0)[i % 2] for i in range(n)])
    elif word == "quit":
        break
    else:
        say("error what is '%s'?" % word)
