// camera.js: how the box of a surface is seen. The box is -1 ... 1 in x and y and 0 ... height in z;
// the eye is EYE from its middle, 4.5 times its width.

const EYE = 9,
    BOX_HEIGHT = 1.24;
const HOME = {azimuth: -60, elevation: 30, zoom: 1, panX: 0, panY: 0};

// Points of the box to pixels of a picture of that size and back; `left` pixels of it are for texts.
function makeView(camera, width, height, boxHeight, left = 0) {
    const a = (camera.azimuth * Math.PI) / 180,
        e = (camera.elevation * Math.PI) / 180;
    const right = [-Math.sin(a), Math.cos(a), 0];
    const up = [-Math.sin(e) * Math.cos(a), -Math.sin(e) * Math.sin(a), Math.cos(e)];
    const back = [Math.cos(e) * Math.cos(a), Math.cos(e) * Math.sin(a), Math.sin(e)];
    const size = Math.min((width - left) / 3.3, height / 3.0) * camera.zoom;
    const middle = {x: (width + left) / 2 + camera.panX * width, y: height * 0.49 + camera.panY * height};
    return {
        width,
        height,
        right,
        up,
        back,
        size,
        middle,
        boxHeight,
        camera,
        project(x, y, z) {
            z -= boxHeight / 2;
            const u = x * right[0] + y * right[1],
                v = x * up[0] + y * up[1] + z * up[2];
            const w = x * back[0] + y * back[1] + z * back[2],
                f = EYE / (EYE - w);
            return {x: middle.x + size * u * f, y: middle.y - size * v * f, w};
        },
        // A ray from the eye: a point of the box is from + s way.
        ray(px, py) {
            const u = (px - middle.x) / size,
                v = (middle.y - py) / size;
            const eye = back.map((b) => EYE * b),
                way = [0, 1, 2].map((k) => u * right[k] + v * up[k] - eye[k]);
            return {from: [eye[0], eye[1], eye[2] + boxHeight / 2], way};
        },
    };
}

// Box coordinates of a field within a span, and back.
function makeBox(field, span, boxHeight) {
    const x0 = field.x[0],
        x1 = field.x[field.nx - 1],
        y0 = field.y[0],
        y1 = field.y[field.ny - 1];
    const wide = x1 - x0 || 1,
        deep = y1 - y0 || 1,
        range = span.high - span.low || 1;
    return {
        boxHeight,
        x: (x) => -1 + (2 * (x - x0)) / wide,
        y: (y) => -1 + (2 * (y - y0)) / deep,
        z: (z) => (boxHeight * (z - span.low)) / range,
        toX: (bx) => x0 + (wide * (bx + 1)) / 2,
        toY: (by) => y0 + (deep * (by + 1)) / 2,
        // the height of the surface above a place of the floor; NaN in a hole, and where it is cut off
        height(bx, by) {
            const z = heightAt(field.fine, this.toX(clamp(bx, -1, 1)), this.toY(clamp(by, -1, 1)));
            return z > span.high ? NaN : this.z(z);
        },
    };
}

// Where s in from + s way is inside the box's walls: [first, last], or null.
function insideWalls(from, way, boxHeight) {
    let first = 0,
        last = Infinity;
    for (const [k, low, high] of [
        [0, -1, 1],
        [1, -1, 1],
        [2, 0, boxHeight],
    ]) {
        const a = (low - from[k]) / way[k],
            b = (high - from[k]) / way[k];
        if (Math.abs(way[k]) < 1e-12) {
            if (from[k] < low || from[k] > high) return null;
            continue;
        }
        first = Math.max(first, Math.min(a, b));
        last = Math.min(last, Math.max(a, b));
    }
    return first < last ? [first, last] : null;
}

// The place of the floor under the first point of the surface that a pixel shows, or null.
function pick(view, box, px, py) {
    const {from, way} = view.ray(px, py),
        range = insideWalls(from, way, box.boxHeight * (1 + 1e-6));
    if (!range) return null;
    const above = (s) => from[2] + s * way[2] - box.height(from[0] + s * way[0], from[1] + s * way[1]);
    const steps = 500;
    let last = NaN,
        at = range[0];
    for (let k = 0; k <= steps; k++) {
        const s = range[0] + ((range[1] - range[0]) * k) / steps,
            now = above(s);
        if (last > 0 !== now > 0 && !Number.isNaN(last) && !Number.isNaN(now)) {
            let low = at,
                high = s;
            for (let i = 0; i < 30; i++) {
                const middle = (low + high) / 2;
                if (above(middle) > 0 === last > 0) low = middle;
                else high = middle;
            }
            return {bx: from[0] + low * way[0], by: from[1] + low * way[1]};
        }
        last = now;
        at = s;
    }
    return null;
}

// Whether nothing of the surface lies between a point of the box and the eye.
function isSeen(view, box, bx, by, bz, steps = 90) {
    const way = [view.back[0] * EYE - bx, view.back[1] * EYE - by, view.back[2] * EYE + box.boxHeight / 2 - bz];
    const range = insideWalls([bx, by, bz], way, box.boxHeight);
    if (!range) return true;
    const start = bz - box.height(bx, by) >= -1e-9;
    for (let k = 1; k <= steps; k++) {
        const s = (range[1] * k) / steps,
            h = box.height(bx + s * way[0], by + s * way[1]);
        const above = bz + s * way[2] + 0.012 > h;
        if (!Number.isNaN(h) && above !== start) return false;
    }
    return true;
}

// A view in which the lowest sample is seen: from the usual side if that can be, and from no higher
// than it takes.
function chooseCamera(field, span) {
    const lowest = lowestOf(field),
        box = makeBox(field, span, BOX_HEIGHT);
    if (lowest < 0) return {...HOME};
    const bx = box.x(field.x[lowest % field.nx]),
        by = box.y(field.y[Math.floor(lowest / field.nx)]);
    const bz = box.height(bx, by);
    for (const elevation of [30, 35, 40, 45, 50, 58])
        for (const turn of elevation < 50 ? [0, 15, -15, 30] : [0, 15, -15, 30, -30, 60, 90, 180]) {
            const camera = {...HOME, azimuth: HOME.azimuth + turn, elevation};
            if (isSeen(makeView(camera, 400, 400, BOX_HEIGHT), box, bx, by, bz)) return camera;
        }
    return {...HOME, elevation: 50};
}
