// keys.js: everything that the pointer does, without it.

const KEYS_HELP = [
    ["arrows", "turn the surface; on a map or a chart, move the read-out"],
    ["Shift + arrows", "move the read-out, a sample at a time"],
    ["+ and −", "zoom"],
    ["Home", "the view of the beginning"],
    ["Enter", "hold the read-out where it is, or let it go"],
    ["Escape", "no read-out"],
    ["1 2 3 4", "surface, contours, bands, heat map"],
    ["Space", "play the paths, or pause"],
];

const ARROWS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]};

function stepLook(panel, dx, dy) {
    if (panel.drawn.chart) {
        const count = panel.drawn.chart.curves[0].x.length;
        panel.look = panel.look === null || panel.look === undefined ? 0 : clamp(panel.look + dx + dy, 0, count - 1);
        paintLook(panel);
        return;
    }
    const place = slicePlace(panel, panel.drawn.ready.field);
    const i = panel.look ? clamp(place.i + dx, 0, panel.nx - 1) : place.i,
        j = panel.look ? clamp(place.j + dy, 0, panel.ny - 1) : place.j;
    panel.pinned = panel.pinned ? {x: panel.x[i], y: panel.y[j]} : null;
    lookAt(panel, {x: panel.x[i], y: panel.y[j]});
}

function pressEnter(panel) {
    if (!panel.look || !panel.drawn.ready) return;
    panel.pinned = panel.pinned ? null : {...panel.look};
    tell("point", {panel, x: panel.pinned ? panel.look.x : null, y: panel.pinned ? panel.look.y : null});
}

function clearLook(panel) {
    panel.pinned = null;
    if (panel.drawn.chart) {
        panel.look = null;
        paintLook(panel);
    } else {
        lookAt(panel, null);
    }
}

function pressKey(panel, event) {
    if (!panel.drawn || panel.drawn.empty || event.ctrlKey || event.altKey || event.metaKey) return;
    const arrow = ARROWS[event.key],
        views = ["3d", "contour", "filled", "heat"];
    if (arrow && panel.drawn.space && !event.shiftKey) turn(panel, -5 * arrow[0], 5 * arrow[1]);
    else if (arrow) stepLook(panel, arrow[0], arrow[1]);
    else if (event.key === "+" || event.key === "=") zoom(panel, 1.2);
    else if (event.key === "-" || event.key === "_") zoom(panel, 1 / 1.2);
    else if (event.key === "Home" || event.key === "0") goHome(panel);
    else if (event.key === "Enter") pressEnter(panel);
    else if (event.key === "Escape") clearLook(panel);
    else if (event.key === " ") togglePlay();
    else if (views[event.key - 1]) viewer.set({view: views[event.key - 1]});
    else return;
    event.preventDefault();
}
