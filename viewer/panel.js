// panel.js: a panel on the page: its elements, its size, when it is painted.

let renderer = null,
    panelNumber = 0,
    painting = 0,
    paintAll = false;

// ---- motion: while something turns, surfaces are drawn coarser where frames take long

const SLOW_FRAME = 30,
    STILL_AFTER = 220;
const motion = {until: 0, slow: false, last: 0, mean: 16, timer: 0};

const isMoving = () => performance.now() < motion.until;

function moves() {
    if (!isMoving()) motion.last = 0;
    motion.until = performance.now() + STILL_AFTER;
    clearTimeout(motion.timer);
    motion.timer = setTimeout(() => repaint(), STILL_AFTER + 10);
}

// The time from frame to frame while they are asked for one after the other. A machine that was
// slow once stays so: coarse frames are quick, and would tell it otherwise.
function frameTook() {
    const now = performance.now();
    if (motion.last) motion.mean += 0.3 * (Math.min(now - motion.last, 150) - motion.mean);
    motion.slow = motion.slow || motion.mean > SLOW_FRAME;
    motion.last = now;
}

function madeList(made) {
    const list = make("dl", {class: "made"});
    for (const [key, text] of made)
        list.append(make("dt", null, key.replace(/_/g, " ")), make("dd", null, make("code", null, text)));
    return make(
        "details",
        {class: "provenance"},
        make("summary", null, "What made this"),
        made.length ? list : make("p", null, "The file does not say.")
    );
}

// Makes a panel as wide as the page, or gives it its place back.
function largeButton(panel) {
    const button = make(
        "button",
        {
            type: "button",
            class: "large",
            "aria-pressed": "false",
            title: "as wide as the page",
            "aria-label": "as wide as the page: " + panel.name,
        },
        "⤢"
    );
    button.addEventListener("click", () => {
        const on = panel.ui.section.classList.toggle("wide");
        button.setAttribute("aria-pressed", String(on));
        panel.ui.section.scrollIntoView({block: "nearest"});
        repaint();
    });
    return button;
}

function buildPanel(panel) {
    const id = "panel" + ++panelNumber,
        plane = panel.type === "surface" && isPlane(panel);
    const base = make("canvas", {
        class: "base",
        tabindex: "0",
        role: "application",
        "aria-roledescription": plane ? "surface" : "chart",
        "aria-describedby": "keys",
    });
    const over = make("canvas", {class: "over", "aria-hidden": "true"});
    const ui = {
        base,
        over,
        id,
        picture: make("div", {class: "picture"}, base, over),
        readout: make("div", {class: "readout", role: "status", "aria-live": "polite"}),
        note: make("p", {class: "note", role: "status"}),
        slices: plane
            ? make("canvas", {
                  class: "slices",
                  role: "img",
                  "aria-label": "slices through the point that is looked at, along both axes",
              })
            : null,
    };
    ui.section = make(
        "section",
        {class: "panel", "aria-labelledby": id},
        make("div", {class: "head"}, make("h2", {id}, panel.name), largeButton(panel)),
        ui.picture,
        ui.readout,
        ui.note,
        ui.slices,
        madeList(panel.made || [])
    );
    panel.ui = ui;
    panel.look = panel.pinned = panel.window = null;
}

function addPanel(panel) {
    buildPanel(panel);
    viewer.panels.push(panel);
    byId("panels").append(panel.ui.section);
    listenTo(panel);
    showControls();
    repaint();
    return panel;
}

function removePanel(panel) {
    viewer.panels = viewer.panels.filter((p) => p !== panel);
    if (renderer) releaseMesh(renderer, panel);
    panel.ui.section.remove();
    showControls();
    repaint();
}

function showNote(panel, text) {
    panel.ui.note.textContent = text;
}

function chartFor(panel) {
    if (panel.type === "surface")
        return isPlane(panel)
            ? null
            : cached(panel, "chart", [panel.version, state.metric, state.scale, theme.dark].join(), () =>
                  lineChart(panel)
              );
    const compute = {spectrum: spectrumChart, compare: compareChart}[panel.type] || tableChart;
    return cached(panel, "chart", [state.metric, state.scale, theme.dark].join(), () => compute(panel));
}

// ---- painting

// With the next frame; all panels, or one.
function repaint(panel) {
    if (panel) panel.dirty = true;
    else paintAll = true;
    if (!painting) painting = requestAnimationFrame(paint);
}

function isInView(element) {
    const box = element.getBoundingClientRect();
    return box.bottom > -100 && box.top < innerHeight + 100;
}

function paint() {
    painting = 0;
    if (isMoving()) frameTook();
    for (const panel of viewer.panels) panel.dirty = panel.dirty || paintAll;
    paintAll = false;
    for (const panel of viewer.panels)
        if (panel.dirty && (!panel.drawn || isInView(panel.ui.section))) {
            panel.dirty = false;
            paintPanel(panel);
        }
}

// Gives a canvas the size of a picture; its context draws in pixels of the page.
function sized(canvas, width, height, scale) {
    const w = Math.round(width * scale),
        h = Math.round(height * scale);
    if (canvas.width !== w || canvas.height !== h) {
        canvas.width = w;
        canvas.height = h;
        canvas.style.height = height + "px";
    }
    const ctx = canvas.getContext("2d");
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    ctx.clearRect(0, 0, width, height);
    return ctx;
}

const screenScale = () => clamp(devicePixelRatio || 1, 1, 3);

function heightFor(panel, width) {
    const plane = panel.type === "surface" && isPlane(panel);
    const most = Math.max(320, innerHeight * 0.64),
        wanted = width * (plane ? 0.82 : 0.66);
    const flat = plane && state.view !== "3d" ? (width - 130) / aspectOf(mapSpans(panel)) + 70 : Infinity;
    return Math.round(clamp(Math.min(wanted, flat), 230, most));
}

// The picture of a panel into a context; what the pointer needs to know of it.
function paintPicture(ctx, panel, width, height, scale) {
    ctx.fillStyle = theme.paper;
    ctx.fillRect(0, 0, width, height);
    const chart = chartFor(panel);
    if (chart) return {chart, frame: drawChart(ctx, chart, width, height)};
    const ready = readyFor(panel);
    if (!ready) return {empty: paintEmpty(ctx, panel, width, height)};
    if (state.view === "3d") return {ready, space: drawSpace(ctx, panel, ready, width, height, scale)};
    return {ready, frame: drawMap(ctx, panel, ready, width, height, scale)};
}

function paintEmpty(ctx, panel, width, height) {
    const spans = mapSpans(panel),
        frame = layoutFrame(ctx, width, height, {...spans, aspect: aspectOf(spans)});
    const hole = statisticsFor(panel).notComputed ? HOLE_NOT_COMPUTED : HOLE_NOT_FINITE;
    ctx.fillStyle = hatchPattern(ctx, hole, screenScale());
    ctx.fillRect(frame.left, frame.top, frame.width, frame.height);
    drawFrame(ctx, frame);
    return frame;
}

function paintPanel(panel) {
    const {ui} = panel,
        width = ui.picture.clientWidth,
        height = heightFor(panel, width),
        scale = screenScale();
    if (width < 50) return;
    panel.drawn = paintPicture(sized(ui.base, width, height, scale), panel, width, height, scale);
    panel.size = {width, height};
    const label = describePanel(panel, panel.drawn.ready, panel.drawn.chart);
    if (ui.base.getAttribute("aria-label") !== label) ui.base.setAttribute("aria-label", label);
    paintLook(panel);
}

function showLines(element, lines) {
    if (element.dataset.text === lines.join("\n")) return;
    element.dataset.text = lines.join("\n");
    element.replaceChildren(...lines.map((line) => make("p", null, line)));
}

// What follows the pointer: marks over the picture, the read-out, the slices.
function paintLook(panel) {
    const {ui, drawn} = panel;
    if (!drawn) return;
    const {width, height} = panel.size,
        ctx = sized(ui.over, width, height, screenScale());
    if (drawn.chart) {
        drawChartLook(ctx, drawn, panel.look);
        showLines(ui.readout, chartText(panel, drawn.chart, panel.look));
        return;
    }
    if (ui.slices) ui.slices.hidden = !state.slices || !drawn.ready;
    if (!drawn.ready) {
        showLines(ui.readout, [nothingText(panel)]);
        return;
    }
    drawLook(ctx, panel);
    showLines(ui.readout, panel.look ? lookText(panel, drawn.ready) : wholeText(panel, drawn.ready));
    if (state.slices) {
        const wide = ui.slices.clientWidth,
            high = 132;
        drawSlices(sized(ui.slices, wide, high, screenScale()), panel, drawn.ready, wide, high);
    }
}

function drawChartLook(ctx, {chart, frame}, look) {
    if (look === null || look === undefined) return;
    for (const curve of chart.curves) {
        const k = curve.x === chart.curves[0].x ? look : nearestOf(curve.x, chart.curves[0].x[look]),
            p = frame.pixel(curve, curve.y[k], curve.x[k]);
        if (isDrawable(curve.y[k])) drawDot(ctx, {...p, seen: true}, 4, curve.ink, theme.paper);
    }
    const p = frame.pixel(chart.curves[0], 1, chart.curves[0].x[look]);
    ctx.strokeStyle = theme.soft;
    ctx.setLineDash([3, 3]);
    ctx.strokeRect(p.x, frame.top, 0, frame.height);
    ctx.setLineDash([]);
}

function drawLook(ctx, panel) {
    const {drawn, look, drag} = panel;
    if (drag && drag.rectangle) {
        const {x0, y0, x1, y1} = drag.rectangle;
        ctx.fillStyle = theme.dark ? "rgba(255,255,255,.16)" : "rgba(0,0,0,.10)";
        ctx.strokeStyle = theme.accent;
        ctx.lineWidth = 1.2;
        ctx.fillRect(x0, y0, x1 - x0, y1 - y0);
        ctx.strokeRect(x0, y0, x1 - x0, y1 - y0);
    }
    if (!look) return;
    if (drawn.space) drawSpaceLook(ctx, panel, drawn.space, look);
    else drawMapLook(ctx, drawn.frame, look);
}

function drawMapLook(ctx, frame, look) {
    const x = frame.toX(look.x),
        y = frame.toY(look.y);
    withClip(ctx, frame, () => {
        for (const [ink, dash] of [
            ["rgba(255,255,255,.45)", []],
            [theme.accent, [4, 3]],
        ]) {
            ctx.strokeStyle = ink;
            ctx.lineWidth = dash.length ? 1.2 : 2.4;
            ctx.setLineDash(dash);
            ctx.beginPath();
            ctx.moveTo(x, frame.top);
            ctx.lineTo(x, frame.top + frame.height);
            ctx.moveTo(frame.left, y);
            ctx.lineTo(frame.left + frame.width, y);
            ctx.stroke();
        }
        ctx.setLineDash([]);
        drawDot(ctx, {x, y, seen: true}, 4, theme.accent, "#ffffff");
    });
}

// The slices over the surface, the point, and the line down to its place on the floor.
function drawSpaceLook(ctx, panel, space, look) {
    const {field} = panel.drawn.ready,
        grid = field.fine,
        {box, view} = space,
        point = onSurface(space, look.x, look.y);
    const step = (count) => Math.max(1, Math.round(count / 110));
    const row = [],
        column = [];
    for (let i = 0; i < grid.nx; i += step(grid.nx)) row.push(onSurface(space, grid.x[i], look.y));
    for (let j = 0; j < grid.ny; j += step(grid.ny)) column.push(onSurface(space, look.x, grid.y[j]));
    for (const line of state.slices ? [row, column] : []) {
        ctx.globalAlpha = 0.2;
        strokePlaces(ctx, line, theme.accent, 1.2, true);
        ctx.globalAlpha = 0.9;
        strokePlaces(ctx, line, theme.accent, 1.4, false);
        ctx.globalAlpha = 1;
    }
    const foot = view.project(box.x(look.x), box.y(look.y), 0);
    if (!Number.isFinite(point.x)) return;
    ctx.strokeStyle = theme.accent;
    ctx.lineWidth = 1;
    ctx.setLineDash([2, 3]);
    ctx.beginPath();
    ctx.moveTo(point.x, point.y);
    ctx.lineTo(foot.x, foot.y);
    ctx.stroke();
    ctx.setLineDash([]);
    drawDot(ctx, point, 4.5, theme.accent, "#ffffff");
}
