// mesh.js: the surface in space, by WebGL2. One hidden canvas serves all panels and is copied to
// theirs: browsers allow few contexts, and text stays crisp.

const VERTEX_SHADER = [
    "#version 300 es",
    "layout(location = 0) in vec3 place;", // x, y of the box, height 0 ... 1 of the field's own range
    "layout(location = 1) in vec3 slope;", // of that height along x and y of the box; openness
    "uniform vec2 line;", // t = line.x + line.y height, 0 ... 1 within the span
    "uniform float boxHeight;",
    "uniform vec3 right, up, back;",
    "uniform vec4 frame;", // scale and shift to -1 ... 1
    "out float t;",
    "out vec3 normal;",
    "out float open;",
    "void main() {",
    "t = line.x + line.y * place.z;",
    "vec3 p = vec3(place.xy, (t - 0.5) * boxHeight);",
    "float near = 1.0 - dot(p, back) / 9.0;",
    "normal = vec3(-slope.xy * line.y * boxHeight, 1.0);",
    "open = slope.z;",
    "gl_Position = vec4(frame.x * dot(p, right) + frame.z * near, frame.y * dot(p, up) + frame.w * near, 3.9 * near - 3.65, near);",
    "}",
].join("\n");

const FRAGMENT_SHADER = [
    "#version 300 es",
    "precision highp float;",
    "in float t;",
    "in vec3 normal;",
    "in float open;",
    "uniform sampler2D colours, levels;",
    "uniform vec3 back, light;",
    "uniform vec2 colourLine;",
    "uniform float lines;",
    "out vec4 colour;",
    "void main() {",
    "float wide = fwidth(t);",
    "if (t > 1.0 + 1e-5) discard;",
    "vec3 n = normalize(normal);",
    "if (dot(n, back) < 0.0) n = -n;",
    "float l = 0.5 + 0.5 * dot(n, light);",
    "float bright = (0.62 + 0.45 * l * l) * (0.55 + 0.45 * open);",
    "float shine = 0.14 * pow(max(dot(n, normalize(light + back)), 0.0), 24.0);",
    "vec3 c = texture(colours, vec2((clamp(colourLine.x + colourLine.y * t, 0.0, 1.0) * 255.0 + 0.5) / 256.0, 0.5)).rgb;",
    "c = c * bright + shine;",
    "if (lines > 0.0) {",
    "float level = texelFetch(levels, ivec2(int(clamp(t, 0.0, 1.0) * 2047.0 + 0.5), 0), 0).r;",
    "float on = 1.0 - smoothstep(lines * 0.5, lines * 0.5 + 0.9, abs(t - level) / max(wide, 1e-7));",
    "c *= 1.0 - 0.5 * on * smoothstep(0.0, 4e-4, wide);",
    "}",
    "colour = vec4(c, 1.0);",
    "}",
].join("\n");

function compileProgram(gl) {
    const program = gl.createProgram();
    for (const [type, source] of [
        [gl.VERTEX_SHADER, VERTEX_SHADER],
        [gl.FRAGMENT_SHADER, FRAGMENT_SHADER],
    ]) {
        const shader = gl.createShader(type);
        gl.shaderSource(shader, source);
        gl.compileShader(shader);
        gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}

function makeTexture(gl, unit, filter) {
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const which of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, which, filter);
    for (const which of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
        gl.texParameteri(gl.TEXTURE_2D, which, gl.CLAMP_TO_EDGE);
    return texture;
}

// How many samples a triangle spans where it has to be quick.
const quickStep = (grid) => Math.max(1, Math.round(Math.max(grid.nx, grid.ny) / 110));

// Whether WebGL is done by a processor. Firefox says so itself, others only when asked for it.
function isSoftware(gl) {
    let name = String(gl.getParameter(gl.RENDERER));
    const info = name.startsWith("WebKit") ? gl.getExtension("WEBGL_debug_renderer_info") : null;
    if (info) name = String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL));
    return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

// null where there is no WebGL2, or where a processor would have to do its work: then raster.js
// draws. "#webgl" in the address asks for it in any case.
function makeRenderer() {
    const canvas = document.createElement("canvas");
    const gl = canvas.getContext("webgl2", {antialias: false, alpha: true, premultipliedAlpha: true});
    if (!gl || (isSoftware(gl) && location.hash !== "#webgl")) return null;
    const program = compileProgram(gl);
    if (!program) return null;
    const at = {};
    for (const name of [
        "line",
        "boxHeight",
        "right",
        "up",
        "back",
        "frame",
        "colours",
        "levels",
        "light",
        "colourLine",
        "lines",
    ])
        at[name] = gl.getUniformLocation(program, name);
    gl.useProgram(program);
    gl.uniform1i(at.colours, 0);
    gl.uniform1i(at.levels, 1);
    gl.enable(gl.DEPTH_TEST);
    const renderer = {
        canvas,
        gl,
        at,
        colours: makeTexture(gl, 0, gl.LINEAR),
        levels: makeTexture(gl, 1, gl.NEAREST),
        lost: false,
    };
    canvas.addEventListener("webglcontextlost", () => (renderer.lost = true));
    return renderer;
}

// How open the sky is above each point, 0 ... 1: what lies below its surroundings is darker. The
// mean of the surroundings is taken along both axes in turn.
function opennessOf(grid, low, range) {
    const {nx, ny} = grid,
        z = Float32Array.from(grid.z, (v) => (v - low) / range),
        reach = Math.max(2, Math.round(Math.max(nx, ny) / 14));
    const run = (from, count, step, other, otherStep) => {
        const out = new Float32Array(from.length);
        for (let l = 0; l < other; l++) {
            let sum = 0,
                number = 0;
            for (let k = -reach; k < count; k++) {
                const add = k + reach < count ? from[l * otherStep + (k + reach) * step] : NaN;
                const take = k - reach - 1 >= 0 ? from[l * otherStep + (k - reach - 1) * step] : NaN;
                if (!Number.isNaN(add)) {
                    sum += add;
                    number++;
                }
                if (!Number.isNaN(take)) {
                    sum -= take;
                    number--;
                }
                if (k >= 0) out[l * otherStep + k * step] = number > 0 ? sum / number : NaN;
            }
        }
        return out;
    };
    const mean = run(run(z, nx, 1, ny, nx), ny, nx, nx, 1);
    return mean.map((m, k) => clamp(1 - 3.2 * Math.max(0, m - z[k]), 0, 1));
}

// Six numbers a vertex: its place, its slopes and its openness.
function verticesOf(field) {
    const grid = field.fine,
        {nx, ny, x, y, z} = grid,
        range = field.high - field.low || 1;
    const open = opennessOf(grid, field.low, range),
        out = new Float32Array(6 * nx * ny);
    const bx = (i) => (2 * (x[i] - x[0])) / (x[nx - 1] - x[0]),
        by = (j) => (2 * (y[j] - y[0])) / (y[ny - 1] - y[0]);
    const slope = (k, low, high, distance) => {
        const a = Number.isNaN(z[low]) ? k : low,
            b = Number.isNaN(z[high]) ? k : high;
        return a === b ? 0 : (z[b] - z[a]) / range / distance(a, b);
    };
    for (let j = 0, k = 0; j < ny; j++)
        for (let i = 0; i < nx; i++, k++) {
            const left = i > 0 ? k - 1 : k,
                right = i + 1 < nx ? k + 1 : k;
            const down = j > 0 ? k - nx : k,
                above = j + 1 < ny ? k + nx : k;
            const sx = slope(k, left, right, (a, b) => bx(b % nx) - bx(a % nx));
            const sy = slope(k, down, above, (a, b) => by((b - i) / nx) - by((a - i) / nx));
            out.set([bx(i) - 1, by(j) - 1, (z[k] - field.low) / range, sx, sy, open[k] || 0], 6 * k);
        }
    return out;
}

// Two triangles for each cell whose corners are all there, split along the flatter diagonal; with
// `step` for every so many samples along both axes.
function trianglesOf(grid, step) {
    const {nx, ny, z} = grid,
        is = stepped(nx, step),
        js = stepped(ny, step),
        out = new Uint32Array(6 * (is.length - 1) * (js.length - 1));
    let count = 0;
    for (let q = 0; q + 1 < js.length; q++)
        for (let p = 0; p + 1 < is.length; p++) {
            const a = js[q] * nx + is[p],
                b = js[q] * nx + is[p + 1],
                c = js[q + 1] * nx + is[p + 1],
                d = js[q + 1] * nx + is[p];
            if (Number.isNaN(z[a] + z[b] + z[c] + z[d])) continue;
            const corners = Math.abs(z[a] - z[c]) <= Math.abs(z[b] - z[d]) ? [a, b, c, a, c, d] : [a, b, d, b, c, d];
            for (const corner of corners) out[count++] = corner;
        }
    return out.subarray(0, count);
}

// 0, step, 2 step, ... and the last.
function stepped(count, step) {
    const out = [];
    for (let k = 0; k < count - 1; k += step) out.push(k);
    out.push(count - 1);
    return out;
}

// The buffers of a panel, made again when its field is another.
function bufferedMesh(renderer, panel, field) {
    const gl = renderer.gl,
        mesh =
            panel.mesh ||
            (panel.mesh = {array: gl.createVertexArray(), vertices: gl.createBuffer(), indices: gl.createBuffer()});
    gl.bindVertexArray(mesh.array);
    if (mesh.field === field) return mesh;
    mesh.field = field;
    gl.bindBuffer(gl.ARRAY_BUFFER, mesh.vertices);
    gl.bufferData(gl.ARRAY_BUFFER, verticesOf(field), gl.DYNAMIC_DRAW);
    for (const [location, offset] of [
        [0, 0],
        [1, 12],
    ]) {
        gl.enableVertexAttribArray(location);
        gl.vertexAttribPointer(location, 3, gl.FLOAT, false, 24, offset);
    }
    const fine = trianglesOf(field.fine, 1),
        coarse = trianglesOf(field.fine, quickStep(field.fine));
    const triangles = new Uint32Array(fine.length + coarse.length);
    triangles.set(fine);
    triangles.set(coarse, fine.length);
    mesh.fine = {first: 0, count: fine.length};
    mesh.coarse = {first: 4 * fine.length, count: coarse.length};
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, mesh.indices);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, triangles, gl.DYNAMIC_DRAW);
    return mesh;
}

function releaseMesh({gl}, panel) {
    if (!panel.mesh) return;
    gl.deleteVertexArray(panel.mesh.array);
    gl.deleteBuffer(panel.mesh.vertices);
    gl.deleteBuffer(panel.mesh.indices);
    panel.mesh = null;
}

// The level nearest to each of 2048 heights.
function levelTable(span, levels) {
    const table = new Float32Array(2048).fill(-9);
    const ts = levels.map((level) => (level.z - span.low) / (span.high - span.low));
    for (let k = 0; ts.length > 0 && k < 2048; k++) table[k] = ts[nearestOf(ts, k / 2047)];
    return table;
}

// From 50 degrees to the left of the eye and 50 up.
function lightOf(camera) {
    const a = ((camera.azimuth - 50) * Math.PI) / 180,
        e = (50 * Math.PI) / 180;
    return [Math.cos(e) * Math.cos(a), Math.cos(e) * Math.sin(a), Math.sin(e)];
}

// Draws the surface and copies it to the picture `ctx`, whose unit is a pixel of the view.
// With `quick`, coarser, for machines that would not turn smoothly otherwise.
function drawMesh(renderer, ctx, panel, field, span, view, levels, scale, quick) {
    scale = quick ? 1 : Math.max(2, scale);
    const {gl, at, canvas} = renderer,
        width = Math.round(view.width * scale),
        height = Math.round(view.height * scale);
    if (canvas.width < width || canvas.height < height) {
        canvas.width = Math.max(canvas.width, width);
        canvas.height = Math.max(canvas.height, height);
    }
    gl.viewport(0, 0, width, height);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    const mesh = bufferedMesh(renderer, panel, field),
        range = span.high - span.low,
        line = colourLine(span);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, renderer.colours);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, colourTable(state.colormap));
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, renderer.levels);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, 2048, 1, 0, gl.RED, gl.FLOAT, levelTable(span, levels));
    gl.uniform2f(at.line, (field.low - span.low) / range, (field.high - field.low || 1) / range);
    gl.uniform1f(at.boxHeight, view.boxHeight);
    gl.uniform3fv(at.right, view.right);
    gl.uniform3fv(at.up, view.up);
    gl.uniform3fv(at.back, view.back);
    gl.uniform3fv(at.light, lightOf(view.camera));
    gl.uniform2f(at.colourLine, line.offset, line.factor);
    gl.uniform1f(at.lines, levels.length > 0 ? 0.8 * scale : 0);
    const sx = (2 * view.size) / view.width,
        sy = (2 * view.size) / view.height;
    gl.uniform4f(at.frame, sx, sy, (2 * view.middle.x) / view.width - 1, 1 - (2 * view.middle.y) / view.height);
    const part = quick ? mesh.coarse : mesh.fine;
    gl.drawElements(gl.TRIANGLES, part.count, gl.UNSIGNED_INT, part.first);
    ctx.drawImage(canvas, 0, canvas.height - height, width, height, 0, 0, view.width, view.height);
}
