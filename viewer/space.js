// space.js: a surface in space: its box, what lies on the floor, the surface, what lies on it.

const BAR_ROOM = 74;

function boxHeightNow() {
    return BOX_HEIGHT * state.height;
}

// What the texts of the heights take beyond the margin that there is.
function heightRoom(ctx, span) {
    setFont(ctx, TICK_SIZE);
    return span.constant ? 0 : Math.max(0, widestOf(ctx, ticksOf(span, 5)) - 8);
}

// The view of a panel, the box of its field, and the sides of the box that face the eye.
function spaceOf(ctx, ready, width, height) {
    const wide = width > 340 ? width - BAR_ROOM : width - 56,
        boxHeight = boxHeightNow();
    const view = makeView(ready.camera, wide, height, boxHeight, heightRoom(ctx, ready.span));
    return {
        view,
        box: makeBox(ready.field, ready.span, boxHeight),
        fx: view.back[0] >= 0 ? 1 : -1,
        fy: view.back[1] >= 0 ? 1 : -1,
        wide,
    };
}

function tracePolygon(ctx, view, corners) {
    ctx.beginPath();
    corners.forEach((corner, k) => {
        const p = view.project(...corner);
        ctx[k ? "lineTo" : "moveTo"](p.x, p.y);
    });
    ctx.closePath();
}

function traceSegment(ctx, view, a, b) {
    const p = view.project(...a),
        q = view.project(...b);
    ctx.moveTo(p.x, p.y);
    ctx.lineTo(q.x, q.y);
}

// Floor and the two walls behind, with lines at the ticks.
function drawBox(ctx, {view, box, fx, fy}, ticks) {
    const h = box.boxHeight,
        faces = [
            [
                [-1, -1, 0],
                [1, -1, 0],
                [1, 1, 0],
                [-1, 1, 0],
            ],
            [
                [-fx, -1, 0],
                [-fx, 1, 0],
                [-fx, 1, h],
                [-fx, -1, h],
            ],
            [
                [-1, -fy, 0],
                [1, -fy, 0],
                [1, -fy, h],
                [-1, -fy, h],
            ],
        ];
    ctx.lineWidth = 1;
    for (const face of faces) {
        tracePolygon(ctx, view, face);
        ctx.fillStyle = theme.wall;
        ctx.fill();
        ctx.strokeStyle = theme.grid;
        ctx.stroke();
    }
    ctx.beginPath();
    for (const x of ticks.x) {
        traceSegment(ctx, view, [x.at, -1, 0], [x.at, 1, 0]);
        traceSegment(ctx, view, [x.at, -fy, 0], [x.at, -fy, h]);
    }
    for (const y of ticks.y) {
        traceSegment(ctx, view, [-1, y.at, 0], [1, y.at, 0]);
        traceSegment(ctx, view, [-fx, y.at, 0], [-fx, y.at, h]);
    }
    for (const z of ticks.z) {
        traceSegment(ctx, view, [-fx, -1, z.at], [-fx, 1, z.at]);
        traceSegment(ctx, view, [-1, -fy, z.at], [1, -fy, z.at]);
    }
    ctx.stroke();
}

function spaceTicks(panel, {field, span}, {box}) {
    const on = (span, place) => {
        const made = ticksOf(span, 5);
        return Object.assign(
            made.ticks.filter((t) => t.text).map((t) => ({text: t.text, at: place(t.value)})),
            {factor: made.factor}
        );
    };
    return {
        x: on({low: field.x[0], high: field.x[field.nx - 1]}, box.x),
        y: on({low: field.y[0], high: field.y[field.ny - 1]}, box.y),
        z: span.constant ? Object.assign([], {factor: ""}) : on(span, box.z),
    };
}

function drawFloor(ctx, ready, {view, box}, contours, scale) {
    const {field, span} = ready,
        table = colourTable(state.colormap),
        line = colourLine(span);
    for (const hole of [HOLE_NOT_COMPUTED, HOLE_NOT_FINITE])
        for (const [x0, x1, y0, y1] of holesOf(field, hole, false)) {
            tracePolygon(ctx, view, [
                [box.x(x0), box.y(y0), 0],
                [box.x(x1), box.y(y0), 0],
                [box.x(x1), box.y(y1), 0],
                [box.x(x0), box.y(y1), 0],
            ]);
            ctx.fillStyle = hatchPattern(ctx, hole, scale);
            ctx.fill();
        }
    ctx.lineWidth = 1;
    for (const contour of contours) {
        const place = colourPlace(span, line, contour.z);
        ctx.strokeStyle = colourCss(table, theme.dark ? Math.max(place, 60) : Math.min(place, 234));
        ctx.beginPath();
        for (const {points, closed} of contour.lines) {
            points.forEach(([x, y], k) => {
                const p = view.project(box.x(x), box.y(y), 0);
                ctx[k ? "lineTo" : "moveTo"](p.x, p.y);
            });
            if (closed) ctx.closePath();
        }
        ctx.stroke();
    }
}

// Whether a number has room beside those that are there, which it joins then: edges meet at corners.
function hasRoom(ctx, placed, text, x, y, align) {
    const wide = ctx.measureText(text).width + 4,
        left = x - (align === "left" ? 0 : align === "right" ? wide : wide / 2),
        own = {left, right: left + wide, top: y - TICK_SIZE / 2, bottom: y + TICK_SIZE / 2};
    if (placed.some((r) => own.left < r.right && r.left < own.right && own.top < r.bottom && r.top < own.bottom))
        return false;
    placed.push(own);
    return true;
}

// Texts of one edge of the box, away from its middle. `at` gives a point of the edge, `out` points
// away from the box.
function drawEdge(ctx, view, ticks, at, out, label, placed) {
    const origin = view.project(...at(0)),
        away = view.project(...at(0).map((v, k) => v + 0.2 * out[k]));
    const length = Math.hypot(away.x - origin.x, away.y - origin.y) || 1,
        dx = (away.x - origin.x) / length,
        dy = (away.y - origin.y) / length;
    const align = dx > 0.35 ? "left" : dx < -0.35 ? "right" : "center";
    setFont(ctx, TICK_SIZE);
    ctx.fillStyle = ctx.strokeStyle = theme.ink;
    ctx.lineWidth = 1;
    let widest = 0;
    for (const tick of ticks) {
        const p = view.project(...at(tick.at));
        ctx.beginPath();
        ctx.moveTo(p.x, p.y);
        ctx.lineTo(p.x + 5 * dx, p.y + 5 * dy);
        ctx.stroke();
        const x = p.x + 9 * dx,
            y = p.y + 9 * dy + (align === "center" ? 4 : 0);
        if (hasRoom(ctx, placed, tick.text, x, y, align)) drawText(ctx, tick.text, x, y, align, "middle");
        widest = Math.max(widest, ctx.measureText(tick.text).width);
    }
    if (!label) return;
    setFont(ctx, LABEL_SIZE);
    const text = fitted(ctx, ticks.factor ? label + " (" + ticks.factor + ")" : label, view.width * 0.48);
    const far = 16 + LABEL_SIZE + (align === "center" ? 0 : widest * 0.8 * Math.abs(dx)),
        wide = ctx.measureText(text).width;
    let x = origin.x + far * dx,
        y = origin.y + far * dy + 4;
    x =
        align === "left"
            ? Math.min(x, view.width + 40 - wide)
            : align === "right"
              ? Math.max(x, wide + 2)
              : clamp(x, wide / 2, view.width - wide / 2);
    drawText(ctx, text, x, Math.min(y, view.height - 8), align, "middle");
}

function drawEdges(ctx, panel, {view, box, fx, fy}, ticks) {
    const left = [
        [fx, -fy],
        [-fx, fy],
    ].sort((a, b) => view.project(a[0], a[1], 0).x - view.project(b[0], b[1], 0).x)[0];
    const rim = [
        [
            [-1, fy, 0],
            [1, fy, 0],
        ],
        [
            [fx, -1, 0],
            [fx, 1, 0],
        ],
        [
            [left[0], left[1], 0],
            [left[0], left[1], box.boxHeight],
        ],
    ];
    const flat = Math.abs(view.back[2]) > 0.985; // from straight above the height has no axis
    ctx.strokeStyle = theme.ink;
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (const [a, b] of flat ? rim.slice(0, 2) : rim) traceSegment(ctx, view, a, b);
    ctx.stroke();
    const placed = [];
    drawEdge(ctx, view, ticks.x, (v) => [v, fy, 0], [0, fy, 0], panel.xLabel, placed);
    drawEdge(ctx, view, ticks.y, (v) => [fx, v, 0], [fx, 0, 0], panel.yLabel, placed);
    if (!flat) drawEdge(ctx, view, ticks.z, (v) => [left[0], left[1], v], [left[0], left[1], 0], "", placed);
    if (!flat && ticks.z.factor)
        drawHeightFactor(ctx, view, view.project(left[0], left[1], box.boxHeight), ticks.z.factor);
}

function drawHeightFactor(ctx, view, top, factor) {
    setFont(ctx, TICK_SIZE);
    drawText(
        ctx,
        factor,
        clamp(top.x, ctx.measureText(factor).width / 2 + 2, view.width),
        top.y - 8,
        "center",
        "bottom"
    );
}

// The pixel of a place on the surface.
function onSurface({view, box}, x, y) {
    const bx = box.x(x),
        by = box.y(y),
        h = box.height(bx, by);
    if (Number.isNaN(h) || Math.abs(bx) > 1 || Math.abs(by) > 1) return {x: NaN, y: NaN, seen: false};
    return {...view.project(bx, by, h), seen: isSeen(view, box, bx, by, h)};
}

function drawSpace(ctx, panel, ready, width, height, scale) {
    const space = spaceOf(ctx, ready, width, height),
        ticks = spaceTicks(panel, ready, space),
        {field, span} = ready;
    const contours = contoursOf(field, span, 11),
        quick = scale === screenScale() && isMoving() && (motion.slow || !renderer);
    drawBox(ctx, space, ticks);
    drawFloor(ctx, ready, space, contours, scale);
    if (renderer && !renderer.lost)
        drawMesh(renderer, ctx, panel, field, span, space.view, state.lines ? contours : [], scale, quick);
    else drawRaster(ctx, panel, field, span, space.view, state.lines ? contours : [], scale, quick);
    drawEdges(ctx, panel, space, ticks);
    const to = (x, y) => onSurface(space, x, y);
    if (panel.topology && panel.topology.metric === field.metric) drawTopology(ctx, panel.topology, to);
    if (state.paths) drawPaths(ctx, panel, to, densityOf(panel));
    drawRunLegend(ctx, panel, width);
    drawSpaceBar(ctx, space, span, width, height);
    return space;
}

// How many places between checkpoints, so that a path follows the surface: some 300 in all.
function densityOf(panel) {
    const longest = Math.max(1, ...panel.paths.map((path) => path.x.length));
    return clamp(Math.round(300 / longest), 0, 60);
}

function drawSpaceBar(ctx, {view, wide}, span, width, height) {
    const high = Math.round(height * 0.56),
        top = Math.round(height * 0.14);
    setFont(ctx, TICK_SIZE);
    const ticks = barTicksOf(ctx, span, high);
    // beside the box, as it is at the beginning, where the picture is wider than the box needs
    const beside = (width > 340 ? wide + heightRoom(ctx, span) : wide) / 2 + 1.8 * (view.size / view.camera.zoom);
    const left = Math.min(wide + 2, beside, width - 12 - 12 - widestOf(ctx, ticks) - LABEL_SIZE - 8);
    drawBar(ctx, left, top, high, span, ticks, span.label, null);
}
