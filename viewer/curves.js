// curves.js: lines of surfaces and tables as charts.

const isTest = (metric) => metric.split === "test";

// Losses stand on the left, accuracies on the right; train solid, test dashed.
function metricCurves(list, x, belongs) {
    const kinds = [...new Set(list.map((m) => m.kind))],
        rightKind = kinds.includes("share") && kinds.length > 1 ? "share" : null;
    return list.map((metric) => {
        const right = metric.kind === rightKind,
            error = belongs(metric, "error"),
            least = belongs(metric, "least"),
            greatest = belongs(metric, "greatest");
        const curve = {
            label: metric.label,
            x,
            y: metric.values,
            right,
            dashed: isTest(metric),
            dots: true,
            kind: metric.kind,
        };
        if (least && greatest)
            Object.assign(curve, {low: least.values, high: greatest.values, band: "from the least to the greatest"});
        else if (error)
            Object.assign(curve, {
                low: metric.values.map((v, k) => v - error.values[k]),
                high: metric.values.map((v, k) => v + error.values[k]),
                band: "± standard error",
                error: error.values,
            });
        return curve;
    });
}

function inkCurves(chart) {
    const ranks = {};
    for (const curve of chart.curves) {
        const side = curve.right ? "right" : "left",
            key = side + (curve.dashed ? "-" : "+"),
            rank = (ranks[key] = (ranks[key] ?? -1) + 1);
        curve.ink = curve.right ? curveInk(1 + (rank ? rank + 2 : 0)) : curveInk(rank ? rank + 1 : 0);
    }
    const one = (right) => chart.curves.filter((c) => !!c.right === right).length;
    if (chart.right && one(false) <= 2 && one(true) <= 2) {
        chart.left.ink = curveInk(0);
        chart.right.ink = curveInk(1);
    }
    return chart;
}

const sideLabel = (list, fallback) => (list.length === 1 ? list[0].label : fallback);

function chartOf(curves, xLabel, extra) {
    const left = curves.filter((c) => !c.right),
        right = curves.filter((c) => c.right);
    const word = (list) =>
        list.every((c) => c.kind === "loss") ? "loss" : list.every((c) => c.kind === "share") ? "accuracy (%)" : "";
    return inkCurves({
        x: {label: xLabel},
        left: {label: sideLabel(left, word(left)), kind: left.length ? left[0].kind : "value"},
        right: right.length ? {label: sideLabel(right, word(right)), kind: "share"} : null,
        curves,
        ...extra,
    });
}

// A line of a surface, or a plane of one row or column.
function lineChart(surface) {
    const along = surface.ny > 1 ? surface.y : surface.x,
        label = surface.ny > 1 ? surface.yLabel : surface.xLabel;
    const wholes = surface.metrics.filter((m) => m.is === undefined),
        shown = surface.metrics[shownMetric(surface)];
    let list = wholes.filter((m) => m.kind === shown.kind && lastWord(m) === lastWord(shown));
    if (shown.kind === "loss") list = list.concat(wholes.filter((m) => m.kind === "share" && lastWord(m) === "acc"));
    if (list.length === 0) list = [shown]; // an error or the end of a band
    // while it fills, curves go from each point that is there to the next
    const filled = (values) => {
        if (surface.fill) fillLine(values, 0, 1, values.length, along);
        return values;
    };
    const masked = list.map((m) => ({
        ...m,
        values: filled(m.values.map((v, k) => (surface.computed[k] ? v : NaN))),
        index: surface.metrics.indexOf(m),
    }));
    return chartOf(
        metricCurves(masked, along, (m, what) => belonging(surface, m.index, what)),
        label,
        {}
    );
}

// "loss" of "train_loss", "data_loss" of "train_data_loss".
const lastWord = (metric) =>
    metric.split && metric.name.startsWith(metric.split + "_")
        ? metric.name.slice(metric.split.length + 1)
        : metric.name;

const columnOf = (table, name) => table.columns.find((c) => c.name === name);

function stepsChart(table) {
    const step = columnOf(table, "step"),
        loss = columnOf(table, "loss");
    if (!step || !loss) return null;
    const from = step.values[0] === 0 ? 1 : 0;
    const curve = {label: "loss", x: step.values.slice(from), y: loss.values.slice(from), dots: true, kind: "loss"};
    return chartOf([curve], "step", {x: {label: "step", log: true}, original: from ? loss.values[0] : undefined});
}

function projectionChart(table) {
    const x = columnOf(table, "proj_xcoord"),
        y = columnOf(table, "proj_ycoord");
    if (!x || !y) return null;
    const curve = {label: table.name, x: x.values, y: y.values, dots: true, kind: "value"};
    return chartOf([curve], table.x_label || "direction δ", {
        left: {label: table.y_label || "direction η", kind: "value", log: false},
        parametric: true,
        equal: true,
    });
}

// Of a descent its losses and accuracies, or the column that was chosen, over the iterations.
function tableChart(table) {
    const special =
        table.kind === "steps" ? stepsChart(table) : table.kind === "projection" ? projectionChart(table) : null;
    if (special) return special;
    const [first, ...others] = table.columns,
        chosen = others.find((c) => c.name === state.metric);
    let list = chosen ? [chosen] : others.filter((c) => c.kind === "loss" && ["loss"].includes(lastWord(c)));
    if (!chosen) list = list.concat(others.filter((c) => c.kind === "share" && lastWord(c) === "acc"));
    if (list.length === 0) list = others.filter((c) => c.values.some(isDrawable)).slice(0, 4);
    if (list.length === 0) list = others.slice(0, 1); // a chart has a curve
    return chartOf(
        metricCurves(list, first.values, () => null),
        first.name.replace(/_/g, " "),
        {}
    );
}
