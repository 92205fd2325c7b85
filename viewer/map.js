// map.js: a surface from above: contours, bands of colour, or cells.

// Borders of the cells around samples.
function cellBorders(x) {
    const out = new Float64Array(x.length + 1);
    for (let k = 1; k < x.length; k++) out[k] = (x[k - 1] + x[k]) / 2;
    out[0] = x.length > 1 ? 2 * x[0] - out[1] : x[0] - 0.5;
    out[x.length] = x.length > 1 ? 2 * x[x.length - 1] - out[x.length - 1] : x[0] + 0.5;
    return out;
}

// What a map shows: all, or the part that was zoomed into.
function mapSpans(panel) {
    const heat = state.view === "heat",
        window = panel.window;
    const ends = (x) => (heat ? [cellBorders(x)[0], cellBorders(x)[x.length]] : [x[0], x[x.length - 1]]);
    const [x0, x1] = window ? [window.x0, window.x1] : ends(panel.x);
    const [y0, y1] = window ? [window.y0, window.y1] : ends(panel.y);
    return {
        x: {low: x0, high: x1, log: false, label: panel.xLabel},
        y: {low: y0, high: y1, log: false, label: panel.yLabel},
    };
}

// One unit of x is as long as one of y, unless the map would be too slender.
function aspectOf({x, y}) {
    const aspect = (x.high - x.low) / (y.high - y.low);
    return aspect > 0.3 && aspect < 3.4 ? aspect : 1;
}

function withClip(ctx, frame, draw) {
    ctx.save();
    ctx.beginPath();
    ctx.rect(frame.left, frame.top, frame.width, frame.height);
    ctx.clip();
    draw();
    ctx.restore();
}

function drawHeat(ctx, frame, {field, span}, scale) {
    const table = colourTable(state.colormap),
        line = colourLine(span),
        bx = cellBorders(field.x),
        by = cellBorders(field.y);
    // whole pixels, so that neighbours leave no seam
    const px = Array.from(bx, (x) => Math.round(scale * frame.toX(x)) / scale),
        py = Array.from(by, (y) => Math.round(scale * frame.toY(y)) / scale);
    for (let j = 0; j < field.ny; j++)
        for (let i = 0; i < field.nx; i++) {
            const z = field.z[j * field.nx + i];
            if (Number.isNaN(z)) continue;
            ctx.fillStyle = colourCss(table, colourPlace(span, line, z));
            ctx.fillRect(px[i], py[j + 1], px[i + 1] - px[i], py[j] - py[j + 1]);
        }
}

// Along one axis: the interval and the place in it of every pixel; -1 beyond the samples.
function pixelPlaces(x, count, valueAt) {
    const at = new Int32Array(count),
        u = new Float64Array(count);
    for (let p = 0; p < count; p++) {
        const value = valueAt(p);
        at[p] = value < x[0] || value > x[x.length - 1] ? -1 : intervalOf(x, value);
        u[p] = at[p] < 0 ? 0 : (value - x[at[p]]) / (x[at[p] + 1] - x[at[p]]);
    }
    return {at, u};
}

// Bands of colour between the levels, a pixel each of the picture.
function drawBands(ctx, frame, {field, span}, levels, scale) {
    const grid = field.fine,
        {nx, z} = grid,
        table = colourTable(state.colormap),
        line = colourLine(span);
    const width = Math.max(1, Math.round(frame.width * scale)),
        height = Math.max(1, Math.round(frame.height * scale));
    const columns = pixelPlaces(grid.x, width, (p) => frame.fromX(frame.left + (p + 0.5) / scale));
    const rows = pixelPlaces(grid.y, height, (p) => frame.fromY(frame.top + (p + 0.5) / scale));
    const bands = new Uint8Array(1024).map((_, k) =>
        colourPlace(span, line, bandOf(span, levels, span.low + ((span.high - span.low) * k) / 1023))
    );
    const image = new ImageData(width, height),
        pixels = image.data;
    for (let q = 0; q < height; q++)
        for (let p = 0; p < width; p++) {
            if (columns.at[p] < 0 || rows.at[q] < 0) continue;
            const k = rows.at[q] * nx + columns.at[p],
                u = columns.u[p],
                v = rows.u[q];
            const h = (z[k] * (1 - u) + z[k + 1] * u) * (1 - v) + (z[k + nx] * (1 - u) + z[k + nx + 1] * u) * v;
            if (Number.isNaN(h)) continue;
            const place = bands[clamp(Math.floor((1023 * (h - span.low)) / (span.high - span.low)), 0, 1023)];
            pixels.set([table[3 * place], table[3 * place + 1], table[3 * place + 2], 255], 4 * (q * width + p));
        }
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    canvas.getContext("2d").putImageData(image, 0, 0);
    ctx.drawImage(canvas, frame.left, frame.top, frame.width, frame.height);
}

// Rectangles [x0, x1, y0, y1] of the cells that cannot be drawn for one reason, runs along rows.
// With `samples` around the samples, else between them, where one of the corners is missing.
function holesOf(field, hole, samples) {
    const key = hole + (samples ? " samples" : ""),
        holes = field.holes || (field.holes = {});
    return holes[key] || (holes[key] = findHoles(field, hole, samples));
}

function findHoles(field, hole, samples) {
    const {nx, ny, missing} = field,
        out = [],
        bx = samples ? cellBorders(field.x) : field.x,
        by = samples ? cellBorders(field.y) : field.y;
    const worst = (k) => Math.max(missing[k], missing[k + 1], missing[k + nx], missing[k + nx + 1]);
    const drawn = (k) =>
        samples
            ? !Number.isNaN(field.z[k])
            : !Number.isNaN(field.z[k] + field.z[k + 1] + field.z[k + nx] + field.z[k + nx + 1]);
    for (let j = 0; j + (samples ? 0 : 1) < ny; j++)
        for (let i = 0, from = -1; i <= nx; i++) {
            const k = j * nx + i,
                on = i + (samples ? 0 : 1) < nx && !drawn(k) && (samples ? missing[k] : worst(k)) === hole;
            if (on && from < 0) from = i;
            if (!on && from >= 0) {
                out.push([bx[from], bx[i], by[j], by[j + 1]]);
                from = -1;
            }
        }
    return out;
}

function drawHoles(ctx, frame, field, scale) {
    for (const hole of [HOLE_NOT_COMPUTED, HOLE_NOT_FINITE]) {
        const rectangles = holesOf(field, hole, state.view === "heat");
        if (rectangles.length === 0) continue;
        ctx.beginPath();
        for (const [x0, x1, y0, y1] of rectangles)
            ctx.rect(frame.toX(x0), frame.toY(y1), frame.toX(x1) - frame.toX(x0), frame.toY(y0) - frame.toY(y1));
        ctx.fillStyle = hatchPattern(ctx, hole, scale);
        ctx.fill();
    }
}

function contourTarget() {
    return state.view === "filled" ? 16 : 11;
}

// The lines as pixels, with their values and inks.
function mapLines(frame, {field, span}, contours) {
    const table = colourTable(state.colormap),
        line = colourLine(span),
        axis = span.log ? null : frame.barTicks;
    const texts = levelTexts(
        contours.map((c) => c.value),
        axis
    );
    const plain = state.view === "contour",
        out = [];
    for (const [k, contour] of contours.entries()) {
        const place = colourPlace(span, line, contour.z),
            dim = theme.dark ? Math.max(place, 60) : Math.min(place, 234);
        const over = luminanceOf(table, place) < 0.45 ? "rgba(255,255,255,.85)" : "rgba(20,20,20,.75)";
        for (const {points, closed} of contour.lines) {
            const pixels = points.map(([x, y]) => [frame.toX(x), frame.toY(y)]);
            if (closed) pixels.push(pixels[0]);
            if (pixels.length > 1)
                out.push({
                    points: pixels,
                    text: texts[k],
                    ink: plain ? colourCss(table, dim) : over,
                    textInk: plain ? theme.ink : over,
                });
        }
    }
    return out;
}

function layoutMap(ctx, panel, {span}, width, height) {
    const spans = mapSpans(panel);
    return layoutFrame(ctx, width, height, {
        ...spans,
        bar: span,
        aspect: aspectOf(spans),
        top: hasRunLegend(panel) ? 24 : 10,
    });
}

function drawMap(ctx, panel, ready, width, height, scale) {
    const {field, span} = ready,
        frame = layoutMap(ctx, panel, ready, width, height);
    const wanted = state.lines || state.view === "contour",
        contours = wanted || state.view === "filled" ? contoursOf(field, span, contourTarget()) : [];
    const taken = state.paths ? pathBoxes(panel, (x, y) => ({x: frame.toX(x), y: frame.toY(y)})) : [];
    withClip(ctx, frame, () => {
        if (state.view === "heat") drawHeat(ctx, frame, ready, scale);
        if (state.view === "filled") drawBands(ctx, frame, ready, contours, scale);
        drawHoles(ctx, frame, field, scale);
        ctx.lineWidth = state.view === "contour" ? 1.25 : 0.7;
        ctx.lineJoin = "round";
        if (wanted) drawLabelled(ctx, mapLines(frame, ready, contours), frame, taken);
        if (state.points) drawSamples(ctx, frame, panel);
    });
    drawFrame(ctx, frame);
    withClip(ctx, frame, () => drawMapMarks(ctx, panel, ready, frame));
    const bands = state.view === "filled" ? contours : null;
    drawRunLegend(ctx, panel, width);
    drawBar(ctx, frame.left + frame.width + 12, frame.top, frame.height, span, frame.barTicks, span.label, bands);
    return frame;
}

// A dot where the surface was computed.
function drawSamples(ctx, frame, panel) {
    ctx.fillStyle = theme.soft;
    for (let j = 0; j < panel.ny; j++)
        for (let i = 0; i < panel.nx; i++)
            if (panel.computed[j * panel.nx + i] === 1)
                ctx.fillRect(frame.toX(panel.x[i]) - 0.75, frame.toY(panel.y[j]) - 0.75, 1.5, 1.5);
}

function drawMapMarks(ctx, panel, ready, frame) {
    const to = (x, y) => ({x: frame.toX(x), y: frame.toY(y), seen: true});
    if (panel.topology && panel.topology.metric === ready.field.metric) drawTopology(ctx, panel.topology, to);
    if (state.paths) drawPaths(ctx, panel, to);
}
