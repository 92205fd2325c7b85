// readout.js: in words: what is under the pointer, and what there is in all.

const percent = (metric) => (metric.kind === "share" ? " %" : "");
// A value of a metric in words.
const valueText = (metric, value, digits) =>
    metric.classes ? metric.classes[Math.round(value)] || "none" : numberText(value, digits) + percent(metric);
const plainLabel = (metric) => metric.label.replace(/ \(%\)$/, "");
const placeText = (panel, x, y) => "(" + numberText(x, 4) + (panel.rank === 2 ? ", " + numberText(y, 4) : "") + ")";

// What one metric is at a sample: its value with its error or band.
function sampleText(panel, m, k) {
    const metric = panel.metrics[m],
        value = metric.values[k],
        error = belonging(panel, m, "error");
    const least = belonging(panel, m, "least"),
        greatest = belonging(panel, m, "greatest");
    let text =
        plainLabel(metric) +
        " " +
        (metric.classes
            ? valueText(metric, value)
            : measuredText(value, error ? error.values[k] : NaN, metric.kind === "share" ? 4 : 7) + percent(metric));
    if (least && greatest)
        text += " (" + numberText(least.values[k], 4) + " … " + numberText(greatest.values[k], 4) + ")";
    return text;
}

// The metrics in the order of the read-out: the shown one first; errors and bands stand with theirs.
function readMetrics(panel) {
    const shown = shownMetric(panel),
        others = panel.metrics.map((_, k) => k).filter((k) => k !== shown && panel.metrics[k].is === undefined);
    return [shown, ...others];
}

function samplePart(panel, field, look) {
    const i = nearestOf(panel.x, look.x),
        j = nearestOf(panel.y, look.y),
        k = j * panel.nx + i;
    const where = "nearest sample " + placeText(panel, panel.x[i], panel.y[j]) + ": ";
    if (panel.computed[k] === 0) return where + "not computed";
    const how = panel.computed[k] === 2 ? " (interpolated, not evaluated)" : "";
    return (
        where +
        readMetrics(panel)
            .slice(0, 8)
            .map((m) => sampleText(panel, m, k))
            .join(" · ") +
        how
    );
}

// The checkpoint that is nearest to a pixel, within 10 of it, in words.
function checkpointPart(panel, look) {
    if (!state.paths || !look.near) return "";
    const {path, k} = look.near,
        parts = [(path.name || "path") + ": checkpoint " + (k + 1) + " of " + path.x.length];
    if (path.loss && Number.isFinite(path.loss[k])) parts.push("loss " + numberText(path.loss[k], 5));
    if (path.plane_loss && Number.isFinite(path.plane_loss[k]))
        parts.push("of the plane there " + numberText(path.plane_loss[k], 5));
    if (path.distance && Number.isFinite(path.distance[k]))
        parts.push(numberText(path.distance[k], 3) + " off the plane");
    return parts.join(", ");
}

function lookText(panel, ready) {
    const {field, metric} = ready,
        look = panel.look,
        z = heightAt(field, look.x, look.y);
    const value = Number.isNaN(z)
        ? "no value here"
        : plainLabel(metric) + " ≈ " + valueText(metric, valueOf(field, z), 5);
    const lines = [placeText(panel, look.x, look.y) + "  " + value, samplePart(panel, field, look)];
    const checkpoint = checkpointPart(panel, look);
    return checkpoint ? [...lines, checkpoint] : lines;
}

// Of a surface without a value that could be drawn.
function nothingText(panel) {
    const s = statisticsFor(panel);
    return s.notFinite
        ? "nothing to show: " + countText(s.notFinite, "value is", "values are") + " not finite"
        : "no values yet";
}

function countText(count, one, many) {
    return count === 0 ? "" : count + " " + (count === 1 ? one : many);
}

// Checkpoints beyond the axes.
function outsideOf(panel) {
    const {x, y, nx, ny} = panel;
    return panel.paths.reduce(
        (sum, path) =>
            sum +
            path.x.filter((v, k) => v < x[0] || v > x[nx - 1] || path.y[k] < y[0] || path.y[k] > y[ny - 1]).length,
        0
    );
}

// What there is in all: extremes, and what a reader must be told.
function wholeText(panel, ready) {
    const {field, span, metric} = ready,
        s = field.statistics,
        k = lowestOf(field),
        outside = outsideOf(panel);
    const at = placeText(panel, panel.x[k % panel.nx], panel.y[Math.floor(k / panel.nx)]);
    const digits = Math.max(5, digitsOf([s.low, s.high])),
        extreme = (v) => valueText(metric, v, digits);
    const first =
        plainLabel(metric) +
        ": " +
        (span.constant
            ? extreme(s.low) + " throughout"
            : "least " + extreme(s.low) + " at " + at + ", greatest " + extreme(s.high));
    const rest = [
        field.raised
            ? countText(field.raised, "value that is not above 0 is", "values that are not above 0 are") +
              " drawn at the least positive one"
            : "",
        field.pits ? field.pits + " pits of one point in narrow valleys are filled" : "",
        s.interpolated ? countText(s.interpolated, "point was", "points were") + " interpolated" : "",
        s.notComputed ? countText(s.notComputed, "point is", "points are") + " not computed (hatched ///)" : "",
        s.notFinite ? countText(s.notFinite, "value is", "values are") + " not finite (hatched XXX)" : "",
        state.slices && belonging(panel, field.metric, "greatest")
            ? "shaded in the slices: from the least to the greatest"
            : state.slices && belonging(panel, field.metric, "error")
              ? "shaded in the slices: ± standard error"
              : "",
        span.cut ? "cut off above " + numberText(valueOf(field, span.high), 4) + percent(metric) : "",
        state.paths && outside ? countText(outside, "checkpoint lies", "checkpoints lie") + " outside" : "",
        metric.name !== state.metric && state.metric && !panel.metrics.some((m) => m.name === state.metric)
            ? "it has no " + state.metric
            : "",
    ].filter((text) => text);
    return [first, rest.join("; ")].filter((text) => text);
}

// "12.3 ± 0.1" of [value, error].
const pairText = ([value, error]) => measuredText(value, error);

function spectrumText(panel) {
    const parts = [
        [panel.largest, "largest "],
        [panel.smallest, "smallest "],
    ]
        .filter(([list]) => list.length > 0)
        .map(([list, word]) => word + list.slice(0, 3).map(pairText).join(", "));
    if (panel.trace) parts.push("trace " + pairText(panel.trace));
    if (panel.density_trace) parts.push("trace of this density " + pairText(panel.density_trace));
    return [
        countText(panel.dimension, "eigenvalue", "eigenvalues") +
            " of the " +
            panel.matrix +
            (panel.probes.length && !panel.exact
                ? ", from " +
                  countText(panel.probes.length, "random probe", "random probes") +
                  " (shaded: the least to the greatest)"
                : ""),
        parts.join("; "),
    ].filter((text) => text);
}

function chartText(panel, chart, look) {
    const first = chart.curves[0];
    if (panel.type === "spectrum" && (look === null || look === undefined)) return spectrumText(panel);
    if (look === null || look === undefined) {
        const e = extentOf(first.y);
        const bands = [...new Set(chart.curves.filter((c) => c.low).map((c) => c.band))];
        return [
            (first.label || panel.name) +
                ": " +
                first.x.length +
                (first.x.length === 1 ? " point" : " points") +
                (e.low <= e.high
                    ? ", least " + numberText(e.low, 5) + ", greatest " + numberText(e.high, 5)
                    : ", none of them finite"),
            bands.length ? "shaded: " + bands.join("; ") : "",
        ].filter((text) => text);
    }
    if (panel.type === "spectrum" && chart.shownX) {
        const near = (chart.marks || []).find(
            (m) => Math.abs(m.x - first.x[look]) < 0.012 * (first.x[first.x.length - 1] - first.x[0])
        );
        return [
            "eigenvalue " +
                numberText(chart.shownX(first.x[look]), 4) +
                ": density " +
                numberText(first.y[look], 3) +
                (near ? " · eigenvalue found: " + numberText(near.value, 7) : ""),
        ];
    }
    const x = first.x[look],
        parts = chart.curves.map((c) => {
            const k = c.x === first.x ? look : nearestOf(c.x, x);
            return (
                (c.label || "") +
                " " +
                measuredText(c.y[k], c.error ? c.error[k] : NaN) +
                (c.low && !c.error ? " (" + numberText(c.low[k], 4) + " … " + numberText(c.high[k], 4) + ")" : "")
            );
        });
    return [chart.x.label + " = " + numberText(x, 6), parts.join(" · ")];
}

// What a screen reader says of a picture.
function describePanel(panel, ready, chart) {
    if (chart)
        return (
            panel.name +
            ": curves of " +
            chart.curves.map((c) => c.label).join(", ") +
            " over " +
            chart.x.label +
            ". " +
            chartText(panel, chart, null).join(". ")
        );
    const kind = {
        "3d": "surface in space",
        contour: "contour map",
        filled: "contour map in bands of colour",
        heat: "heat map",
    }[state.view];
    const range = (x) => numberText(x[0], 4) + " to " + numberText(x[x.length - 1], 4);
    const paths = panel.paths.length ? " " + countText(panel.paths.length, "path lies", "paths lie") + " in it." : "";
    return (
        panel.name +
        ": " +
        kind +
        " over " +
        panel.xLabel +
        " from " +
        range(panel.x) +
        " and " +
        panel.yLabel +
        " from " +
        range(panel.y) +
        ", " +
        panel.nx +
        " by " +
        panel.ny +
        " points." +
        paths +
        (ready ? " " + wholeText(panel, ready).join(". ") + "." : " No values yet.")
    );
}
