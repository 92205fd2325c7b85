// raster.js: the surface in space where there is no WebGL2, or one that a processor has to do: the
// same picture as mesh.js makes, triangle by triangle into pixels with a depth each.

// Screen place, depth, height, brightness and shine of every vertex of a grid, `step` apart.
function shadedVertices(panel, field, span, view, scale, step) {
    const grid = field.fine,
        {nx, ny} = grid,
        vertices = cached(panel, "vertices", [fieldNumber(field)].join(), () => verticesOf(field));
    const out =
        panel.shaded && panel.shaded.length === 6 * nx * ny
            ? panel.shaded
            : (panel.shaded = new Float32Array(6 * nx * ny));
    const range = span.high - span.low,
        offset = (field.low - span.low) / range,
        factor = (field.high - field.low || 1) / range;
    const {right, up, back, boxHeight, size, middle} = view,
        light = lightOf(view.camera),
        steep = factor * boxHeight;
    const half = [light[0] + back[0], light[1] + back[1], light[2] + back[2]],
        length = Math.hypot(...half);
    for (const j of stepped(ny, step))
        for (const i of stepped(nx, step)) {
            const k = 6 * (j * nx + i),
                x = vertices[k],
                y = vertices[k + 1],
                t = offset + factor * vertices[k + 2],
                z = (t - 0.5) * boxHeight;
            const near = 1 - (x * back[0] + y * back[1] + z * back[2]) / EYE;
            let a = -vertices[k + 3] * steep,
                b = -vertices[k + 4] * steep,
                c = 1 / Math.sqrt(a * a + b * b + 1);
            a *= c;
            b *= c;
            if (a * back[0] + b * back[1] + c * back[2] < 0) [a, b, c] = [-a, -b, -c];
            const l = 0.5 + 0.5 * (a * light[0] + b * light[1] + c * light[2]);
            out[k] = scale * (middle.x + (size * (x * right[0] + y * right[1])) / near);
            out[k + 1] = scale * (middle.y - (size * (x * up[0] + y * up[1] + z * up[2])) / near);
            out[k + 2] = 1 / near;
            out[k + 3] = t;
            out[k + 4] = (0.62 + 0.45 * l * l) * (0.55 + 0.45 * vertices[k + 5]);
            out[k + 5] = 0.14 * 255 * Math.max(0, (a * half[0] + b * half[1] + c * half[2]) / length) ** 24;
        }
    return out;
}

let fieldCount = 0;
const fieldNumber = (field) => field.number || (field.number = ++fieldCount);

// Fills one triangle. `to` is {width, height, pixels, depth, table, line, levels, lines}.
function fillTriangle(to, v, a, b, c) {
    const ax = v[a],
        ay = v[a + 1],
        bx = v[b],
        by = v[b + 1],
        cx = v[c],
        cy = v[c + 1],
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5)),
        right = Math.min(to.width - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
    const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5)),
        bottom = Math.min(to.height - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
    if (left > right || top > bottom || !(area * area > 1e-12)) return;
    const ux = (by - cy) / area,
        uy = (cx - bx) / area,
        vx = (cy - ay) / area,
        vy = (ax - cx) / area;
    const slopeX = ux * v[a + 3] + vx * v[b + 3] - (ux + vx) * v[c + 3],
        slopeY = uy * v[a + 3] + vy * v[b + 3] - (uy + vy) * v[c + 3];
    const wide = Math.abs(slopeX) + Math.abs(slopeY),
        {pixels, depth, table, line, levels, lines, width} = to,
        edge = -1e-4;
    for (let y = top; y <= bottom; y++) {
        let u = ux * (left + 0.5 - cx) + uy * (y + 0.5 - cy),
            w = vx * (left + 0.5 - cx) + vy * (y + 0.5 - cy);
        for (let x = left, at = y * width + left; x <= right; x++, at++, u += ux, w += vx) {
            const rest = 1 - u - w;
            if (u < edge || w < edge || rest < edge) continue;
            const d = u * v[a + 2] + w * v[b + 2] + rest * v[c + 2],
                t = u * v[a + 3] + w * v[b + 3] + rest * v[c + 3];
            if (d <= depth[at] || t > 1.00001) continue;
            depth[at] = d;
            let bright = u * v[a + 4] + w * v[b + 4] + rest * v[c + 4],
                shine = u * v[a + 5] + w * v[b + 5] + rest * v[c + 5];
            if (lines > 0 && wide > 1e-4) {
                const off = Math.abs(t - levels[t > 0 ? (t * 2047 + 0.5) | 0 : 0]) / wide - 0.5 * lines;
                const dim = off < 0 ? 0.5 : off < 0.9 ? 1 - 0.5 * (1 - off / 0.9) : 1;
                bright *= dim;
                shine *= dim;
            }
            const place = 255 * (line.offset + line.factor * t) + 0.5,
                p = 3 * (place > 255 ? 255 : place > 0 ? place | 0 : 0);
            const red = table[p] * bright + shine,
                green = table[p + 1] * bright + shine,
                blue = table[p + 2] * bright + shine;
            pixels[at] =
                0xff000000 |
                ((blue > 255 ? 255 : blue) << 16) |
                ((green > 255 ? 255 : green) << 8) |
                (red > 255 ? 255 : red);
        }
    }
}

function rasterTarget(panel, width, height) {
    if (!panel.raster) panel.raster = {canvas: document.createElement("canvas"), key: ""};
    const raster = panel.raster;
    if (!raster.image || raster.image.width !== width || raster.image.height !== height) {
        raster.canvas.width = width;
        raster.canvas.height = height;
        raster.image = new ImageData(width, height);
        raster.depth = new Float32Array(width * height);
    }
    return raster;
}

function drawRaster(ctx, panel, field, span, view, levels, scale, quick) {
    scale = quick ? 1 : Math.max(2, scale);
    const width = Math.round(view.width * scale),
        height = Math.round(view.height * scale),
        raster = rasterTarget(panel, width, height);
    const key = JSON.stringify([
        fieldNumber(field),
        span.low,
        span.high,
        view.camera,
        view.size,
        view.middle,
        view.boxHeight,
        width,
        height,
        levels.length,
        state.colormap,
        quick,
    ]);
    if (raster.key !== key) {
        raster.key = key;
        const step = quick ? quickStep(field.fine) : 1,
            v = shadedVertices(panel, field, span, view, scale, step);
        const triangles = cached(panel, "triangles" + step, fieldNumber(field), () => trianglesOf(field.fine, step));
        const to = {
            width,
            height,
            pixels: new Uint32Array(raster.image.data.buffer),
            depth: raster.depth,
            table: colourTable(state.colormap),
            line: colourLine(span),
            levels: levelTable(span, levels),
            lines: levels.length > 0 ? 0.8 * scale : 0,
        };
        to.pixels.fill(0);
        to.depth.fill(0);
        for (let k = 0; k < triangles.length; k += 3)
            fillTriangle(to, v, 6 * triangles[k], 6 * triangles[k + 1], 6 * triangles[k + 2]);
        raster.canvas.getContext("2d").putImageData(raster.image, 0, 0);
    }
    ctx.drawImage(raster.canvas, 0, 0, width, height, 0, 0, view.width, view.height);
}
