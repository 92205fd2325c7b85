// label.js: the values of contours, set in gaps of the lines.

const LEVEL_SIZE = 10.5;

// Distance along a line of pixels up to each of its points.
function lengthsOf(points) {
    const out = [0];
    for (let k = 1; k < points.length; k++)
        out.push(out[k - 1] + Math.hypot(points[k][0] - points[k - 1][0], points[k][1] - points[k - 1][1]));
    return out;
}

function pointAlong(points, lengths, s) {
    const k = intervalOf(lengths, s),
        u = lengths[k + 1] > lengths[k] ? (s - lengths[k]) / (lengths[k + 1] - lengths[k]) : 0;
    const next = points[Math.min(k + 1, points.length - 1)];
    return [points[k][0] + u * (next[0] - points[k][0]), points[k][1] + u * (next[1] - points[k][1])];
}

const overlaps = (a, b) => Math.abs(a.x - b.x) < a.w + b.w && Math.abs(a.y - b.y) < a.h + b.h;

// How good a place is: straight and level is best; null where it cannot be.
function spotAt(points, lengths, s, half, frame, taken) {
    const a = pointAlong(points, lengths, s - half),
        b = pointAlong(points, lengths, s + half),
        m = pointAlong(points, lengths, s);
    const chord = Math.hypot(b[0] - a[0], b[1] - a[1]);
    let angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
    if (angle > Math.PI / 2) angle -= Math.PI;
    if (angle <= -Math.PI / 2) angle += Math.PI;
    const w = Math.abs(Math.cos(angle)) * half + 6,
        h = Math.abs(Math.sin(angle)) * half + 6;
    const spot = {x: m[0], y: m[1], w, h, angle, from: s - half, to: s + half};
    const inside =
        m[0] - w > frame.left &&
        m[0] + w < frame.left + frame.width &&
        m[1] - h > frame.top &&
        m[1] + h < frame.top + frame.height;
    if (!inside || taken.some((other) => overlaps(spot, other))) return null;
    spot.cost = 2.2 * (1 - chord / (2 * half)) * 5 + 0.6 * Math.abs(angle);
    return spot;
}

// Where the value of a line of pixels goes, or null: it is short, or all is taken.
function findSpot(points, lengths, textWidth, frame, taken) {
    const total = lengths[lengths.length - 1],
        half = textWidth / 2 + 4;
    if (total < 4.5 * half) return null;
    let best = null;
    const steps = clamp(Math.round(total / 12), 8, 60);
    for (let k = 0; k <= steps; k++) {
        const s = half + ((total - 2 * half) * k) / steps,
            spot = spotAt(points, lengths, s, half, frame, taken);
        if (spot && (!best || spot.cost < best.cost)) best = spot;
    }
    return best;
}

// The part of a line between two lengths, as a path.
function tracePart(ctx, points, lengths, from, to) {
    let begun = false;
    const add = (p) => {
        ctx[begun ? "lineTo" : "moveTo"](p[0], p[1]);
        begun = true;
    };
    add(pointAlong(points, lengths, from));
    for (let k = 0; k < points.length; k++) if (lengths[k] > from && lengths[k] < to) add(points[k]);
    add(pointAlong(points, lengths, to));
}

// Draws lines with their values. `lines`: [{points (pixels), text, ink, textInk}], the longest first
// get places; `taken` holds boxes that are kept free, and gets those of the values.
function drawLabelled(ctx, lines, frame, taken) {
    setFont(ctx, LEVEL_SIZE);
    const perText = new Map();
    for (const line of lines) line.lengths = lengthsOf(line.points);
    const order = [...lines].sort((a, b) => b.lengths[b.lengths.length - 1] - a.lengths[a.lengths.length - 1]);
    for (const line of order) {
        const count = perText.get(line.text) || 0;
        line.spot =
            line.text && count < 3
                ? findSpot(line.points, line.lengths, ctx.measureText(line.text).width, frame, taken)
                : null;
        if (line.spot) {
            taken.push(line.spot);
            perText.set(line.text, count + 1);
        }
    }
    for (const line of lines) {
        const total = line.lengths[line.lengths.length - 1],
            spot = line.spot;
        ctx.beginPath();
        if (spot) {
            tracePart(ctx, line.points, line.lengths, 0, spot.from);
            tracePart(ctx, line.points, line.lengths, spot.to, total);
        } else {
            tracePart(ctx, line.points, line.lengths, 0, total);
        }
        ctx.strokeStyle = line.ink;
        ctx.stroke();
    }
    for (const line of lines.filter((l) => l.spot)) {
        ctx.save();
        ctx.translate(line.spot.x, line.spot.y);
        ctx.rotate(line.spot.angle);
        ctx.fillStyle = line.textInk;
        drawText(ctx, line.text, 0, 0.5, "center", "middle");
        ctx.restore();
    }
}
