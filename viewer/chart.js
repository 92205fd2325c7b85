// chart.js: curves over one axis.
//
// A chart is {x: {label, log, ticks}, left: {label, kind, log}, right: likewise or null,
// curves: [{label, x, y, low, high, right, dashed, dots, apart, ink, error}], marks: [{x, label}],
// aspect, legend}. `low` and `high` are a band, `error` says in words what it is; in a chart of a
// path (parametric) x need not rise.

const CHART_LOG_FROM = 1000;

function chartSide(chart, right) {
    const side = right ? chart.right : chart.left,
        curves = chart.curves.filter((c) => !!c.right === right);
    const values = {low: Infinity, high: -Infinity, positive: Infinity, zero: 0, negative: 0, count: 0};
    for (const curve of curves)
        for (const list of [curve.y, curve.low, curve.high])
            for (const v of list || [])
                if (isDrawable(v)) {
                    values.low = Math.min(values.low, v);
                    values.high = Math.max(values.high, v);
                    if (list !== curve.y) continue;
                    values.count++;
                    values.zero += v === 0;
                    values.negative += v < 0;
                    if (v > 0) values.positive = Math.min(values.positive, v);
                }
    const scale = side.log === true ? "log" : side.log === false ? "linear" : state.scale;
    return {
        ...spanAround(values, isLog(scale, side.kind, values, CHART_LOG_FROM)),
        label: side.label,
        ink: side.ink,
        positive: values.positive,
    };
}

// The ends of an axis, with a little room.
function spanAround(values, log) {
    if (!(values.low <= values.high)) return {low: 0, high: 1, log: false};
    let low = log ? Math.log10(values.positive) : values.low,
        high = log ? Math.log10(values.high) : values.high;
    if (!(high > low)) {
        const half = log ? 0.5 : Math.abs(low) * 0.1 || 1;
        [low, high] = [low - half, high + half];
    }
    const room = 0.04 * (high - low);
    return {low: low - room, high: high + room, log};
}

function chartX(chart) {
    const log = chart.x.log === true;
    let low = Infinity,
        high = -Infinity;
    for (const curve of chart.curves)
        for (const v of curve.x)
            if (isDrawable(v) && (!log || v > 0)) {
                low = Math.min(low, log ? Math.log10(v) : v);
                high = Math.max(high, log ? Math.log10(v) : v);
            }
    const half = log ? 1 : Math.max(1, 0.1 * Math.abs(low));
    if (!(high > low)) [low, high] = Number.isFinite(low) ? [low - half, low + half] : [0, 1];
    const room = chart.tight ? 0 : 0.02 * (high - low);
    return {low: low - room, high: high + room, log, label: chart.x.label};
}

function layoutChart(ctx, chart, width, height) {
    const x = chartX(chart),
        y = chartSide(chart, false),
        right = chart.right ? chartSide(chart, true) : null;
    const legend = chart.curves.length > 1 && chart.legend !== false,
        aspect = chart.equal ? aspectOf({x, y}) : 0;
    const frame = layoutFrame(ctx, width, height, {
        x,
        y,
        right,
        aspect,
        top: legend ? 8 + legendHeight(ctx, chart, width) : 12,
    });
    frame.pixel = (curve, value, at) => {
        const span = curve.right ? right : y,
            v = span.log ? Math.log10(value > 0 ? value : span.positive) : value;
        return {x: frame.toX(x.log ? Math.log10(at) : at), y: curve.right ? frame.toRight(v) : frame.toY(v)};
    };
    return frame;
}

// ---- the legend, above the frame, in as many lines as it takes

function legendPlaces(ctx, chart, width) {
    setFont(ctx, TICK_SIZE);
    const places = [];
    let x = 8,
        line = 0;
    for (const curve of chart.curves.filter((c) => c.label)) {
        const text = fitted(ctx, curve.label, width - 48),
            wide = 26 + ctx.measureText(text).width + 14;
        if (x + wide > width && x > 8) {
            x = 8;
            line++;
        }
        places.push({curve, text, x, y: 8 + 16 * line});
        x += wide;
    }
    return places;
}

function legendHeight(ctx, chart, width) {
    const places = legendPlaces(ctx, chart, width);
    return places.length > 0 ? places[places.length - 1].y + 12 : 0;
}

function drawLegend(ctx, chart, width) {
    for (const {curve, text, x, y} of legendPlaces(ctx, chart, width)) {
        ctx.strokeStyle = curve.ink;
        ctx.lineWidth = 2;
        ctx.setLineDash(curve.dashed ? [5, 3] : []);
        ctx.beginPath();
        ctx.moveTo(x, y);
        ctx.lineTo(x + 20, y);
        ctx.stroke();
        ctx.setLineDash([]);
        ctx.fillStyle = theme.ink;
        drawText(ctx, text, x + 26, y, "left", "middle");
    }
}

// ---- curves

function traceCurve(ctx, frame, curve, values) {
    let pen = false;
    for (let k = 0; k < curve.x.length; k++) {
        const p = frame.pixel(curve, values[k], curve.x[k]),
            on = isDrawable(values[k]) && Number.isFinite(p.x + p.y);
        if (on) ctx[pen ? "lineTo" : "moveTo"](p.x, p.y);
        pen = on;
    }
}

// Stretches of a band without a gap, as lists of indices.
function bandRuns(curve) {
    const runs = [[]];
    for (let k = 0; k < curve.x.length; k++)
        if (isDrawable(curve.low[k]) && isDrawable(curve.high[k]) && isDrawable(curve.y[k]))
            runs[runs.length - 1].push(k);
        else if (runs[runs.length - 1].length > 0) runs.push([]);
    return runs;
}

function drawBand(ctx, frame, curve) {
    ctx.beginPath();
    for (const run of bandRuns(curve)) {
        for (const [order, values] of [
            [run, curve.high],
            [[...run].reverse(), curve.low],
        ])
            order.forEach((k, i) => {
                const p = frame.pixel(curve, values[k], curve.x[k]);
                ctx[i === 0 && values === curve.high ? "moveTo" : "lineTo"](p.x, p.y);
            });
        ctx.closePath();
    }
    ctx.globalAlpha = 0.22;
    ctx.fillStyle = curve.ink;
    ctx.fill();
    ctx.globalAlpha = 1;
}

function drawCurve(ctx, frame, curve) {
    if (curve.low) drawBand(ctx, frame, curve);
    ctx.strokeStyle = ctx.fillStyle = curve.ink;
    ctx.lineWidth = 1.7;
    ctx.lineJoin = "round";
    ctx.setLineDash(curve.dashed ? [6, 4] : []);
    ctx.beginPath();
    if (!curve.apart) traceCurve(ctx, frame, curve, curve.y);
    ctx.stroke();
    ctx.setLineDash([]);
    if (!curve.dots || curve.x.length > 120) return;
    for (let k = 0; k < curve.x.length; k++) {
        const p = frame.pixel(curve, curve.y[k], curve.x[k]);
        if (isDrawable(curve.y[k]) && Number.isFinite(p.x + p.y)) {
            ctx.beginPath();
            ctx.arc(p.x, p.y, 2.2, 0, 2 * Math.PI);
            ctx.fill();
        }
    }
}

// Eigenvalues and the like: pins on the x axis.
function drawPins(ctx, frame, marks) {
    ctx.strokeStyle = ctx.fillStyle = theme.share;
    ctx.lineWidth = 1.5;
    for (const mark of marks) {
        const x = frame.toX(mark.x),
            y = frame.top + frame.height;
        ctx.beginPath();
        ctx.moveTo(x, y);
        ctx.lineTo(x, y - 18);
        ctx.stroke();
        ctx.beginPath();
        ctx.arc(x, y - 18, 2.5, 0, 2 * Math.PI);
        ctx.fill();
    }
}

function drawLevelLine(ctx, frame, curve, value) {
    const p = frame.pixel(curve, value, curve.x[curve.x.length - 1]);
    ctx.strokeStyle = theme.soft;
    ctx.lineWidth = 1;
    ctx.setLineDash([2, 3]);
    ctx.beginPath();
    ctx.moveTo(frame.left, p.y);
    ctx.lineTo(frame.left + frame.width, p.y);
    ctx.stroke();
    ctx.setLineDash([]);
}

function drawChart(ctx, chart, width, height) {
    const frame = layoutChart(ctx, chart, width, height);
    withClip(ctx, {left: frame.left, top: frame.top - 1, width: frame.width, height: frame.height + 2}, () => {
        if (chart.original !== undefined) drawLevelLine(ctx, frame, chart.curves[0], chart.original);
        chart.curves.forEach((curve) => drawCurve(ctx, frame, curve));
        if (chart.marks) drawPins(ctx, frame, chart.marks);
    });
    if (chart.xTicks) frame.xTicks = chart.xTicks(ctx, frame);
    drawFrame(ctx, frame);
    if (chart.curves.length > 1 && chart.legend !== false) drawLegend(ctx, chart, width);
    return frame;
}

// The sample of the chart's first curve that is nearest to a place of the axis, and what all curves
// are there.
function chartLook(chart, at) {
    const first = chart.curves[0],
        distance = (v) => (chart.x.log ? Math.abs(Math.log10(v) - Math.log10(at)) : Math.abs(v - at));
    let best = -1;
    for (let k = 0; k < first.x.length; k++) if (best < 0 || distance(first.x[k]) < distance(first.x[best])) best = k;
    return best;
}
