// geometry.js PROGRAM: the page's ticks, levels, numbers and contours are those of figures, which
// PROGRAM (geometry.c) prints.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");
const {execFileSync} = require("node:child_process");

const viewer = path.join(__dirname, "..", "..", "viewer");
const source = ["base.js", "number.js", "ticks.js", "levels.js", "contour.js", "curvature.js", "pits.js"]
    .map((name) => fs.readFileSync(path.join(viewer, name), "utf8"))
    .join("\n");
const page = vm.runInNewContext(
    source + "\n({numberText, levelTexts, ticksLinear, ticksLog, levelsLinear, levelsLog, traceLevel, curvatureRatio, curvatureClass, raisePits})"
);
const figures = JSON.parse(execFileSync(process.argv[2], {maxBuffer: 1 << 26}));

const SMALL = "⁰¹²³⁴⁵⁶⁷⁸⁹";
// superscripts of the page as the figures' plain text has them
const plain = (text) =>
    text.replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (run) => "^" + [...run].map((c) => (c === "⁻" ? "−" : SMALL.indexOf(c))).join(""));
const close = (a, b) => Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));

function sameNumbers(got, wanted, what) {
    assert.ok(
        got.length === wanted.length && got.every((v, k) => close(v, wanted[k])),
        what + ": " + got + " is not " + wanted
    );
}

function sameTicks(got, wanted, what) {
    assert.equal(plain(got.factor), wanted.factor, what);
    assert.deepEqual(
        Array.from(got.ticks, (t) => plain(t.text)),
        wanted.ticks.map((t) => t[1]),
        what
    );
    sameNumbers(
        Array.from(got.ticks, (t) => t.value),
        wanted.ticks.map((t) => t[0]),
        what
    );
}

for (const [k, s] of figures.spans.entries()) {
    const what = `from ${s.low} to ${s.high}, at most ${s.most}`;
    sameNumbers(page.levelsLinear(s.low, s.high, 11), s.linear_levels, "linear levels " + what);
    sameNumbers(page.levelsLog(s.low, s.high, 11), s.log_levels, "log levels " + what);
    assert.deepEqual(
        Array.from(page.levelTexts(s.linear_levels, page.ticksLinear(s.low, s.high, s.most)), plain),
        s.linear_texts,
        "texts of linear levels " + what
    );
    assert.deepEqual(Array.from(page.levelTexts(s.log_levels), plain), s.log_texts, "texts of log levels " + what);
    sameTicks(page.ticksLinear(s.low, s.high, s.most), s.linear, "linear ticks " + what);
    sameTicks(page.ticksLog(s.low, s.high, s.most), s.log, "log ticks " + what);
    assert.equal(plain(page.numberText(k % 2 ? s.low : -s.high)), s.text, "text " + what);
}

// Whatever a span is, ticks and levels end, and lie within it.
const context = vm.createContext({});
vm.runInContext(source, context);
const spans = [
    "{low: -11.96, high: 310.96, log: true}", // a diverged log, 1 to 1e299, with its room
    "{low: -336, high: -304, log: true}",
    "{low: 304 * 0.95, high: 304 * 1.05, log: true}",
    "{low: -400, high: 400, log: true}",
    "{low: NaN, high: NaN, log: true}",
    "{low: -1e308, high: 1e308}",
    "{low: 9e307, high: 1.7e308}",
    "{low: -Infinity, high: Infinity}",
    "{low: NaN, high: NaN}",
    "{low: 3, high: 3}",
    "{low: 2, high: 1}",
    "{low: 0, high: 5e-324}",
    "{low: 1e-310, high: 2e-310}",
    "{low: 1, high: 1 + 2 ** -52}",
];
for (const text of spans) {
    const within = (key) => `(${text}).${key} - 1e-9 * Math.abs((${text}).${key}) * ("${key}" === "low" ? 1 : -1)`;
    const [ticks, levels, low, high] = vm.runInContext(
        `[ticksOf(${text}, 8).ticks.map((t) => t.value), levelsOf(${text}, 11).map((l) => l.z), ${within("low")}, ${within("high")}]`,
        context,
        {timeout: 3000}
    );
    for (const value of [...ticks, ...levels]) assert.ok(value >= low && value <= high, `${value} of ${text}`);
    if (text.startsWith("{low: -11.96")) assert.ok(ticks.length >= 4 && levels.length >= 4, text);
}

const x = figures.x,
    grid = {nx: x.length, ny: x.length, x, y: x, z: figures.z.map((v) => (v === null ? NaN : v))},
    lines = [];
figures.levels.forEach((level, index) =>
    page.traceLevel(grid, level).forEach(({points, closed}) => {
        let length = 0;
        for (let k = 1; k < points.length + (closed ? 1 : 0); k++)
            length += Math.hypot(
                points[k % points.length][0] - points[k - 1][0],
                points[k % points.length][1] - points[k - 1][1]
            );
        lines.push([index, points.length, closed ? 1 : 0, length]);
    })
);
assert.equal(lines.length, figures.lines.length);
lines.forEach((line, k) => sameNumbers(line, figures.lines[k], "line " + k));
// numbers that are none are null in JSON: which they were stands behind
const odd = [NaN, Infinity, -Infinity, 0],
    seen = new Set();
for (const [given, ratio, kind, which, what] of figures.curvature) {
    const v = given.map((number, k) => (which === k + 1 ? odd[what] : number)),
        got = page.curvatureRatio(v[0], v[1], v[2]),
        found = page.curvatureClass(...v);
    assert.equal(Number.isNaN(found) ? -1 : found, kind, "class of " + v);
    assert.ok(ratio === null ? !Number.isFinite(got) : close(got, ratio), `ratio of ${v}: ${got}, not ${ratio}`);
    seen.add(kind);
}
assert.equal(seen.size, 4, "convex, saddle, concave and none");
const counts = figures.pits.map(([before, count, after]) => {
    const z = before.map((v) => (v === null ? NaN : v)),
        side = Math.sqrt(z.length);
    assert.equal(page.raisePits(side, side, z), count, "pits");
    z.forEach((v, k) => assert.ok(Number.isNaN(v) ? after[k] === null : close(v, after[k]), "height " + k));
    return count;
});
assert.ok(counts[0] > 50 && counts[1] === 0, "many are raised, few are not: " + counts);
console.log(`${figures.spans.length} spans and ${lines.length} lines are the same`);
