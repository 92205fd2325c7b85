// levels.js: at which values contours are drawn: as src/plot/levels.c has it.

const LEVEL_SETS = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 1.25, 1.6, 2, 2.5, 3.2, 5, 7]];

const scaledBy = (mantissa, exponent) =>
    exponent < 0 && exponent > -300 ? mantissa / 10 ** -exponent : mantissa * 10 ** exponent;

function levelsLinear(low, high, target) {
    const start = Math.floor(Math.log10((high - low) / target));
    let best = 1,
        exponent = start,
        nearest = Infinity;
    for (const e of [start, start + 1])
        for (const mantissa of [1, 2, 2.5, 5]) {
            const off = Math.abs(Math.log((high - low) / scaledBy(mantissa, e) / target));
            if (off < nearest) [best, exponent, nearest] = [mantissa, e, off];
        }
    const first = Math.ceil(low / scaledBy(best, exponent)),
        levels = [];
    for (let k = 0; k < 4 * target; k++) {
        const level = scaledBy((first + k) * best, exponent);
        if (level > low && level < high) levels.push(level);
    }
    return levels;
}

// Of the sets of mantissas the one whose size times the decades is nearest to the target.
function levelsLog(low, high, target) {
    const decades = Math.log10(high) - Math.log10(low);
    let set = LEVEL_SETS[0];
    for (const other of LEVEL_SETS)
        if (Math.abs(other.length * decades - target) < Math.abs(set.length * decades - target)) set = other;
    const stride = set.length === 1 && decades > target ? Math.max(1, Math.round(decades / target)) : 1;
    const levels = [];
    for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++)
        for (const mantissa of e % stride === 0 ? set : []) {
            const level = scaledBy(mantissa, e);
            if (level > low && level < high) levels.push(level);
        }
    return levels.length >= 4 ? levels : levelsLinear(low, high, target);
}

// Of a span {low, high, log}: [{z, value}], z in its terms.
function levelsOf(span, target) {
    if (!(span.high > span.low)) return [];
    if (!span.log) return levelsLinear(span.low, span.high, target).map((value) => ({z: value, value}));
    return levelsLog(powerAt(span.low), powerAt(span.high), target).map((value) => ({z: Math.log10(value), value}));
}
