// cells.js: the surface in space without WebGL2: cells from back to front on a plain canvas, fewer of
// them where there are many.

const MOST_CELLS = 72;

function coarseIndices(count) {
    const step = Math.max(1, Math.ceil((count - 1) / MOST_CELLS)), out = [];
    for (let k = 0; k < count - 1; k += step)
        out.push(k);
    out.push(count - 1);
    return out;
}

function cellColour(table, span, line, z, slopes, light, back) {
    let n = [-slopes[0], -slopes[1], 1];
    const length = Math.hypot(...n), dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    n = n.map((v) => v / length);
    if (dot(n, back) < 0)
        n = n.map((v) => -v);
    const l = 0.5 + 0.5 * dot(n, light), bright = 0.62 + 0.45 * l * l, place = colourPlace(span, line, z);
    return "rgb(" + [0, 1, 2].map((c) => clamp(Math.round(table[3 * place + c] * bright), 0, 255)).join() + ")";
}

function drawCells(ctx, field, span, view) {
    const grid = field.fine, box = makeBox(field, span, view.boxHeight), table = colourTable(state.colormap);
    const line = colourLine(span), light = lightOf(view.camera);
    const is = coarseIndices(grid.nx), js = coarseIndices(grid.ny);
    const order = (list, back) => back > 0 ? list.slice(0, -1).map((_, k) => k) : list.slice(0, -1).map((_, k) => list.length - 2 - k);
    ctx.lineWidth = 0.6;
    for (const j of order(js, view.back[1]))
        for (const i of order(is, view.back[0])) {
            const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]].map(([p, q]) =>
                [box.x(grid.x[is[p]]), box.y(grid.y[js[q]]), grid.z[js[q] * grid.nx + is[p]]]);
            const mean = (corners[0][2] + corners[1][2] + corners[2][2] + corners[3][2]) / 4;
            if (Number.isNaN(mean) || mean > span.high)
                continue;
            const h = corners.map((c) => box.z(c[2])), dx = corners[1][0] - corners[0][0], dy = corners[3][1] - corners[0][1];
            const slopes = [(h[1] + h[2] - h[0] - h[3]) / 2 / dx, (h[3] + h[2] - h[0] - h[1]) / 2 / dy];
            ctx.fillStyle = ctx.strokeStyle = cellColour(table, span, line, mean, slopes, light, view.back);
            ctx.beginPath();
            corners.forEach((c, k) => {
                const p = view.project(c[0], c[1], h[k]);
                ctx[k ? "lineTo" : "moveTo"](p.x, p.y);
            });
            ctx.closePath();
            ctx.fill();
            ctx.stroke();
        }
}
