// slices.js: the row and the column of a plane through the point that is looked at.

// Where the slices go: through what is looked at, or else the lowest sample.
function slicePlace(panel, field) {
    if (panel.look) return {i: nearestOf(panel.x, panel.look.x), j: nearestOf(panel.y, panel.look.y)};
    const lowest = Math.max(0, lowestOf(field));
    return {i: lowest % field.nx, j: Math.floor(lowest / field.nx)};
}

// Whether numbers are written as differences, which an axis must say.
function offsets(panel, {span}) {
    return !span.log && Math.max(Math.abs(span.low), Math.abs(span.high)) > 1e4 * (span.high - span.low);
}

function sliceChart(panel, ready, along, place) {
    const {nx, ny} = panel,
        row = along === "x",
        count = row ? nx : ny,
        m = ready.field.metric;
    const at = (k) => (row ? place.j * nx + k : k * nx + place.i);
    const take = (values) => Array.from({length: count}, (_, k) => (panel.computed[at(k)] ? values[at(k)] : NaN));
    const metric = panel.metrics[m],
        error = belonging(panel, m, "error"),
        least = belonging(panel, m, "least"),
        greatest = belonging(panel, m, "greatest");
    const curve = {
        label: metric.label,
        x: row ? panel.x : panel.y,
        y: take(metric.values),
        dots: count <= 60,
        kind: metric.kind,
        ink: curveInk(row ? 0 : 1),
    };
    if (least && greatest) {
        curve.low = take(least.values);
        curve.high = take(greatest.values);
    } else if (error) {
        const errors = take(error.values);
        curve.low = curve.y.map((v, k) => v - errors[k]);
        curve.high = curve.y.map((v, k) => v + errors[k]);
    }
    return {
        x: {label: row ? panel.xLabel : panel.yLabel},
        left: {label: row || offsets(panel, ready) ? metric.label : "", kind: metric.kind, log: ready.span.log},
        right: null,
        curves: [curve],
        legend: false,
        tight: true,
        mark: row ? panel.x[place.i] : panel.y[place.j],
    };
}

function drawSlice(ctx, chart, width, height, title) {
    const frame = drawChart(ctx, chart, width, height),
        curve = chart.curves[0],
        k = nearestOf(curve.x, chart.mark);
    const p = frame.pixel(curve, curve.y[k], chart.mark);
    ctx.strokeStyle = theme.accent;
    ctx.lineWidth = 1;
    ctx.setLineDash([3, 3]);
    ctx.beginPath();
    ctx.moveTo(p.x, frame.top);
    ctx.lineTo(p.x, frame.top + frame.height);
    ctx.stroke();
    ctx.setLineDash([]);
    if (Number.isFinite(p.y)) drawDot(ctx, {...p, seen: true}, 3.5, theme.accent, theme.paper);
    const above = factorIsAbove(ctx, frame);
    setFont(ctx, TICK_SIZE);
    ctx.fillStyle = theme.soft;
    const room = frame.width - (above ? ctx.measureText(frame.yTicks.factor).width + 10 : 0);
    drawText(ctx, fitted(ctx, title, room), frame.left + frame.width, 9, "right", "alphabetic");
}

function drawSlices(ctx, panel, ready, width, height) {
    const place = slicePlace(panel, ready.field),
        half = width / 2;
    for (const [along, left, fixed] of [
        ["x", 0, [panel.yLabel, panel.y[place.j]]],
        ["y", half, [panel.xLabel, panel.x[place.i]]],
    ]) {
        ctx.save();
        ctx.translate(left, 0);
        drawSlice(
            ctx,
            sliceChart(panel, ready, along, place),
            half - 4,
            height,
            "at " + fitted(ctx, fixed[0], half * 0.5) + " = " + numberText(fixed[1])
        );
        ctx.restore();
    }
}
