// colour.js: colours of values, and those of the page.

const tables = {};

// 256 colours of a map, red, green, blue.
function colourTable(name) {
    if (tables[name]) return tables[name];
    const keys = data.colormaps[name] || data.colormaps.viridis,
        table = new Uint8Array(3 * 256);
    for (let p = 0, k = 0; p < 256; p++) {
        while (k + 8 < keys.length && keys[k + 4] <= p) k += 4;
        const u = clamp((p - keys[k]) / (keys[k + 4] - keys[k]), 0, 1);
        for (let c = 0; c < 3; c++) table[3 * p + c] = Math.round(keys[k + 1 + c] * (1 - u) + keys[k + 5 + c] * u);
    }
    return (tables[name] = table);
}

// Colours follow t, 0 at the low end of the span and 1 at the high one, but for a signed map: that
// is centred on 0. The place in the table is offset + factor t, in 0 ... 1.
function colourLine(span) {
    const most = Math.max(Math.abs(span.low), Math.abs(span.high));
    if (state.colormap !== "rdbu" || span.log || !(span.low < 0) || most === 0) return {offset: 0, factor: 1};
    return {offset: 0.5 + span.low / (2 * most), factor: (span.high - span.low) / (2 * most)};
}

// The place of a height in the table, 0 ... 255.
function colourPlace(span, line, z) {
    const t = (z - span.low) / (span.high - span.low);
    return clamp(Math.round(255 * (line.offset + line.factor * t)), 0, 255);
}

function colourCss(table, place) {
    return "rgb(" + table[3 * place] + "," + table[3 * place + 1] + "," + table[3 * place + 2] + ")";
}

function luminanceOf(table, place) {
    return (0.2126 * table[3 * place] + 0.7152 * table[3 * place + 1] + 0.0722 * table[3 * place + 2]) / 255;
}

// ---- the page: style.css has the colours

let theme = null;

function isDark() {
    return state.theme === "dark" || (state.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
}

function readTheme() {
    const style = getComputedStyle(document.documentElement);
    theme = {dark: isDark()};
    for (const name of ["paper", "ink", "soft", "grid", "wall", "hatch", "accent", "loss", "share"])
        theme[name] = style.getPropertyValue("--" + name).trim();
}

// What curves are drawn in, told apart by readers who see colours differently, too (Okabe and Ito).
const CURVE_INKS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#8a5a00", "#777777"];
const CURVE_INKS_DARK = ["#5fb2ee", "#ff8f4a", "#3ecf9f", "#e7a3c9", "#9ad4f7", "#f3bd4c", "#c9a25a", "#aaaaaa"];
const curveInk = (k) => (theme.dark ? CURVE_INKS_DARK : CURVE_INKS)[k % 8];
// Runs over a map.
const RUN_INKS = ["#d62728", "#ff7f0e", "#e377c2", "#17becf", "#ffffff", "#bcbd22", "#8c564b", "#7f7f7f"];
const runInk = (k) => RUN_INKS[k % 8];

// Hatching: one direction where nothing was computed, crossed where it was and is not finite.
function hatchPattern(ctx, hole, scale) {
    const size = Math.round(7 * scale),
        tile = document.createElement("canvas");
    tile.width = tile.height = size;
    const c = tile.getContext("2d");
    c.fillStyle = theme.wall;
    c.fillRect(0, 0, size, size);
    c.strokeStyle = hole === HOLE_NOT_FINITE ? theme.soft : theme.hatch;
    c.lineWidth = scale;
    c.beginPath();
    for (const shift of [-size, 0, size]) {
        c.moveTo(shift, size);
        c.lineTo(shift + size, 0);
        if (hole === HOLE_NOT_FINITE) {
            c.moveTo(shift, 0);
            c.lineTo(shift + size, size);
        }
    }
    c.stroke();
    const pattern = ctx.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix().scale(1 / scale));
    return pattern;
}
