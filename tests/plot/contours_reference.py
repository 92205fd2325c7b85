"""Number and total length of contour lines by contourpy, matplotlib's tracer.

Reads from standard input: nx ny levels, x, y, z (row by row), the levels. Writes a line a level.
"""
import sys

import numpy as np
from contourpy import contour_generator

numbers = iter(float(word) for word in sys.stdin.read().split())
nx, ny, count = (int(next(numbers)) for _ in range(3))
x = np.array([next(numbers) for _ in range(nx)])
y = np.array([next(numbers) for _ in range(ny)])
z = np.array([next(numbers) for _ in range(nx * ny)]).reshape(ny, nx)
generator = contour_generator(x, y, np.ma.masked_invalid(z), name="serial", corner_mask=False)
for _ in range(count):
    lines = generator.lines(next(numbers))
    length = sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in lines)
    print(len(lines), repr(float(length)))
