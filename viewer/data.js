// data.js: the numbers of the page.
//
// They stand in <script type="application/json" id="data">, as src/page/ writes them:
//
//   {"thalweg": "0.1.0",           the version that wrote the page
//    "title": TEXT or null, "description": TEXT or null (the command that made the page),
//    "view": "3d" | "contour" | "filled" | "heat", "colormap": "viridis", ...,
//    "metric": NAME or null, "scale": "auto" | "linear" | "log",     how it begins
//    "colormaps": {"viridis": [position, red, green, blue, ...], ...}   0 ... 255, linear between
//    "panels": [PANEL, ...],
//    "live": ANYTHING}              of pages that talk to a program; not there in others
//
// NUMBERS are {"f8": BASE64}, float64 with the lowest byte first; {"f4": BASE64}, float32, where
// that is all that is in them; or {"u1": BASE64}, bytes. '<' is written as \u003c throughout.
// MADE is [[KEY, TEXT], ...], what made the result: "command", "version", "model", "data", ...
//
// A PANEL has "type", "name", "made": MADE, and by its type:
//
//   "surface"   "x": {"label": TEXT, "values": NUMBERS (nx)}, "y" likewise (ny; not there of a line),
//               "metrics": [{"name": "train_loss", "label": "training loss",
//                            "kind": "loss" | "share" (per cent) | "value", "split": "train" or null,
//                            "is": "error" | "least" | "greatest" with "of": INDEX, where it is the
//                            standard error or an end of the band of another; else not there,
//                            "values": NUMBERS (ny rows of nx: iy * nx + ix)}],
//               "computed": NUMBERS ("u1", ny * nx: 0 no value there, 1 computed, 2 interpolated; not
//                           there: all computed), "shown": INDEX of the metric that is shown first,
//               "paths": [{"name": TEXT or null, "x": NUMBERS, "y": NUMBERS, "length", "distance",
//                          "loss", "plane_loss": NUMBERS, where known}],
//               "topology": {"metric": INDEX, "minima": [{"place": [x, y, value, error],
//                            "saddle": likewise or not there, "persistence": NUMBER or null,
//                            "noise": BOOL}]}, not there where it was not asked for
//   "table"     "kind": "descent" | "steps" | "projection" | ..., "x_label", "y_label": TEXT or null,
//               "columns": [{"name", "label", "kind", "split", "values": NUMBERS}]
//   "spectrum"  "matrix": "Hessian" | "Gauss-Newton matrix", "dimension": NUMBER, "exact": BOOL,
//               "steps": NUMBER of nodes of a probe that did not end early,
//               "converged": BOOL, "largest", "smallest": [[value, residual], ...], "trace", "density_trace":
//               [value, error], "probes": [{"nodes": NUMBERS, "weights": NUMBERS}]
//
// Pages that talk to a program go on from here with seam.js.

function decodeNumbers(numbers) {
    if (!numbers) return null;
    const text = atob(numbers.f8 || numbers.f4 || numbers.u1 || "");
    const bytes = new Uint8Array(text.length);
    for (let k = 0; k < text.length; k++) bytes[k] = text.charCodeAt(k);
    if (numbers.f8 !== undefined) return new Float64Array(bytes.buffer);
    return numbers.f4 !== undefined ? Float64Array.from(new Float32Array(bytes.buffer)) : bytes;
}

// Rows and columns in the order of rising coordinates, in a copy; nothing where they rise already.
function rearranged(values, nx, ny, flipX, flipY) {
    if (!flipX && !flipY) return values;
    const out = new values.constructor(values.length);
    for (let j = 0; j < ny; j++)
        for (let i = 0; i < nx; i++) out[j * nx + i] = values[(flipY ? ny - 1 - j : j) * nx + (flipX ? nx - 1 - i : i)];
    return out;
}

const falls = (values) => values.length > 1 && values[0] > values[values.length - 1];

function decodePath(path) {
    const out = {name: path.name};
    for (const key of ["x", "y", "length", "distance", "loss", "plane_loss"])
        out[key] = path[key] ? decodeNumbers(path[key]) : null;
    return out;
}

// A surface as the other files know it: coordinates rise, values and `computed` are in that order.
function decodeSurface(given) {
    const x = decodeNumbers(given.x.values),
        y = given.y ? decodeNumbers(given.y.values) : Float64Array.of(0);
    const flipX = falls(x),
        flipY = falls(y),
        nx = x.length,
        ny = y.length;
    const turned = (values) => rearranged(values, nx, ny, flipX, flipY);
    const surface = {
        type: "surface",
        name: given.name,
        made: given.made || [],
        rank: given.y ? 2 : 1,
        x: flipX ? x.reverse() : x,
        y: flipY ? y.reverse() : y,
        nx,
        ny,
        flipX,
        flipY,
        xLabel: given.x.label,
        yLabel: given.y ? given.y.label : "",
        metrics: given.metrics.map((m) => ({...m, values: turned(decodeNumbers(m.values))})),
        computed: given.computed ? turned(decodeNumbers(given.computed)) : new Uint8Array(nx * ny).fill(1),
        shown: given.shown || 0,
        paths: (given.paths || []).map(decodePath),
        topology: given.topology || null,
        fill: false,
        version: 0,
    };
    deriveCurvature(surface);
    return surface;
}

function decodePanel(given) {
    if (given.type === "surface") return decodeSurface(given);
    if (given.type === "table")
        return {...given, columns: given.columns.map((c) => ({...c, values: decodeNumbers(c.values)}))};
    if (given.type === "spectrum")
        return {
            ...given,
            probes: given.probes.map((p) => ({nodes: decodeNumbers(p.nodes), weights: decodeNumbers(p.weights)})),
        };
    throw new Error("no panel is of type " + given.type);
}

// The error or band that belongs to a metric: "error", "least", "greatest"; or null.
function belonging(surface, metric, what) {
    return surface.metrics.find((m) => m.is === what && m.of === metric) || null;
}

const data = JSON.parse(byId("data").textContent);
