// seam.js: for scripts that are added to the page (tw_page_options.script), which share this scope:
// viewer/live.js is one. It runs before start() and can call all of these then and later.
//
//   viewer.panels                  the panels on the page, as decoded (data.js), in order
//   viewer.state                   what the reader has chosen (state in this file); viewer.set({...})
//                                  changes it, with the controls
//   viewer.add(given)              adds a panel (JSON as in data.js); gives back the panel
//   viewer.remove(panel)
//   viewer.replace(panel, metric, values[, computed])
//                                  all values of a metric (INDEX) of a surface, ny rows of nx as in
//                                  the JSON; computed: bytes likewise (left out: as they are)
//   viewer.patch(panel, metric, indices, values[, computed])
//                                  some: values[k] is at indices[k] = iy * nx + ix as in the JSON;
//                                  `computed` (a number, 1 if left out) is what they become
//   viewer.fill(panel, on)         whether points not computed are drawn as interpolated between
//                                  those that are, while a surface fills
//   viewer.note(panel, text)       a line under the panel, "" for none; spoken by screen readers
//   viewer.on(event, listener)     "rectangle"  {panel, x0, x1, y0, y1}  drawn with the mouse (or two
//                                               taps) on a map; return true to keep the map from
//                                               zooming into it
//                                  "point"      {panel, x, y}  clicked, tapped, or Enter pressed on;
//                                               null coordinates where it was let go
//                                  "look"       {panel, x, y}  under the pointer
//                                  "start"      {}  when the page stands
//   viewer.button({label, title, press, pressed})
//                                  adds a button to the controls; `pressed` (BOOL) makes it one that
//                                  stays down. Gives back the element
//   viewer.mode(name)              what dragging and tapping on a map does: "look" (as it begins:
//                                  drag draws a rectangle) or "rectangle" (touch does, too)
//
// Values that change are drawn with the next frame, however many calls change them.

const state = {
    view: data.view || "3d",
    metric: data.metric || null,
    scale: data.scale || "auto",
    colormap: data.colormap || "viridis",
    lines: true,
    paths: true,
    points: false,
    slices: true,
    same: false,
    link: true,
    height: 1,
    clip: 1,
    time: 1,
    theme: "auto",
    mode: "look",
};

const listeners = {rectangle: [], point: [], look: [], start: []};

// Tells the listeners; whether one of them said that it was taken.
function tell(event, what) {
    let taken = false;
    for (const listener of listeners[event]) taken = listener(what) === true || taken;
    return taken;
}

// Where index k of the JSON is in the decoded arrays.
function placeOf(surface, k) {
    const i = k % surface.nx,
        j = (k - i) / surface.nx;
    return (surface.flipY ? surface.ny - 1 - j : j) * surface.nx + (surface.flipX ? surface.nx - 1 - i : i);
}

const viewer = {
    panels: [],
    state,
    on: (event, listener) => listeners[event].push(listener),
    set(changes) {
        Object.assign(state, changes);
        showControls();
        repaint();
    },
    add: (given) => addPanel(decodePanel(given)),
    remove: (panel) => removePanel(panel),
    replace(panel, metric, values, computed) {
        panel.metrics[metric].values = rearranged(
            Float64Array.from(values),
            panel.nx,
            panel.ny,
            panel.flipX,
            panel.flipY
        );
        if (computed)
            panel.computed = rearranged(Uint8Array.from(computed), panel.nx, panel.ny, panel.flipX, panel.flipY);
        changed(panel);
    },
    patch(panel, metric, indices, values, computed = 1) {
        const out = panel.metrics[metric].values;
        for (let k = 0; k < indices.length; k++) {
            const place = placeOf(panel, indices[k]);
            out[place] = values[k];
            panel.computed[place] = computed;
        }
        changed(panel);
    },
    fill(panel, on) {
        panel.fill = on;
        changed(panel);
    },
    note: (panel, text) => showNote(panel, text),
    button: (what) => addButton(what),
    mode(name) {
        state.mode = name;
        showControls();
    },
};

function changed(panel) {
    if (panel.type === "surface") deriveCurvature(panel);
    panel.version++;
    repaint();
}
