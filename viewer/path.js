// path.js: paths over a surface, up to the moment of the time slider, and marks of its shape.

// Checkpoints up to the moment: {count: whole ones, rest: the share of the way to the next}.
function momentOf(path) {
    const at = state.time * (path.x.length - 1);
    return {count: Math.floor(at + 1e-9) + 1, rest: at + 1e-9 - Math.floor(at + 1e-9)};
}

// Places [x, y] up to the moment, `dense` of them between checkpoints.
function placesOf(path, dense, whole) {
    const {count, rest} = whole ? {count: path.x.length, rest: 0} : momentOf(path),
        out = [];
    for (let k = 0; k < count; k++) {
        out.push([path.x[k], path.y[k]]);
        const far = k + 1 < count ? 1 : rest;
        for (let i = 1; i <= dense && k + 1 < path.x.length && far > 1e-6; i++) {
            const u = (far * i) / (dense + (k + 1 < count ? 1 : 0));
            out.push([path.x[k] * (1 - u) + path.x[k + 1] * u, path.y[k] * (1 - u) + path.y[k + 1] * u]);
        }
    }
    return out;
}

const isRun = (path) => path.x.length > 1;

function strokePlaces(ctx, pixels, ink, width, hidden) {
    ctx.beginPath();
    let pen = false;
    for (let k = 0; k < pixels.length; k++) {
        const p = pixels[k],
            on = Number.isFinite(p.x + p.y) && (hidden ? !p.seen : p.seen);
        if (on) ctx[pen ? "lineTo" : "moveTo"](p.x, p.y);
        else if (pen && Number.isFinite(p.x + p.y)) ctx.lineTo(p.x, p.y);
        pen = on;
    }
    ctx.strokeStyle = ink;
    ctx.lineWidth = width;
    ctx.stroke();
}

function drawDot(ctx, p, radius, fill, edge) {
    if (!Number.isFinite(p.x + p.y)) return;
    ctx.globalAlpha = p.seen ? 1 : 0.25;
    ctx.beginPath();
    ctx.arc(p.x, p.y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = fill;
    ctx.fill();
    ctx.strokeStyle = edge;
    ctx.lineWidth = 1.3;
    ctx.stroke();
    ctx.globalAlpha = 1;
}

function drawStar(ctx, p, radius, fill, edge) {
    if (!Number.isFinite(p.x + p.y)) return;
    ctx.globalAlpha = p.seen ? 1 : 0.25;
    ctx.beginPath();
    for (let k = 0; k < 10; k++) {
        const r = k % 2 ? radius * 0.45 : radius,
            a = -Math.PI / 2 + (k * Math.PI) / 5;
        ctx[k ? "lineTo" : "moveTo"](p.x + r * Math.cos(a), p.y + r * Math.sin(a));
    }
    ctx.closePath();
    ctx.fillStyle = fill;
    ctx.fill();
    ctx.strokeStyle = edge;
    ctx.lineWidth = 1;
    ctx.stroke();
    ctx.globalAlpha = 1;
}

// The fill of a checkpoint's dot: the lighter the farther it is off the plane, white from 30 % of the
// longest distance from the origin on, as figures have it.
function dotFill(path, k, ink) {
    if (!path.distance || !path.length) return ink;
    const most = 0.3 * extentOf(path.length).high,
        share = most > 0 ? clamp(path.distance[k] / most, 0, 1) : 0;
    const parts = [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16));
    return "rgb(" + parts.map((v) => Math.round(v + share * (255 - v))).join() + ")";
}

// `to` gives the pixel of a place, and whether it is seen.
function drawRun(ctx, path, ink, to, dense) {
    const pixels = placesOf(path, dense, false).map(([x, y]) => to(x, y)),
        end = pixels[pixels.length - 1];
    ctx.lineJoin = ctx.lineCap = "round";
    ctx.globalAlpha = 0.3;
    strokePlaces(ctx, pixels, ink, 2, true);
    ctx.globalAlpha = 1;
    strokePlaces(ctx, pixels, theme.dark || ink === "#ffffff" ? "rgba(0,0,0,.75)" : "rgba(255,255,255,.9)", 4.6, false);
    strokePlaces(ctx, pixels, ink, 2, false);
    let last = pixels[0];
    for (let k = 1; k < momentOf(path).count && path.x.length <= 2000; k++) {
        const p = pixels[k * (dense + 1)];
        if (Math.hypot(p.x - last.x, p.y - last.y) < 11) continue; // would touch
        drawDot(ctx, p, 2.2, dotFill(path, k, ink), ink);
        last = p;
    }
    drawDot(ctx, pixels[0], 4.5, "#ffffff", ink);
    if (state.time < 1) drawDot(ctx, end, 5, ink, "#ffffff");
    else drawStar(ctx, end, 7.5, "#ffd60a", "#5a4a00");
}

function drawPoint(ctx, path, ink, to) {
    const p = to(path.x[0], path.y[0]);
    drawDot(ctx, p, 4, ink, "#ffffff");
    if (!path.name || !Number.isFinite(p.x + p.y)) return;
    setFont(ctx, TICK_SIZE);
    ctx.lineWidth = 3;
    ctx.strokeStyle = theme.paper;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.strokeText(path.name, p.x + 8, p.y);
    ctx.fillStyle = theme.ink;
    ctx.fillText(path.name, p.x + 8, p.y);
}

function drawPaths(ctx, panel, to, dense = 0) {
    panel.paths.forEach((path, k) =>
        isRun(path) ? drawRun(ctx, path, runInk(k), to, dense) : drawPoint(ctx, path, runInk(k), to)
    );
}

const hasRunLegend = (panel) => state.paths && panel.paths.filter(isRun).length > 1;

// Which run is which, in a line at the top of the picture; none for a single run.
function drawRunLegend(ctx, panel, width) {
    const runs = panel.paths.map((path, k) => ({path, ink: runInk(k)})).filter(({path}) => isRun(path));
    if (!hasRunLegend(panel)) return;
    setFont(ctx, TICK_SIZE);
    let x = 8;
    for (const {path, ink} of runs) {
        const text = fitted(ctx, path.name || "path", 150),
            wide = 26 + ctx.measureText(text).width + 14;
        if (x + wide > width) return;
        ctx.lineWidth = 3;
        ctx.strokeStyle = ink === "#ffffff" ? theme.soft : ink;
        ctx.beginPath();
        ctx.moveTo(x, 9);
        ctx.lineTo(x + 20, 9);
        ctx.stroke();
        ctx.fillStyle = theme.ink;
        drawText(ctx, text, x + 26, 9, "left", "middle");
        x += wide;
    }
}

// Boxes along the paths, which the values of contours keep clear of.
function pathBoxes(panel, to) {
    const boxes = [];
    for (const path of panel.paths)
        for (const [x, y] of placesOf(path, path.x.length < 40 ? 4 : 1, true)) {
            const p = to(x, y);
            boxes.push({x: p.x, y: p.y, w: 4, h: 4});
        }
    return boxes;
}

// A name beside a point where it covers none of those in `taken`, which gets it; else none.
function drawMarkName(ctx, text, p, taken) {
    const w = ctx.measureText(text).width / 2,
        h = TICK_SIZE / 2;
    for (const [across, up] of [
        [1, 1],
        [-1, 1],
        [1, -1],
        [-1, -1],
    ]) {
        const box = {x: p.x + across * (w + 6), y: p.y - up * (h + 4), w, h};
        if (taken.some((other) => overlaps(box, other))) continue;
        taken.push(box);
        ctx.lineWidth = 3;
        ctx.strokeStyle = theme.paper;
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        ctx.strokeText(text, box.x, box.y);
        ctx.fillStyle = theme.ink;
        ctx.fillText(text, box.x, box.y);
        return;
    }
}

// Minima as dots, the deepest with names and persistences, noise as small rings, saddles as crosses.
function drawTopology(ctx, topology, to) {
    const names = [];
    setFont(ctx, TICK_SIZE);
    topology.minima.forEach((minimum, k) => {
        const p = to(minimum.place[0], minimum.place[1]);
        if (minimum.saddle && !minimum.noise) {
            const s = to(minimum.saddle[0], minimum.saddle[1]);
            ctx.strokeStyle = theme.ink;
            ctx.lineWidth = 1.4;
            ctx.globalAlpha = s.seen ? 1 : 0.25;
            ctx.beginPath();
            ctx.moveTo(s.x - 4, s.y - 4);
            ctx.lineTo(s.x + 4, s.y + 4);
            ctx.moveTo(s.x + 4, s.y - 4);
            ctx.lineTo(s.x - 4, s.y + 4);
            ctx.stroke();
            ctx.globalAlpha = 1;
        }
        drawDot(
            ctx,
            p,
            minimum.noise ? 2.5 : 4,
            minimum.noise ? "transparent" : "#ffffff",
            minimum.noise ? theme.soft : "#000000"
        );
        if (k >= 6 || minimum.noise || !p.seen) return;
        const text = "m" + (k + 1) + (minimum.persistence === null ? "" : " " + numberText(minimum.persistence));
        drawMarkName(ctx, text, p, names);
    });
}
