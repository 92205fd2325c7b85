// toolbar.js: the controls.

const VIEWS = [
    ["3d", "Surface"],
    ["contour", "Contours"],
    ["filled", "Bands"],
    ["heat", "Heat map"],
];
const controls = {};

function choice(name, label, change) {
    const select = make("select", {id: "choice-" + name, onchange: (event) => change(event.target.value)});
    controls[name] = select;
    return make("label", {class: "choice", for: "choice-" + name}, make("span", null, label), select);
}

function setOptions(select, options, value) {
    const key = JSON.stringify(options);
    if (select.dataset.key !== key) {
        select.dataset.key = key;
        select.replaceChildren(...options.map(([v, text]) => make("option", {value: v}, text)));
    }
    select.value = value;
}

function check(name, label, title) {
    const box = make("input", {type: "checkbox", onchange: (event) => viewer.set({[name]: event.target.checked})});
    controls[name] = box;
    return make("label", {class: "check", title}, box, label);
}

function slider(name, label, title, low, high, step) {
    const input = make("input", {
        type: "range",
        min: low,
        max: high,
        step,
        "aria-label": title,
        oninput: (event) => viewer.set({[name]: Number(event.target.value)}),
    });
    controls[name] = input;
    return make("label", {class: "slider", title}, make("span", null, label), input);
}

function addButton({label, title, press, pressed}) {
    const button = make(
        "button",
        {type: "button", title, "aria-pressed": pressed === undefined ? null : String(pressed)},
        label
    );
    button.addEventListener("click", () => {
        if (pressed !== undefined)
            button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") === "true" ? "false" : "true");
        press(button);
    });
    byId("extra").append(button);
    return button;
}

const metricsIn = (panel) =>
    panel.metrics || (["steps", "projection"].includes(panel.kind) ? [] : panel.columns || []).slice(1);

// Metrics and columns of all panels, each once.
function metricOptions() {
    const seen = new Map();
    for (const panel of viewer.panels.flatMap((p) => p.members || [p]))
        for (const metric of metricsIn(panel))
            if (metric.is === undefined && !seen.has(metric.name)) seen.set(metric.name, metric.label);
    return [...seen].sort(() => 0);
}

function buildViews() {
    const group = make("div", {class: "views", role: "group", "aria-label": "view"});
    controls.views = VIEWS.map(([name, label]) => {
        const button = make(
            "button",
            {type: "button", "aria-pressed": "false", onclick: () => viewer.set({view: name})},
            label
        );
        button.dataset.view = name;
        group.append(button);
        return button;
    });
    controls.viewGroup = group;
    return group;
}

function nextTheme() {
    viewer.set({theme: isDark() ? "light" : "dark"});
}

function buildControls() {
    controls.more = make(
        "details",
        {class: "more", open: innerWidth > 760},
        make("summary", null, "More controls"),
        make(
            "div",
            {class: "row"},
            make(
                "span",
                {class: "planes"},
                check("lines", "contour lines"),
                check("paths", "paths", "paths and their checkpoints"),
                check("slices", "slices", "the row and the column through the point"),
                check("points", "samples", "a dot where the surface was computed (maps)"),
                check("same", "same scale", "one scale of colours and heights for all surfaces"),
                check("link", "linked", "all surfaces turn and are read out together")
            ),
            make(
                "span",
                {class: "planes"},
                slider("height", "height", "how high the surface is drawn", 0.2, 2, 0.05),
                slider("clip", "cut off", "the share of the samples that is shown, the lowest first", 0.05, 1, 0.01)
            )
        )
    );
    byId("controls").append(
        make(
            "div",
            {class: "row", role: "group", "aria-label": "what is shown"},
            buildViews(),
            choice("metric", "values", (value) => viewer.set({metric: value})),
            choice("scale", "scale", (value) => viewer.set({scale: value})),
            choice("colormap", "colours", (value) => viewer.set({colormap: value})),
            make(
                "span",
                {class: "buttons", id: "extra"},
                make(
                    "button",
                    {type: "button", title: "the view of the beginning", onclick: () => viewer.panels.forEach(goHome)},
                    "Home"
                ),
                make(
                    "button",
                    {type: "button", title: "all pictures of the page as one PNG file", onclick: savePng},
                    "Save PNG"
                ),
                make(
                    "button",
                    {type: "button", title: "light or dark", "aria-label": "light or dark", onclick: nextTheme},
                    "◐"
                )
            )
        ),
        controls.more,
        buildPlay()
    );
}

// Shows what the state is.
function showControls() {
    if (!controls.views) return;
    const metrics = metricOptions(),
        current = planes()[0] || viewer.panels.find((p) => p.metrics),
        name = current ? current.metrics[shownMetric(current)].name : state.metric;
    for (const button of controls.views)
        button.setAttribute("aria-pressed", String(button.dataset.view === state.view));
    setOptions(
        controls.metric,
        metrics.length ? metrics : [["", "the usual"]],
        metrics.some(([n]) => n === name) ? name : ""
    );
    setOptions(
        controls.scale,
        [
            ["auto", "automatic"],
            ["linear", "linear"],
            ["log", "logarithmic"],
        ],
        state.scale
    );
    setOptions(
        controls.colormap,
        Object.keys(data.colormaps).map((n) => [n, n]),
        state.colormap
    );
    for (const key of ["lines", "paths", "slices", "points", "same", "link"]) controls[key].checked = state[key];
    for (const key of ["height", "clip"]) controls[key].value = state[key];
    const some = planes().length > 0,
        several = planes().length > 1,
        runs = planes().some((p) => p.paths.some(isRun));
    for (const element of document.querySelectorAll(".planes")) element.hidden = !some;
    controls.viewGroup.hidden = controls.colormap.parentElement.hidden = controls.more.hidden = !some;
    controls.metric.parentElement.hidden = metrics.length < 2;
    controls.same.parentElement.hidden = controls.link.parentElement.hidden = !several;
    controls.paths.parentElement.hidden = !planes().some((p) => p.paths.length > 0);
    controls.play.hidden = !runs;
    document.body.dataset.count = viewer.panels.length;
    // a name that stands over the page already is for screen readers alone
    for (const panel of viewer.panels)
        byId(panel.ui.id).classList.toggle("hidden", viewer.panels.length === 1 && panel.name === document.title);
    if (document.documentElement.dataset.theme !== state.theme) {
        document.documentElement.dataset.theme = state.theme;
        readTheme();
    }
    showMoment();
}
