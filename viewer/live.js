// live.js: pages of 'thalweg view --live': surfaces that fill as they are computed, and questions. Stands
// behind seam.js on pages that have `data.live` = {"answers": BOOL, "first": 0 or not there}; the program's side
// is src/live/, the events are told in live_stream.h.

const live = {
    panels: new Map(),
    answered: new Set(),
    asking: false,
    points: 21,
    source: null,
    failures: 0,
    over: false,
    at: null,
    told: null, // surfaces of this connection, until its first status
};

function encodeNumbers(values) {
    const bytes = new Uint8Array(Float64Array.from(values).buffer);
    return {f8: btoa(String.fromCharCode(...bytes))};
}

// ---- the line over the page

function say(text) {
    live.text.textContent = text;
}

function durationText(seconds) {
    const s = Math.round(seconds);
    return s < 60
        ? s + " s"
        : s < 3600
          ? Math.floor(s / 60) + " min " + (s % 60) + " s"
          : Math.floor(s / 3600) + " h " + Math.floor((s % 3600) / 60) + " min";
}

function showStatus({done, total, left, text}) {
    if (live.told) for (const id of [...live.panels.keys()]) if (!live.told.has(id)) dropSurface({id});
    live.told = null;
    live.bar.max = Math.max(total, 1);
    live.bar.value = done;
    live.bar.hidden = total === 0 || done === total;
    const rest = left !== null && done < total ? ", about " + durationText(left) + " left" : "";
    say((total > 0 ? done + " of " + total + " points" + rest + (text ? ": " : "") : "") + (text || ""));
}

function endLive(text) {
    live.over = true;
    if (live.source) live.source.close();
    for (const element of live.tools.querySelectorAll("button, select, input")) element.disabled = true;
    if (live.zoomButton) live.zoomButton.disabled = true;
    stopAsking();
    live.bar.hidden = true;
    say(text);
}

// ---- surfaces

function isWhole(panel) {
    return panel.computed.every((c) => c !== 0);
}

function showSurface({id, panel: [given]}) {
    let panel = live.panels.get(id);
    if (live.told) live.told.add(id);
    // the page's own, unless it is compared with others in one panel
    if (!panel && id === 1 && data.live.first !== undefined)
        panel = viewer.panels.slice(data.live.first, data.live.first + 1).find((p) => p.type === "surface");
    if (!panel) {
        panel = viewer.add(given);
        const main = live.panels.get(1);
        if (main && id !== 1 && given.y) main.ui.section.after(panel.ui.section);
    } else {
        const paths = panel.paths,
            topology = panel.topology;
        Object.assign(panel, decodePanel(given), {version: panel.version});
        panel.paths = panel.paths.length ? panel.paths : paths;
        panel.topology = panel.topology || topology;
    }
    live.panels.set(id, panel);
    viewer.fill(panel, !isWhole(panel));
    showControls();
}

function showPoints({id, indices, computed, values}) {
    const panel = live.panels.get(id),
        places = new Uint32Array(decodeNumbers(indices).buffer),
        states = decodeNumbers(computed);
    if (!panel) return;
    values.forEach((given, metric) => {
        const numbers = decodeNumbers(given);
        for (const state of new Set(states)) {
            const chosen = [...places.keys()].filter((k) => states[k] === state);
            viewer.patch(
                panel,
                metric,
                chosen.map((k) => places[k]),
                chosen.map((k) => numbers[k]),
                state
            );
        }
    });
    if (panel.fill && isWhole(panel)) viewer.fill(panel, false);
}

function dropSurface({id}) {
    const panel = live.panels.get(id);
    live.panels.delete(id);
    if (live.at && live.at.panel === panel) live.at = null;
    if (panel) viewer.remove(panel);
}

// ---- answers

function labelOf(name) {
    for (const panel of live.panels.values())
        for (const metric of panel.metrics) if (metric.name === name) return metric.label;
    return name.replace(/_/g, " ");
}

function showPoint(answer) {
    if (live.point) viewer.remove(live.point);
    const column = (name, label, values) => ({
        name,
        label,
        kind: name === "loss" ? "loss" : "value",
        split: null,
        values: encodeNumbers(values.map((v) => (v === null ? NaN : v))),
    });
    const at = numberText(answer.x, 5) + ", " + numberText(answer.y, 5);
    live.point = viewer.add({
        type: "table",
        kind: "steps",
        name: "Steps against the gradient at (" + at + ")",
        x_label: "step size",
        y_label: "loss",
        made: [],
        columns: [
            column("step", "step size", [0, ...answer.steps]),
            column("loss", "loss", [answer.loss, ...answer.losses]),
        ],
    });
    const list = make("dl", {class: "made live-point"}),
        row = (name, text) => list.append(make("dt", null, name), make("dd", null, text));
    for (const [name, value] of Object.entries(answer.values))
        row(labelOf(name), value === null ? "not finite" : String(value));
    row(
        "norm of the gradient",
        (answer.gradient_norm === null ? "not finite" : String(answer.gradient_norm)) +
            (answer.gradient === "analytic" ? "" : ", by differences")
    );
    live.point.ui.note.before(list);
    say("the value at (" + at + ") is there");
}

function showAnswer(answer) {
    if (live.answered.has(answer.question + answer.kind)) return;
    live.answered.add(answer.question + answer.kind);
    if (answer.kind === "point") showPoint(answer);
    else if (answer.kind === "error") say("no answer: " + answer.text);
    else if (answer.kind === "done") say("answered in " + numberText(answer.seconds, 2) + " s");
}

// ---- questions

async function ask(what, question) {
    if (live.over || (!data.live.answers && what !== "stop")) return;
    try {
        const response = await fetch(what, {
            method: "POST",
            headers: {"Content-Type": "application/json"},
            body: JSON.stringify(question),
            referrerPolicy: "same-origin",
            cache: "no-store",
        });
        if (!response.ok) say("no answer: " + (await response.text()).trim());
    } catch {
        say("thalweg does not answer");
    }
}

function stopAsking() {
    live.asking = false;
    if (live.zoomButton) live.zoomButton.setAttribute("aria-pressed", "false");
    viewer.mode("look");
}

function toggleZoom(button) {
    live.asking = button.getAttribute("aria-pressed") === "true";
    viewer.mode(live.asking ? "rectangle" : "look");
    if (live.asking && viewer.state.view === "3d") viewer.set({view: "filled"});
    say(live.asking ? "draw a rectangle on a map: thalweg evaluates it" : "");
}

const isSurface = (panel) => panel.type === "surface" && [...live.panels.values()].includes(panel);

function takeRectangleLive({panel, x0, x1, y0, y1}) {
    if (!live.asking || live.over || !isSurface(panel)) return false;
    ask("zoom", {x: [x0, x1], y: [y0, y1], points: live.points});
    stopAsking();
    say("asked for " + live.points + " × " + live.points + " points");
    return true;
}

function takePoint({panel, x, y}) {
    if (x === null || !isSurface(panel) || !data.live.answers) return;
    live.at = {panel, x, y};
    ask("point", {x, y});
}

// The line under the slider's angle through the point, from edge to edge of the panel.
function lineAcross() {
    const main = live.at ? live.at.panel : planes()[0];
    if (!main) return null;
    const [x0, x1, y0, y1] = [main.x[0], main.x[main.nx - 1], main.y[0], main.y[main.ny - 1]];
    const at = live.at || {x: (x0 + x1) / 2, y: (y0 + y1) / 2},
        angle = (Number(live.angle.value) * Math.PI) / 180;
    const cos = Math.cos(angle),
        sin = Math.sin(angle),
        ends = [-Infinity, Infinity];
    for (const [from, along, low, high] of [
        [at.x, cos, x0, x1],
        [at.y, sin, y0, y1],
    ])
        if (Math.abs(along) > 1e-12) {
            const t = [(low - from) / along, (high - from) / along].sort((a, b) => a - b);
            ends[0] = Math.max(ends[0], t[0]);
            ends[1] = Math.min(ends[1], t[1]);
        }
    return {x: ends.map((t) => at.x + t * cos), y: ends.map((t) => at.y + t * sin), points: 101};
}

function turnLine() {
    live.angleText.textContent = live.angle.value + "°";
    if (live.turning) return;
    live.turning = setTimeout(() => {
        live.turning = 0;
        const line = lineAcross();
        if (line) ask("line", line);
    }, 100);
}

// ---- all of it

function buildLive() {
    live.text = make(
        "span",
        {class: "moment live-text", role: "status", "aria-live": "polite"},
        "waiting for the first points"
    );
    live.bar = make("progress", {max: 1, value: 0, "aria-label": "points done"});
    live.tools = make("div", {class: "row live", role: "group", "aria-label": "live"}, live.bar, live.text);
    byId("controls").append(live.tools);
    const stop = make(
        "button",
        {type: "button", title: "ends thalweg; what is computed is saved", onclick: () => ask("stop", {})},
        "Stop"
    );
    if (data.live.answers) {
        live.zoomButton = viewer.button({
            label: "Zoom in",
            title: "evaluate a rectangle that is drawn on a map",
            pressed: false,
            press: toggleZoom,
        });
        const count = make(
            "select",
            {id: "choice-live", onchange: (event) => (live.points = Number(event.target.value))},
            ...[11, 21, 51, 101].map((n) => make("option", {value: n, selected: n === 21}, n + " × " + n))
        );
        live.angle = make("input", {
            type: "range",
            min: 0,
            max: 180,
            step: 1,
            value: 0,
            "aria-label": "angle of the line through the point",
            oninput: turnLine,
        });
        live.angleText = make("span", null, "line");
        live.tools.append(
            make("label", {class: "choice", for: "choice-live"}, make("span", null, "points"), count),
            make(
                "label",
                {class: "slider", title: "the loss along a line through the point that was clicked, or the middle"},
                live.angleText,
                live.angle
            )
        );
    }
    live.tools.append(stop);
}

function connect() {
    const source = (live.source = new EventSource("events")),
        events = {panel: showSurface, points: showPoints, gone: dropSurface, status: showStatus, answer: showAnswer};
    for (const [name, take] of Object.entries(events))
        source.addEventListener(name, (event) => {
            live.failures = 0;
            take(JSON.parse(event.data));
        });
    source.addEventListener("end", () => endLive("thalweg has ended; what is here stays"));
    // what was taken off while there was no connection is not told
    source.addEventListener("open", () => (live.told = new Set()));
    source.addEventListener("error", () => {
        if (live.over) return;
        live.failures++;
        // an answer that is no stream, 403, 429 or 503, is the last: the browser does not try again
        if (source.readyState === EventSource.CLOSED) endLive("thalweg refuses this page; load it again to try");
        else if (live.failures >= 5) endLive("thalweg is gone; what is here stays");
        else say("connection lost, trying again");
    });
}

viewer.on("start", () => {
    buildLive();
    viewer.on("rectangle", takeRectangleLive);
    viewer.on("point", takePoint);
    connect();
});
