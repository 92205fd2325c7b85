// spectrum.js: the density of eigenvalues over an axis that is linear about 0 and logarithmic to
// both sides, t = asinh(eigenvalue / scale): as src/plot/spectrum_figure.c, spectrum_scale.c
// and src/curvature/density.c have it.

const SPECTRUM_POINTS = 500,
    SPECTRUM_SMOOTH = 0.009;

function spectrumScale(panel) {
    const moduli = [];
    for (const probe of panel.probes) probe.nodes.forEach((node, k) => moduli.push([Math.abs(node), probe.weights[k]]));
    const all = [
        ...panel.probes.flatMap((p) => [...p.nodes]),
        ...panel.largest.map((p) => p[0]),
        ...panel.smallest.map((p) => p[0]),
    ];
    const {low, high} = extentOf(all),
        largest = Math.max(Math.abs(low), Math.abs(high));
    moduli.sort((a, b) => a[0] - b[0]);
    let share = 0,
        scale = 0;
    for (const [modulus, weight] of moduli) {
        share += weight / panel.probes.length;
        if (share >= 0.5) {
            scale = Math.max(modulus, 1e-5 * largest);
            break;
        }
    }
    return {
        low,
        high,
        largest,
        scale: scale > 0.05 * largest || !(largest > 1e-290) || moduli.length === 0 ? 0 : scale,
    };
}

const onAxis = (value, scale) => (scale > 0 ? Math.asinh(value / scale) : value);

// |last entry| of the vectors of the tridiagonal matrix, from its eigenvalues and the squares of the
// first entries, in logarithms.
function lastEntries({nodes, weights}) {
    const logs = Array.from(nodes, (node, j) => {
        let sum = -Math.log(Math.max(weights[j], 1e-300)) / 2;
        for (let k = 0; k < nodes.length; k++)
            if (k !== j) sum -= Math.log(Math.max(Math.abs(node - nodes[k]), 1e-300));
        return sum;
    });
    const {high} = extentOf(logs),
        norm = Math.sqrt(logs.reduce((sum, v) => sum + Math.exp(2 * (v - high)), 0));
    return logs.map((v) => Math.exp(v - high) / norm);
}

// The mean distance to the neighbours of a place; they may be in any order.
function spacingOf(places, j) {
    let left = Infinity,
        right = Infinity;
    for (const place of places) {
        const off = place - places[j];
        if (off > 0) right = Math.min(right, off);
        else if (off < 0) left = Math.min(left, -off);
    }
    return left === Infinity ? right : right === Infinity ? left : (left + right) / 2;
}

// A node that is an eigenvalue, its residual being small, is drawn with the width that is asked for;
// one that stands for all eigenvalues between its neighbours is as wide as they leave it room.
function widthsOf(panel, probe, places, scale, sigma) {
    const {nodes} = probe,
        count = nodes.length,
        widths = new Float64Array(count).fill(sigma);
    if (panel.exact || count !== panel.steps || count < 2 || count >= panel.dimension) return widths;
    const {low, high} = extentOf(nodes);
    lastEntries(probe).forEach((entry, j) => {
        const residual = (entry * (high - low)) / 4,
            reach = (onAxis(nodes[j] + residual, scale) - onAxis(nodes[j] - residual, scale)) / 2,
            wide = Math.min(reach, spacingOf(places, j) / 2);
        if (wide > sigma && wide < Infinity) widths[j] = wide;
    });
    return widths;
}

// Mean of the probes, and the least and the greatest, at places of the axis; `sigma` is the least
// width of a node.
function spectrumCurves(panel, scale, sigma, from, to) {
    const x = [],
        y = [],
        low = [],
        high = [];
    const probes = panel.probes.map((p) => {
        const places = Array.from(p.nodes, (node) => onAxis(node, scale));
        return {places, weights: p.weights, widths: widthsOf(panel, p, places, scale, sigma)};
    });
    const norm = 1 / Math.sqrt(2 * Math.PI);
    for (let k = 0; k < SPECTRUM_POINTS; k++) {
        const t = from + ((to - from) * k) / (SPECTRUM_POINTS - 1);
        const each = probes.map(({places, weights, widths}) =>
            places.reduce(
                (sum, place, i) =>
                    sum + ((weights[i] * norm) / widths[i]) * Math.exp(-0.5 * ((t - place) / widths[i]) ** 2),
                0
            )
        );
        x.push(t);
        y.push(each.reduce((a, b) => a + b, 0) / each.length);
        low.push(Math.min(...each));
        high.push(Math.max(...each));
    }
    return {x, y, low, high};
}

// The least height that is shown: a tenth of what one eigenvalue alone gives.
function leastDensity(panel, factor, sigma, most) {
    const one = factor / (Math.max(1, panel.dimension) * sigma * Math.sqrt(2 * Math.PI));
    return Math.min(Math.max(0.1 * one, 1e-12 * most), most / 30);
}

// Powers of ten to both sides of 0, as many as have room, without names next to 0; and the last
// multiples that the spectrum reaches.
function spectrumTicks(ctx, frame, s, toAxis) {
    setFont(ctx, TICK_SIZE);
    const touch = (a, b) =>
        Math.abs(frame.toX(a.value) - frame.toX(b.value)) <
        (ctx.measureText(a.text).width + ctx.measureText(b.text).width) / 2 + 6;
    const onFrame = (value) => toAxis(value) >= frame.x.low && toAxis(value) <= frame.x.high;
    const side = (sign, every, zero) => {
        const ticks = [],
            first = Math.ceil(Math.log10(s.scale)),
            reach = sign < 0 ? -s.low : s.high,
            last = reach > 0 ? Math.floor(Math.log10(reach) + 1e-9) : first - 1;
        for (let power = Math.floor(Math.log10(s.largest)) + 1; power >= first; power--) {
            const value = sign * 10 ** power,
                named = power <= last && (last - power) % every === 0,
                tick = {value: toAxis(value), text: named ? numberText(value) : ""};
            if (!onFrame(value)) continue;
            if (touch(tick, zero)) tick.text = "";
            ticks.push(tick);
        }
        if (!(reach > s.scale)) return ticks;
        const value = sign * Math.floor(reach / 10 ** last + 1e-9) * 10 ** last,
            tick = {value: toAxis(value), text: numberText(value)};
        if (![zero, ...ticks].some((other) => other.text && touch(tick, other))) ticks.push(tick);
        return ticks;
    };
    const zero = {value: 0, text: "0"};
    for (let every = 1; every < 12; every++) {
        const ticks = [zero, ...side(-1, every, zero), ...side(1, every, zero)],
            named = ticks.filter((t) => t.text);
        if (!named.some((a, k) => named.some((b, j) => j < k && touch(a, b)))) return {ticks, factor: ""};
    }
    return {ticks: [zero], factor: ""};
}

// Smoothing reaches beyond the extreme eigenvalues, where there are none; a node out there would say
// that one was missed.
function spectrumEnds(panel) {
    const {low, high} = extentOf(panel.probes.flatMap((p) => [...p.nodes])),
        rounding = 1e-9 * Math.max(Math.abs(low), Math.abs(high)),
        [least, leastError] = panel.smallest[0] || [NaN, NaN],
        [most, mostError] = panel.largest[0] || [NaN, NaN],
        known = !panel.exact && panel.converged;
    return [
        known && low > least - leastError - rounding ? least - leastError : -Infinity,
        known && high < most + mostError + rounding ? most + mostError : Infinity,
    ];
}

function spectrumChart(panel) {
    const pairs = [...panel.largest, ...panel.smallest];
    if (panel.probes.length === 0) {
        const curves = [
            ["from the largest down", panel.largest],
            ["from the smallest up", panel.smallest],
        ]
            .filter(([, pairs]) => pairs.length > 0)
            .map(([label, pairs]) => ({
                label,
                x: pairs.map((_, k) => k + 1),
                y: pairs.map((p) => p[0]),
                dots: true,
                apart: true, // dots that no line joins
                kind: "value",
            }));
        return chartOf(curves, "rank", {
            left: {label: "eigenvalue of the " + panel.matrix, kind: "value", log: false},
        });
    }
    const s = spectrumScale(panel),
        toAxis = (v) => onAxis(v, s.scale),
        fromAxis = (t) => (s.scale > 0 ? s.scale * Math.sinh(t) : t);
    let a = toAxis(s.low),
        b = toAxis(s.high);
    if (!(b - a > 1e-12 * Math.max(Math.abs(a), Math.abs(b)))) {
        const half = 0.5 * Math.abs(a) || 1;
        [a, b] = [a - half, b + half];
    }
    const room = 0.05 * (b - a),
        sigma = SPECTRUM_SMOOTH * (b - a),
        made = spectrumCurves(panel, s.scale, sigma, a - room, b + room);
    // per decade where the axis is logarithmic
    const factor = s.scale > 0 ? Math.LN10 : 1,
        floor = leastDensity(panel, factor, sigma, factor * extentOf(made.high).high),
        ends = spectrumEnds(panel).map(toAxis),
        [from, to] = ends[1] - ends[0] < 2 * sigma ? [-Infinity, Infinity] : ends, // all are one
        inside = (v, k) => (made.x[k] >= from && made.x[k] <= to ? v : NaN);
    made.y = made.y.map((v) => (v * factor > floor ? v * factor : NaN)).map(inside);
    made.low = made.low.map((v) => Math.max(v * factor, floor)).map(inside);
    made.high = made.high.map((v) => Math.max(v * factor, floor)).map(inside);
    const curve = {
        label: "mean of the probes",
        ...made,
        band: "from the least to the greatest of the probes",
        kind: "value",
    };
    return chartOf([curve], "eigenvalue of the " + panel.matrix, {
        left: {
            label: s.scale > 0 ? "share of eigenvalues per decade" : "density of eigenvalues",
            kind: "value",
            log: true,
        },
        tight: true,
        marks: pairs.map((p) => ({x: toAxis(p[0]), value: p[0]})),
        shownX: fromAxis,
        xTicks: s.scale > 0 ? (ctx, frame) => spectrumTicks(ctx, frame, s, toAxis) : null,
    });
}
