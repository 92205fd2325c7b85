// field.js: one metric of a surface, made ready for display: heights z are its values or their
// decimal logarithms, NaN where there are none.

const HOLE_NOT_COMPUTED = 1,
    HOLE_NOT_FINITE = 2;
const LOG_FROM = 30,
    DEEP_FROM = 300,
    CURVE_LOG_FROM = 1000;

// What decides on the scale: extremes of the finite values, and how many are 0 or below.
function statisticsOf(surface, metric) {
    const out = {
        low: Infinity,
        high: -Infinity,
        positive: Infinity,
        zero: 0,
        negative: 0,
        count: 0,
        notComputed: 0,
        notFinite: 0,
        interpolated: 0,
    };
    const values = surface.metrics[metric].values;
    for (let k = 0; k < values.length; k++) {
        const v = values[k];
        if (surface.computed[k] === 0) {
            out.notComputed++;
        } else if (!isDrawable(v)) {
            out.notFinite++;
        } else {
            out.low = Math.min(out.low, v);
            out.high = Math.max(out.high, v);
            if (v > 0) out.positive = Math.min(out.positive, v);
            out.zero += v === 0;
            out.negative += v < 0;
            out.count++;
            out.interpolated += surface.computed[k] === 2;
        }
    }
    return out;
}

function mergedStatistics(list) {
    const out = {...list[0]};
    for (const s of list.slice(1)) {
        for (const key of ["low", "positive"]) out[key] = Math.min(out[key], s[key]);
        out.high = Math.max(out.high, s.high);
        for (const key of ["zero", "negative", "count"]) out[key] += s[key];
    }
    return out;
}

// As figures have it: logarithmic where all is positive (but for one in a hundred that may be 0)
// and spans more than the factor; accuracies are linear.
function isLog(scale, kind, s, from = LOG_FROM) {
    if (scale === "linear" || !(s.positive < Infinity)) return false;
    if (scale === "log") return true;
    return kind !== "share" && s.negative === 0 && 100 * s.zero <= s.count && s.high / s.positive > from;
}

// Between the known entries of a line of `count` at `at`, `step` apart, the others are linear.
function fillLine(z, at, step, count, places) {
    let last = -1;
    for (let k = 0; k < count; k++) {
        const v = z[at + k * step];
        if (Number.isNaN(v)) continue;
        for (let i = last + 1; last >= 0 && i < k; i++) {
            const u = (places[i] - places[last]) / (places[k] - places[last]);
            z[at + i * step] = z[at + last * step] * (1 - u) + v * u;
        }
        last = k;
    }
}

function fillGaps(field) {
    for (let j = 0; j < field.ny; j++) fillLine(field.z, j * field.nx, 1, field.nx, field.x);
    for (let i = 0; i < field.nx; i++) fillLine(field.z, i, field.nx, field.ny, field.y);
}

// The cubic through b and c at u in (0, 1) between them (Catmull and Rom); a missing neighbour is
// extrapolated.
function cubic(a, b, c, d, u) {
    if (Number.isNaN(a)) a = 2 * b - c;
    if (Number.isNaN(d)) d = 2 * c - b;
    return b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)));
}

// Along one axis: `count` entries `step` apart from `at` in z become r (count - 1) + 1 in out.
function refineLine(z, at, step, count, r, out, to, outStep) {
    const get = (k) => (k >= 0 && k < count ? z[at + k * step] : NaN);
    for (let k = 0; k < count; k++) {
        const b = get(k),
            c = get(k + 1);
        out[to + k * r * outStep] = b;
        if (k + 1 === count) break;
        const a = get(k - 1),
            d = get(k + 2);
        for (let i = 1; i < r; i++)
            out[to + (k * r + i) * outStep] = Number.isNaN(b) || Number.isNaN(c) ? NaN : cubic(a, b, c, d, i / r);
    }
}

function refineAxis(x, r) {
    const out = new Float64Array((x.length - 1) * r + 1);
    for (let k = 0; k < out.length; k++) {
        const i = Math.floor(k / r),
            u = (k - i * r) / r;
        out[k] = u === 0 ? x[i] : x[i] * (1 - u) + x[i + 1] * u;
    }
    return out;
}

// Finer samples for display alone, never beyond the range that was measured.
function refine(field) {
    const {nx, ny} = field,
        r = clamp(Math.round(200 / Math.max(nx, ny)), 1, 8);
    if (r === 1 || nx < 2 || ny < 2) return {nx, ny, x: field.x, y: field.y, z: field.z, r: 1};
    const x = refineAxis(field.x, r),
        y = refineAxis(field.y, r),
        mx = x.length,
        my = y.length;
    const rows = new Float64Array(mx * ny),
        z = new Float64Array(mx * my);
    for (let j = 0; j < ny; j++) refineLine(field.z, j * nx, 1, nx, r, rows, j * mx, 1);
    for (let i = 0; i < mx; i++) refineLine(rows, i, mx, ny, r, z, i, mx);
    for (let k = 0; k < z.length; k++)
        if (z[k] < field.low || z[k] > field.high) z[k] = clamp(z[k], field.low, field.high);
    return {nx: mx, ny: my, x, y, z, r};
}

// `space`: as heights in space, without the pits of narrow valleys.
function makeField(surface, metric, log, statistics, space) {
    const {nx, ny} = surface,
        values = surface.metrics[metric].values,
        count = nx * ny;
    const z = new Float64Array(count),
        missing = new Uint8Array(count);
    let raised = 0;
    for (let k = 0; k < count; k++) {
        const v = values[k];
        missing[k] = surface.computed[k] === 0 ? HOLE_NOT_COMPUTED : isDrawable(v) ? 0 : HOLE_NOT_FINITE;
        raised += log && missing[k] === 0 && v <= 0;
        z[k] = missing[k] ? NaN : log ? Math.log10(v > 0 ? v : statistics.positive) : v;
    }
    const field = {surface, metric, log, nx, ny, x: surface.x, y: surface.y, z, missing, raised, statistics};
    field.low = log ? Math.log10(statistics.positive) : statistics.low;
    field.high = log ? Math.log10(statistics.high) : statistics.high;
    if (surface.fill) fillGaps(field);
    field.pits = log && space ? raisePits(nx, ny, z) : 0;
    field.fine = refine(field);
    return field;
}

// The height below which that share of the samples lies.
function quantileOf(field, share) {
    if (!field.sorted) field.sorted = field.z.filter((z) => !Number.isNaN(z)).sort();
    const sorted = field.sorted;
    return share >= 1 ? field.high : sorted[Math.floor(share * (sorted.length - 1))];
}

// Bilinear between samples; NaN beyond them and beside a hole.
function heightAt(grid, x, y) {
    const {nx, ny} = grid;
    if (!(x >= grid.x[0] && x <= grid.x[nx - 1] && y >= grid.y[0] && y <= grid.y[ny - 1])) return NaN;
    if (nx < 2 || ny < 2) return NaN;
    const i = intervalOf(grid.x, x),
        j = intervalOf(grid.y, y),
        k = j * nx + i;
    const u = (x - grid.x[i]) / (grid.x[i + 1] - grid.x[i]),
        v = (y - grid.y[j]) / (grid.y[j + 1] - grid.y[j]);
    const z = grid.z;
    return (z[k] * (1 - u) + z[k + 1] * u) * (1 - v) + (z[k + nx] * (1 - u) + z[k + nx + 1] * u) * v;
}

// What the heights are in the units of the metric.
const valueOf = (field, z) => (field.log ? 10 ** z : z);

// The lowest sample that is there.
function lowestOf(field) {
    const values = field.surface.metrics[field.metric].values;
    let best = -1;
    for (let k = 0; k < values.length; k++)
        if (field.missing[k] === 0 && (best < 0 || values[k] < values[best])) best = k;
    return best;
}
