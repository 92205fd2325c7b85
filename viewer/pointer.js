// pointer.js: mouse, pen and fingers on a picture: one turns or reads out, two zoom.

const CLICK_REACH = 4;

function pixelOf(panel, event) {
    const box = panel.ui.base.getBoundingClientRect();
    return {x: event.clientX - box.left, y: event.clientY - box.top};
}

// The place of a surface under a pixel, or null.
function placeUnder(panel, pixel) {
    const {drawn} = panel;
    if (!drawn || !drawn.ready) return null;
    if (drawn.space) {
        const hit = pick(drawn.space.view, drawn.space.box, pixel.x, pixel.y);
        return hit ? {x: drawn.space.box.toX(hit.bx), y: drawn.space.box.toY(hit.by)} : null;
    }
    const {frame} = drawn,
        inside =
            pixel.x >= frame.left &&
            pixel.x <= frame.left + frame.width &&
            pixel.y >= frame.top &&
            pixel.y <= frame.top + frame.height;
    return inside ? {x: frame.fromX(pixel.x), y: frame.fromY(pixel.y)} : null;
}

function nearCheckpoint(panel, pixel) {
    const {drawn} = panel,
        to = drawn.space
            ? (x, y) => onSurface(drawn.space, x, y)
            : (x, y) => ({x: drawn.frame.toX(x), y: drawn.frame.toY(y)});
    let best = null,
        least = 10;
    for (const path of panel.paths)
        for (let k = 0; k < path.x.length && path.x.length <= 1000; k++) {
            const p = to(path.x[k], path.y[k]),
                distance = Math.hypot(p.x - pixel.x, p.y - pixel.y);
            if (distance < least) [best, least] = [{path, k}, distance];
        }
    return best;
}

// Linked panels look at the same place, where they have it.
function lookAt(panel, look) {
    for (const other of state.link ? planes() : [panel]) {
        const has =
            look &&
            look.x >= other.x[0] &&
            look.x <= other.x[other.nx - 1] &&
            look.y >= other.y[0] &&
            look.y <= other.y[other.ny - 1];
        other.look = other === panel ? look : has ? {x: look.x, y: look.y} : null;
        paintLook(other);
    }
    if (look) tell("look", {panel, x: look.x, y: look.y});
}

function hover(panel, pixel) {
    if (!panel.drawn || panel.pinned) return;
    if (panel.drawn.chart) {
        const {chart, frame} = panel.drawn,
            at = frame.fromX(pixel.x);
        panel.look = chart.parametric
            ? nearestPixel(frame, chart.curves[0], pixel)
            : chartLook(chart, frame.x.log ? 10 ** at : at);
        paintLook(panel);
        return;
    }
    const look = placeUnder(panel, pixel);
    if (look && state.paths && panel.paths.length) look.near = nearCheckpoint(panel, pixel);
    lookAt(panel, look);
}

function nearestPixel(frame, curve, pixel) {
    let best = -1,
        least = Infinity;
    for (let k = 0; k < curve.x.length; k++) {
        const p = frame.pixel(curve, curve.y[k], curve.x[k]),
            distance = Math.hypot(p.x - pixel.x, p.y - pixel.y);
        if (distance < least) [best, least] = [k, distance];
    }
    return best;
}

// ---- turning and zooming

function turn(panel, azimuth, elevation) {
    const camera = panel.drawn.ready.camera;
    camera.azimuth = (((camera.azimuth + azimuth) % 360) + 360) % 360;
    camera.elevation = clamp(camera.elevation + elevation, 2, 90);
    moves();
    repaint(state.link ? undefined : panel);
}

function shift(panel, dx, dy) {
    const {drawn, size} = panel;
    moves();
    if (drawn.space) {
        drawn.ready.camera.panX += dx / size.width;
        drawn.ready.camera.panY += dy / size.height;
    } else if (panel.window) {
        const {frame} = drawn,
            x = frame.fromX(0) - frame.fromX(dx),
            y = frame.fromY(0) - frame.fromY(dy);
        setWindow(panel, panel.window.x0 + x, panel.window.x1 + x, panel.window.y0 + y, panel.window.y1 + y);
    }
    repaint(state.link && drawn.space ? undefined : panel);
}

// A part of the map, kept within it; all of it is no part.
function setWindow(panel, x0, x1, y0, y1) {
    const fit = (low, high, x) => {
        const first = x[0],
            last = x[x.length - 1],
            length = Math.min(high - low, last - first),
            start = clamp(low, first, last - length);
        return [start, start + length, length < (last - first) * 0.999];
    };
    const [a, b, part] = fit(x0, x1, panel.x),
        [c, d, other] = fit(y0, y1, panel.y);
    panel.window = part || other ? {x0: a, x1: b, y0: c, y1: d} : null;
}

function zoom(panel, factor, pixel) {
    const {drawn} = panel;
    if (!drawn || !drawn.ready) return;
    moves();
    if (drawn.space) {
        const camera = drawn.ready.camera;
        camera.zoom = clamp(camera.zoom * factor, 0.4, 12);
    } else {
        const {frame} = drawn,
            x = frame.fromX(pixel ? pixel.x : frame.left + frame.width / 2),
            y = frame.fromY(pixel ? pixel.y : frame.top + frame.height / 2);
        const {low: x0, high: x1} = frame.x,
            {low: y0, high: y1} = frame.y;
        setWindow(panel, x - (x - x0) / factor, x + (x1 - x) / factor, y - (y - y0) / factor, y + (y1 - y) / factor);
    }
    repaint(state.link && drawn.space ? undefined : panel);
}

function goHome(panel) {
    const {drawn} = panel;
    panel.window = null;
    if (drawn && drawn.ready && drawn.space) {
        const home = chooseCamera(drawn.ready.field, drawn.ready.span);
        Object.assign(drawn.ready.camera, home);
    }
    repaint(state.link ? undefined : panel);
}

// ---- dragging

function beginDrag(panel, pixel, event) {
    const pans = event.button !== 0 || event.shiftKey || event.ctrlKey;
    panel.drag = {from: pixel, last: pixel, moved: false, pans, touch: event.pointerType === "touch", rectangle: null};
}

function continueDrag(panel, pixel) {
    const {drag, drawn} = panel,
        dx = pixel.x - drag.last.x,
        dy = pixel.y - drag.last.y;
    drag.moved = drag.moved || Math.hypot(pixel.x - drag.from.x, pixel.y - drag.from.y) > CLICK_REACH;
    if (!drag.moved || !drawn || !drawn.ready) return;
    drag.last = pixel;
    if (drag.pans && (drawn.space || panel.window)) shift(panel, dx, dy);
    else if (drawn.space) turn(panel, -0.5 * dx, 0.5 * dy);
    else if (drag.touch && state.mode !== "rectangle") hover(panel, pixel);
    else drawRectangle(panel, pixel);
}

function drawRectangle(panel, pixel) {
    const {
            drag,
            drawn: {frame},
        } = panel,
        inX = (v) => clamp(v, frame.left, frame.left + frame.width),
        inY = (v) => clamp(v, frame.top, frame.top + frame.height);
    drag.rectangle = {x0: inX(drag.from.x), y0: inY(drag.from.y), x1: inX(pixel.x), y1: inY(pixel.y)};
    paintLook(panel);
}

function endDrag(panel, pixel) {
    const {drag} = panel;
    panel.drag = null;
    if (!drag) return;
    if (!drag.moved) dropPoint(panel, pixel);
    else if (drag.rectangle) takeRectangle(panel, drag.rectangle);
}

function takeRectangle(panel, r) {
    const {frame} = panel.drawn,
        x = [frame.fromX(r.x0), frame.fromX(r.x1)].sort((a, b) => a - b),
        y = [frame.fromY(r.y0), frame.fromY(r.y1)].sort((a, b) => a - b);
    paintLook(panel);
    if (Math.abs(r.x1 - r.x0) < 6 || Math.abs(r.y1 - r.y0) < 6) return;
    if (!tell("rectangle", {panel, x0: x[0], x1: x[1], y0: y[0], y1: y[1]})) {
        setWindow(panel, x[0], x[1], y[0], y[1]);
        repaint(panel);
    }
}

// A click holds the read-out where it is, the next one lets it go.
function dropPoint(panel, pixel) {
    if (panel.pinned) {
        panel.pinned = null;
        tell("point", {panel, x: null, y: null});
        hover(panel, pixel);
        return;
    }
    hover(panel, pixel);
    if (panel.look && panel.drawn.ready) {
        panel.pinned = {...panel.look};
        tell("point", {panel, x: panel.look.x, y: panel.look.y});
    }
}

function pinch(panel, pointers) {
    const [a, b] = [...pointers.values()],
        distance = Math.hypot(a.x - b.x, a.y - b.y),
        middle = {x: (a.x + b.x) / 2, y: (a.y + b.y) / 2};
    if (panel.pinched) {
        zoom(panel, distance / panel.pinched.distance, middle);
        shift(panel, middle.x - panel.pinched.middle.x, middle.y - panel.pinched.middle.y);
    }
    panel.pinched = {distance, middle};
}

function listenTo(panel) {
    const {base} = panel.ui,
        pointers = new Map();
    base.addEventListener("pointerdown", (event) => {
        base.setPointerCapture(event.pointerId);
        pointers.set(event.pointerId, pixelOf(panel, event));
        panel.pinched = null;
        if (pointers.size === 1) beginDrag(panel, pixelOf(panel, event), event);
        else panel.drag = null;
    });
    base.addEventListener("pointermove", (event) => {
        const pixel = pixelOf(panel, event);
        if (pointers.has(event.pointerId)) pointers.set(event.pointerId, pixel);
        if (pointers.size === 2) pinch(panel, pointers);
        else if (panel.drag) continueDrag(panel, pixel);
        else if (pointers.size === 0) hover(panel, pixel);
    });
    const lift = (event) => {
        pointers.delete(event.pointerId);
        panel.pinched = null;
        if (event.type === "pointerup") endDrag(panel, pixelOf(panel, event));
        else panel.drag = null;
    };
    base.addEventListener("pointerup", lift);
    base.addEventListener("pointercancel", lift);
    base.addEventListener("pointerleave", () => {
        if (panel.pinned || panel.drag || document.activeElement === base) return;
        if (panel.drawn && panel.drawn.chart) {
            panel.look = null;
            paintLook(panel);
        } else {
            lookAt(panel, null);
        }
    });
    base.addEventListener("contextmenu", (event) => event.preventDefault());
    base.addEventListener("dblclick", () => goHome(panel));
    // the page scrolls past pictures that nobody took hold of
    base.addEventListener(
        "wheel",
        (event) => {
            if (document.activeElement !== base && !event.ctrlKey) return;
            event.preventDefault();
            zoom(panel, Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0018)), pixelOf(panel, event));
        },
        {passive: false}
    );
    base.addEventListener("keydown", (event) => pressKey(panel, event));
}
