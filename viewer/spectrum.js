// spectrum.js: the density of eigenvalues over an axis that is linear about 0 and logarithmic to
// both sides, t = asinh(eigenvalue / scale): as src/plot/spectrum_scale.c and density.h have it.

const SPECTRUM_POINTS = 500,
    SPECTRUM_SMOOTH = 0.009;

function spectrumScale(panel) {
    const moduli = [];
    for (const probe of panel.probes) probe.nodes.forEach((node, k) => moduli.push([Math.abs(node), probe.weights[k]]));
    const all = [
        ...panel.probes.flatMap((p) => [...p.nodes]),
        ...panel.largest.map((p) => p[0]),
        ...panel.smallest.map((p) => p[0]),
    ].filter(Number.isFinite);
    const low = Math.min(...all),
        high = Math.max(...all),
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
    return {low, high, largest, scale: scale > 0.05 * largest || moduli.length === 0 ? 0 : scale};
}

// Mean of the probes, and the least and the greatest, at places of the axis.
function spectrumCurves(panel, toAxis, from, to) {
    const sigma = SPECTRUM_SMOOTH * (to - from),
        x = [],
        y = [],
        low = [],
        high = [];
    const probes = panel.probes.map((p) => ({places: Array.from(p.nodes, toAxis), weights: p.weights}));
    const norm = 1 / (sigma * Math.sqrt(2 * Math.PI));
    for (let k = 0; k < SPECTRUM_POINTS; k++) {
        const t = from + ((to - from) * k) / (SPECTRUM_POINTS - 1);
        const each = probes.map((p) =>
            p.places.reduce(
                (sum, place, i) => sum + p.weights[i] * norm * Math.exp(-0.5 * ((t - place) / sigma) ** 2),
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

// Powers of ten to both sides of 0, as many as have room.
function spectrumTicks(ctx, frame, s, toAxis) {
    setFont(ctx, TICK_SIZE);
    const first = Math.ceil(Math.log10(s.scale)),
        last = Math.floor(Math.log10(s.largest));
    for (let every = 1; every < 12; every++) {
        const ticks = [{value: 0, text: "0"}];
        for (let power = last; power >= first; power--)
            for (const sign of [-1, 1]) {
                const value = sign * 10 ** power;
                if (toAxis(value) >= frame.x.low && toAxis(value) <= frame.x.high)
                    ticks.push({value: toAxis(value), text: (last - power) % every === 0 ? numberText(value) : ""});
            }
        const texts = ticks.filter((t) => t.text).sort((a, b) => a.value - b.value);
        const roomy = texts.every(
            (t, k) =>
                k === 0 ||
                frame.toX(t.value) - frame.toX(texts[k - 1].value) >
                    (ctx.measureText(t.text).width + ctx.measureText(texts[k - 1].text).width) / 2 + 6
        );
        if (roomy) return {ticks, factor: ""};
    }
    return {ticks: [{value: 0, text: "0"}], factor: ""};
}

function spectrumChart(panel) {
    const pairs = [...panel.largest, ...panel.smallest];
    if (panel.probes.length === 0) {
        const values = pairs.map((p) => p[0]).sort((a, b) => b - a),
            ranks = values.map((_, k) => k + 1);
        return chartOf([{label: "eigenvalues", x: ranks, y: values, dots: true, kind: "value"}], "rank", {
            left: {label: "eigenvalue of the " + panel.matrix, kind: "value", log: false},
        });
    }
    const s = spectrumScale(panel),
        toAxis = (v) => (s.scale > 0 ? Math.asinh(v / s.scale) : v),
        fromAxis = (t) => (s.scale > 0 ? s.scale * Math.sinh(t) : t);
    const a = toAxis(s.low),
        b = toAxis(s.high),
        room = 0.04 * (b - a || 1),
        made = spectrumCurves(panel, toAxis, a - room, b + room);
    // per decade where the axis is logarithmic
    const factor = s.scale > 0 ? Math.LN10 : 1,
        floor = (0.1 * factor * SPECTRUM_SMOOTH) / Math.max(1, panel.dimension);
    made.y = made.y.map((v) => (v * factor > floor ? v * factor : NaN));
    made.low = made.low.map((v) => Math.max(v * factor, floor));
    made.high = made.high.map((v) => Math.max(v * factor, floor));
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
