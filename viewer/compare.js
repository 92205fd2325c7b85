// compare.js: several logs, step studies, slices or projections in one pair of axes, a curve each.

const COMPARED = {descent: "descents", steps: "step studies", slice: "slices", projection: "paths"};

function comparedKind(panel) {
    if (panel.type === "surface") return isPlane(panel) ? null : "slice";
    return panel.type === "table" && COMPARED[panel.kind] ? panel.kind : null;
}

// Panels of one kind become one, at the place of the first.
function comparing(panels) {
    const out = [],
        first = {};
    for (const panel of panels) {
        const kind = comparedKind(panel),
            before = kind ? first[kind] : undefined;
        if (before === undefined) {
            if (kind) first[kind] = out.length;
            out.push(panel);
        } else if (out[before].type === "compare") {
            out[before].members.push(panel);
        } else {
            out[before] = {type: "compare", kind, members: [out[before], panel]};
        }
    }
    return out.map((panel) => (panel.type === "compare" ? {...panel, ...comparedTexts(panel)} : panel));
}

function comparedTexts({kind, members}) {
    const names = members.map((m) => m.name),
        made = [];
    for (const member of members)
        for (const [key, text] of member.made || []) made.push([member.name + ": " + key, text]);
    return {name: members.length <= 4 ? names.join(", ") : members.length + " " + COMPARED[kind], made};
}

// The curve of one member: what was chosen, or the loss.
function comparedCurve(member, kind) {
    if (kind === "descent") {
        const [first, ...others] = member.columns,
            loss = others.filter((c) => c.kind === "loss" && lastWord(c) === "loss");
        const column =
            others.find((c) => c.name === state.metric) ||
            loss.find((c) => c.split === "train") ||
            loss[0] ||
            others[0];
        return {
            source: column,
            x: first.values,
            y: column.values,
            kind: column.kind,
            xLabel: first.name.replace(/_/g, " "),
        };
    }
    if (kind === "slice") {
        const chart = lineChart(member),
            name = member.metrics[shownMetric(member)].label,
            curve = chart.curves.find((c) => c.label === name) || chart.curves[0];
        return {...curve, source: {label: curve.label}, xLabel: chart.x.label};
    }
    const chart = kind === "steps" ? stepsChart(member) : projectionChart(member);
    return {...chart.curves[0], source: {label: kind === "steps" ? "loss" : chart.left.label}, xLabel: chart.x.label};
}

function compareChart(panel) {
    const list = panel.members.map((member) => comparedCurve(member, panel.kind)),
        path = panel.kind === "projection";
    const curves = list.map((curve, k) => ({
        ...curve,
        label: panel.members[k].name,
        right: false,
        dashed: false,
        ink: curveInk(k),
    }));
    const labels = new Set(list.map((curve) => curve.source.label)),
        xLabels = new Set(list.map((curve) => curve.xLabel));
    return {
        x: {label: xLabels.size === 1 ? list[0].xLabel : "α", log: panel.kind === "steps" || undefined},
        left: {
            label: labels.size === 1 ? list[0].source.label : "loss",
            kind: list[0].kind,
            log: path ? false : undefined,
        },
        right: null,
        curves,
        parametric: path,
        equal: path,
    };
}
