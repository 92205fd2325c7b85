// ready.js: what is drawn of a surface now: which metric, on which scale, between which ends. Kept
// until numbers or choices change.

const planes = () => viewer.panels.filter((panel) => panel.type === "surface" && isPlane(panel));
const isPlane = (panel) => panel.rank === 2 && panel.nx > 1 && panel.ny > 1;

function shownMetric(surface) {
    const k = state.metric ? surface.metrics.findIndex((m) => m.name === state.metric) : -1;
    return k >= 0 ? k : surface.shown;
}

function cached(panel, name, key, compute) {
    const kept = panel.kept || (panel.kept = {});
    if (!kept[name] || kept[name].key !== key) kept[name] = {key, value: compute()};
    return kept[name].value;
}

const statisticsFor = (panel) => {
    const metric = shownMetric(panel);
    return cached(panel, "statistics", [panel.version, metric].join(), () => statisticsOf(panel, metric));
};

// Those that share one scale with a panel: of the same kind of metric.
function partners(panel) {
    const kind = panel.metrics[shownMetric(panel)].kind;
    return state.same
        ? planes().filter((p) => p.metrics[shownMetric(p)].kind === kind && statisticsFor(p).count > 0)
        : [panel];
}

// Whether more than a twentieth of the surfaces lies that deep: as src/plot/field.c has it. A few low
// points would be stalactites of a surface in space, and its height is linear.
function isDeep(panel, all) {
    const key = all.map((p) => [p.version, shownMetric(p), p.nx * p.ny].join(":")).join();
    return cached(panel, "deep", key, () => {
        const lists = all.map((p) =>
                p.metrics[shownMetric(p)].values.filter((v, k) => p.computed[k] !== 0 && isDrawable(v))
            ),
            sorted = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0));
        lists.reduce((at, list) => (sorted.set(list, at), at + list.length), 0);
        sorted.sort();
        const low = sorted[Math.floor(sorted.length / 20)];
        return low > 0 && sorted[sorted.length - 1] / low > DEEP_FROM;
    });
}

function fieldFor(panel) {
    const metric = shownMetric(panel),
        statistics = statisticsFor(panel),
        members = partners(panel),
        all = members.map(statisticsFor);
    let log =
        statistics.positive < Infinity &&
        isLog(state.scale, panel.metrics[metric].kind, all.length ? mergedStatistics(all) : statistics);
    if (log && state.scale === "auto" && state.view === "3d") log = isDeep(panel, members.length ? members : [panel]);
    const space = state.scale === "auto" && state.view === "3d",
        key = [panel.version, metric, log, panel.fill, space].join();
    return cached(panel, "field", key, () => makeField(panel, metric, log, statistics, space));
}

// {field, span, metric, levels} of a plane, or null where it has no value at all.
function readyFor(panel) {
    if (statisticsFor(panel).count === 0) return null;
    const field = fieldFor(panel),
        all = partners(panel)
            .map(fieldFor)
            .filter((f) => f.log === field.log);
    let low = Math.min(...all.map((f) => f.low)),
        high = Math.max(...all.map((f) => quantileOf(f, state.clip)));
    const most = panel.metrics[field.metric].most; // where a metric has an end of its own
    if (most > 0 && state.scale === "auto") high = Math.min(high, field.log ? Math.log10(most) : most);
    if (!(high > low)) high = Math.max(low, field.high);
    const constant = !(high > low),
        half = constant ? Math.max(Math.abs(low) * 0.05, 1e-300) || 1 : 0;
    if (constant) [low, high] = [low - (half < 1e-200 ? 1 : half), high + (half < 1e-200 ? 1 : half)];
    const metric = panel.metrics[field.metric],
        cut = high < field.high && !constant;
    const span = {low, high, log: field.log, label: metric.label, constant, cut, classes: metric.classes};
    return {field, span, metric, camera: cameraOf(panel, field, span)};
}

// ---- cameras

const cameras = {shared: null};

function cameraOf(panel, field, span) {
    if (!panel.camera) panel.camera = chooseCamera(field, span);
    if (!cameras.shared) cameras.shared = {...panel.camera};
    return state.link ? cameras.shared : panel.camera;
}
