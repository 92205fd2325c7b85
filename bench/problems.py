"""The problems of accuracy.py in NumPy: 27 functions of one number, and the 35 of More, Garbow and
Hillstrom, ACM TOMS 7 (1981), as vectors of residuals. They take complex numbers and extended
precision, too, and owe nothing to the C formulas in src/model."""
import numpy as np

SLOPES = [
    (np.exp, 1),
    (lambda x: np.exp(100 * x), .01),
    (np.sin, 1),
    (lambda x: x**4 + 3 * x**2 - 10 * x, .99999),
    (np.log, 1),
    (lambda x: 1e4 * x**3 + .01 * x**2 + 5 * x, 1e-9),
    (np.log, 1e-3),
    (lambda x: np.exp(4 * x), 1),
    (np.sqrt, 1),
    (lambda x: np.exp(x**2), 1),
    (np.arctan, .5),
    (lambda x: x**2 * np.log(x), 1),
    (lambda x: 1 / x, 1),
    (lambda x: 1 / x, 10),
    (lambda x: np.exp(x) / (np.sin(x) - x**2), 1),
    (lambda x: x**1.5, .1),
    (lambda x: np.exp(x) / (np.sin(x)**3 + np.cos(x)**3), 1.5),
    (lambda x: np.sin(1 / x), .45),
    (lambda x: np.sin(x * x + 1e6 * x), 0.78539816339744828),
    (lambda x: np.exp(-x**2), .5),
    (lambda x: np.cos(10 * x), 1),
    (lambda x: x**2, 0),
    (lambda x: 1e6 + np.sin(x), 1),
    (lambda x: np.exp(-1e-6 * x), 1),
    (np.sin, 1e6),
    (lambda x: (np.exp(x) - 1)**2 + (1 / np.sqrt(1 + x**2) - 1)**2, 1),
    (lambda x: (np.exp(x) - 1)**2, -8),
]

BARD = np.array([.14, .18, .22, .25, .29, .32, .35, .39, .37, .58, .73, .96, 1.34, 2.10, 4.39])
GAUSSIAN = np.array([.0009, .0044, .0175, .0540, .1295, .2420, .3521, .3989,
                     .3521, .2420, .1295, .0540, .0175, .0044, .0009])
MEYER = np.array([34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
                  8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872.])
KOWALIK = np.array([.1957, .1947, .1735, .1600, .0844, .0627, .0456, .0342, .0323, .0235, .0246])
KOWALIK_AT = np.array([4, 2, 1, .5, .25, .167, .125, .1, .0833, .0714, .0625])
OSBORNE_1 = np.array([
    .844, .908, .932, .936, .925, .908, .881, .850, .818, .784, .751, .718, .685, .658, .628, .603,
    .580, .558, .538, .522, .506, .490, .478, .467, .457, .448, .438, .431, .424, .420, .414, .411,
    .406])
OSBORNE_2 = np.array([
    1.366, 1.191, 1.112, 1.013, .991, .885, .831, .847, .786, .725, .746, .679, .608, .655, .616,
    .606, .602, .626, .651, .724, .649, .649, .694, .644, .624, .661, .612, .558, .533, .495, .500,
    .423, .395, .375, .372, .391, .396, .405, .428, .429, .523, .562, .607, .653, .672, .708, .633,
    .668, .645, .632, .591, .559, .597, .625, .739, .710, .729, .720, .636, .581, .428, .292, .162,
    .098, .054])


def count(n):
    return np.arange(1., n + 1)


def rosenbrock(x):
    return np.concatenate([10 * (x[1::2] - x[::2]**2), 1 - x[::2]])


def powell_singular(x):
    a, b, c, d = x[::4], x[1::4], x[2::4], x[3::4]
    return np.concatenate([a + 10 * b, 5**.5 * (c - d), (b - 2 * c)**2, 10**.5 * (a - d)**2])


def helical_valley(x):
    turns = np.arctan(x[1] / x[0]) / (2 * np.pi) + (.5 if x[0].real < 0 else 0)
    return np.array([10 * (x[2] - 10 * turns), 10 * (np.sqrt(x[0]**2 + x[1]**2) - 1), x[2]])


def bard(x):
    u = count(15)
    return BARD - (x[0] + u / ((16 - u) * x[1] + np.minimum(u, 16 - u) * x[2]))


def gulf(x):
    t = count(99) / 100
    off = 25 + (-50 * np.log(t))**(2 / 3) - x[1]
    off = np.where(off.real < 0, -off, off)
    return np.exp(-off**x[2] / x[0]) - t


def box(x):
    t = count(10) / 10
    return np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-10 * t))


def wood(x):
    return np.array([10 * (x[1] - x[0]**2), 1 - x[0], 90**.5 * (x[3] - x[2]**2), 1 - x[2],
                     10**.5 * (x[1] + x[3] - 2), (x[1] - x[3]) / 10**.5])


def kowalik_osborne(x):
    u = KOWALIK_AT
    return KOWALIK - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3])


def brown_dennis(x):
    t = count(20) / 5
    return (x[0] + t * x[1] - np.exp(t))**2 + (x[2] + x[3] * np.sin(t) - np.cos(t))**2


def osborne_1(x):
    t = 10 * (count(33) - 1)
    return OSBORNE_1 - (x[0] + x[1] * np.exp(-t * x[3]) + x[2] * np.exp(-t * x[4]))


def biggs(x):
    t = count(13) / 10
    y = np.exp(-t) - 5 * np.exp(-10 * t) + 3 * np.exp(-4 * t)
    return x[2] * np.exp(-t * x[0]) - x[3] * np.exp(-t * x[1]) + x[5] * np.exp(-t * x[4]) - y


def osborne_2(x):
    t = (count(65) - 1) / 10
    return OSBORNE_2 - x[0] * np.exp(-t * x[4]) - sum(
        x[k] * np.exp(-(t - x[k + 7])**2 * x[k + 4]) for k in (1, 2, 3))


def watson(x):
    t = count(29) / 29
    j = np.arange(len(x))
    powers = t[:, None]**j
    slope = (powers[:, :-1] * j[1:]) @ x[1:]
    return np.concatenate([slope - (powers @ x)**2 - 1, [x[0], x[1] - x[0]**2 - 1]])


def penalty_1(x):
    return np.concatenate([1e-5**.5 * (x - 1), [np.sum(x**2) - .25]])


def penalty_2(x):
    n, e = len(x), np.exp(x / 10)
    y = np.exp(count(n)[1:] / 10) + np.exp(count(n)[:-1] / 10)
    weights = n - count(n) + 1
    return np.concatenate([[x[0] - .2], 1e-5**.5 * (e[1:] + e[:-1] - y),
                           1e-5**.5 * (e[1:] - np.exp(-.1)), [np.sum(weights * x**2) - 1]])


def variably_dimensioned(x):
    s = np.sum(count(len(x)) * (x - 1))
    return np.concatenate([x - 1, [s, s**2]])


def trigonometric(x):
    n = len(x)
    return n - np.sum(np.cos(x)) + count(n) * (1 - np.cos(x)) - np.sin(x)


def brown_almost_linear(x):
    return np.concatenate([x[:-1] + np.sum(x) - (len(x) + 1), [np.prod(x) - 1]])


def shifted(x):
    """x one place down and up, with zeros beyond the ends."""
    zero = x[:1] * 0
    return np.concatenate([zero, x[:-1]]), np.concatenate([x[1:], zero])


def discrete_boundary(x):
    h = 1 / (len(x) + 1)
    below, above = shifted(x)
    return 2 * x - below - above + h**2 * (x + h * count(len(x)) + 1)**3 / 2


def discrete_integral(x):
    h = 1 / (len(x) + 1)
    t = h * count(len(x))
    c = (x + t + 1)**3
    kernel = np.where(t[None, :] <= t[:, None], (1 - t[:, None]) * t[None, :],
                      t[:, None] * (1 - t[None, :]))
    return x + h * (kernel @ c) / 2


def broyden_tridiagonal(x):
    below, above = shifted(x)
    return (3 - 2 * x) * x - below - 2 * above + 1


def broyden_banded(x):
    i = np.arange(len(x))
    d = i[None, :] - i[:, None]
    near = ((d >= -5) & (d <= 1) & (d != 0)).astype(float)
    return x * (2 + 5 * x**2) + 1 - near @ (x * (1 + x))


def linear_full_rank(x):
    n = len(x)
    mean = 2 * np.sum(x) / (2 * n)
    return np.concatenate([x - mean - 1, np.full(n, -1.) * mean - 1])


def linear_rank_1(x):
    n = len(x)
    return count(2 * n) * np.sum(count(n) * x) - 1


def linear_rank_1_zeros(x):
    n = len(x)
    inner = np.arange(0., 2 * n - 1)[:2 * n - 1]
    s = np.sum(count(n)[1:-1] * x[1:-1])
    return np.concatenate([inner * s - 1, [-1]])


def chebyquad(x):
    n = len(x)
    before, now, means = np.ones(n), 2 * x - 1, []
    for i in range(1, n + 1):
        means.append(np.sum(now) / n + (1 / (i**2 - 1) if i % 2 == 0 else 0))
        before, now = now, 2 * (2 * x - 1) * now - before
    return np.array(means)


def even(n):
    return count(n) / (n + 1)


TEN, FAR = np.ones(10), even(10) * (even(10) - 1)
GRADIENTS = [
    (rosenbrock, [-1.2, 1]),
    (lambda x: np.array([-13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1],
                         -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1]]), [.5, -2]),
    (lambda x: np.array([1e4 * x[0] * x[1] - 1, np.exp(-x[0]) + np.exp(-x[1]) - 1.0001]), [0, 1]),
    (lambda x: np.array([x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2]), [1, 1]),
    (lambda x: np.array([1.5, 2.25, 2.625]) - x[0] * (1 - x[1]**count(3).astype(int)), [1, 1]),
    (lambda x: 2 + 2 * count(10) - np.exp(count(10) * x[0]) - np.exp(count(10) * x[1]), [.3, .4]),
    (helical_valley, [-1, 0, 0]),
    (bard, [1, 1, 1]),
    (lambda x: x[0] * np.exp(-x[1] * ((8 - count(15)) / 2 - x[2])**2 / 2) - GAUSSIAN, [.4, 1, 0]),
    (lambda x: x[0] * np.exp(x[1] / (45 + 5 * count(16) + x[2])) - MEYER, [.02, 4000, 250]),
    (gulf, [5, 2.5, .15]),
    (box, [0, 10, 20]),
    (powell_singular, [3, -1, 0, 1]),
    (wood, [-3, -1, -3, -1]),
    (kowalik_osborne, [.25, .39, .415, .39]),
    (brown_dennis, [25, 5, -5, -1]),
    (osborne_1, [.5, 1.5, -1, .01, .02]),
    (biggs, [1, 2, 1, 1, 1, 1]),
    (osborne_2, [1.3, .65, .65, .7, .6, 3, 5, 7, 2, 4.5, 5.5]),
    (watson, np.zeros(6)),
    (rosenbrock, [-1.2, 1] * 5),
    (powell_singular, [3, -1, 0, 1] * 2),
    (penalty_1, count(10)),
    (penalty_2, .5 * TEN),
    (variably_dimensioned, 1 - count(10) / 10),
    (trigonometric, TEN / 10),
    (brown_almost_linear, .5 * TEN),
    (discrete_boundary, FAR),
    (discrete_integral, FAR),
    (broyden_tridiagonal, -TEN),
    (broyden_banded, -TEN),
    (linear_full_rank, TEN),
    (linear_rank_1, TEN),
    (linear_rank_1_zeros, TEN),
    (chebyquad, even(8)),
]


def sum_of_squares(residuals):
    return lambda x: np.sum(residuals(x)**2)
