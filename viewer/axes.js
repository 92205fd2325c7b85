// axes.js: frames, ticks, names and colour bars of flat pictures.

const FONT = "system-ui, 'DejaVu Sans', 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK SC', sans-serif";
const TICK_SIZE = 11,
    LABEL_SIZE = 12.5;

function setFont(ctx, size, weight) {
    ctx.font = (weight ? weight + " " : "") + size + "px " + FONT;
}

// A text that ends with an ellipsis where it is longer than `room`.
function fitted(ctx, text, room) {
    if (ctx.measureText(text).width <= room) return text;
    const letters = [...text];
    while (letters.length > 1 && ctx.measureText(letters.join("") + "…").width > room) letters.pop();
    return letters.join("") + "…";
}

const placeIn = (span, value) => (value - span.low) / (span.high - span.low);

function drawText(ctx, text, x, y, align, baseline, turned) {
    ctx.textAlign = align;
    ctx.textBaseline = baseline;
    if (!turned) {
        ctx.fillText(text, x, y);
        return;
    }
    ctx.save();
    ctx.translate(x, y);
    ctx.rotate(-Math.PI / 2);
    ctx.fillText(text, 0, 0);
    ctx.restore();
}

const named = (made) => made.ticks.filter((tick) => tick.text);
const widestOf = (ctx, made) => Math.max(0, ...named(made).map((tick) => ctx.measureText(tick.text).width));
// What stands before a factor, and the factor.
const wholeLabel = (label, made) => (label && made.factor ? label + "  " + made.factor : label);

function sideText(ctx, label, made, room) {
    const whole = wholeLabel(label, made);
    return ctx.measureText(whole).width > room && made.factor ? made.factor : fitted(ctx, whole, room);
}

// Whether the factor of the upright axis stands above the frame, as beside its name there is no room.
function factorIsAbove(ctx, frame) {
    const {y, yTicks, height, top} = frame;
    if (!yTicks.factor || top < 12) return false;
    setFont(ctx, LABEL_SIZE);
    return !y.label || ctx.measureText(wholeLabel(y.label, yTicks)).width > height + 2 * Math.min(top, 24);
}

// The ticks that have room over `length` pixels, for an axis along the text or across it.
function roomyTicks(ctx, span, length, across) {
    setFont(ctx, TICK_SIZE);
    for (let most = across ? Math.max(3, Math.floor(length / 30)) : 8; most > 2; most--) {
        const made = ticksOf(span, most);
        if (across || named(made).length * (widestOf(ctx, made) + 10) <= length * 1.05) return made;
    }
    return ticksOf(span, 2);
}

// Those of a colour bar: of a surface that is constant its value alone.
function barTicksOf(ctx, span, length) {
    if (!span.constant) return roomyTicks(ctx, span, length, true);
    const middle = (span.low + span.high) / 2;
    return {ticks: [{value: middle, text: numberText(span.log ? 10 ** middle : middle, 5)}], factor: ""};
}

// Where the frame of a picture is: {left, top, width, height, xTicks, yTicks, bar}. x, y and right
// (which may be missing) are spans {low, high, log, label}; `aspect` is width over height of the
// frame, `bar` the span of a colour bar. Texts are measured first.
function layoutFrame(ctx, width, height, {x, y, right, bar, aspect, top = 8}) {
    setFont(ctx, TICK_SIZE);
    const bottom = TICK_SIZE + 12 + (x.label ? LABEL_SIZE + 6 : 0);
    let frame = {top, height: Math.max(20, height - top - bottom)};
    for (let round = 0; round < 2; round++) {
        frame.yTicks = roomyTicks(ctx, y, frame.height, true);
        frame.left = Math.ceil(widestOf(ctx, frame.yTicks)) + 10 + (y.label ? LABEL_SIZE + 6 : 4);
        let beyond = 12;
        if (right) {
            frame.rightTicks = roomyTicks(ctx, right, frame.height, true);
            beyond = Math.ceil(widestOf(ctx, frame.rightTicks)) + 14 + (right.label ? LABEL_SIZE + 4 : 0);
        } else if (bar) {
            frame.barTicks = barTicksOf(ctx, bar, frame.height);
            beyond = 12 + 12 + 8 + Math.ceil(widestOf(ctx, frame.barTicks)) + LABEL_SIZE + 8;
        }
        frame.width = Math.max(20, width - frame.left - beyond);
        if (aspect) {
            const full = {width: frame.width, height: Math.max(20, height - top - bottom)};
            frame.width = Math.min(full.width, full.height * aspect);
            frame.height = frame.width / aspect;
            frame.left += Math.floor((full.width - frame.width) / 2);
            frame.top = top + Math.floor((full.height - frame.height) / 2);
        }
    }
    frame.xTicks = roomyTicks(ctx, x, frame.width, false);
    Object.assign(frame, {x, y, right, bar});
    frame.toX = (value) => frame.left + frame.width * placeIn(x, value);
    frame.toY = (value) => frame.top + frame.height * (1 - placeIn(y, value));
    frame.toRight = right ? (value) => frame.top + frame.height * (1 - placeIn(right, value)) : null;
    frame.fromX = (px) => x.low + ((x.high - x.low) * (px - frame.left)) / frame.width;
    frame.fromY = (py) => y.low + (y.high - y.low) * (1 - (py - frame.top) / frame.height);
    return frame;
}

function drawSide(ctx, frame, made, span, side) {
    const length = side === "bottom" ? frame.height : frame.width,
        edge = side === "right" ? frame.left + frame.width : frame.left;
    for (const tick of made.ticks) {
        const u = placeIn(span, tick.value),
            size = tick.text ? 5 : 3;
        if (!(u >= -1e-6 && u <= 1 + 1e-6)) continue;
        ctx.beginPath();
        if (side === "bottom") {
            const px = frame.left + u * frame.width,
                py = frame.top + length;
            ctx.moveTo(px, py);
            ctx.lineTo(px, py + size);
            ctx.stroke();
            drawText(ctx, tick.text, px, py + 8, "center", "top");
        } else {
            const py = frame.top + frame.height * (1 - u),
                way = side === "right" ? 1 : -1;
            ctx.moveTo(edge, py);
            ctx.lineTo(edge + way * size, py);
            ctx.stroke();
            drawText(ctx, tick.text, edge + way * 8, py, side === "right" ? "left" : "right", "middle");
        }
    }
}

function drawFrame(ctx, frame) {
    const {left, top, width, height, x, y, right} = frame;
    setFont(ctx, TICK_SIZE);
    ctx.fillStyle = ctx.strokeStyle = theme.ink;
    ctx.lineWidth = 1;
    ctx.strokeRect(left, top, width, height);
    drawSide(ctx, frame, frame.xTicks, x, "bottom");
    drawSide(ctx, frame, frame.yTicks, y, "left");
    if (frame.xTicks.factor)
        drawText(ctx, frame.xTicks.factor, left + width, top + height + 10 + TICK_SIZE, "right", "top");
    const above = factorIsAbove(ctx, frame);
    setFont(ctx, TICK_SIZE);
    if (above) drawText(ctx, frame.yTicks.factor, left, top - 3, "left", "alphabetic");
    if (right) drawSide(ctx, frame, frame.rightTicks, right, "right");
    setFont(ctx, LABEL_SIZE);
    if (x.label)
        drawText(
            ctx,
            fitted(ctx, x.label, width + 40),
            left + width / 2,
            top + height + TICK_SIZE + 12,
            "center",
            "top"
        );
    ctx.fillStyle = y.ink || theme.ink;
    const side = Math.ceil(widestOfTicks(ctx, frame.yTicks)) + 14;
    if (y.label)
        drawText(
            ctx,
            sideText(ctx, y.label, above ? {factor: ""} : frame.yTicks, height + 2 * Math.min(top, 24)),
            left - side,
            top + height / 2,
            "center",
            "bottom",
            true
        );
    if (right && right.label) {
        ctx.fillStyle = right.ink || theme.ink;
        const beyond = left + width + 12 + Math.ceil(widestOfTicks(ctx, frame.rightTicks));
        drawText(
            ctx,
            sideText(ctx, right.label, frame.rightTicks, height + 2 * Math.min(top, 24)),
            beyond,
            top + height / 2,
            "center",
            "top",
            true
        );
    }
}

function widestOfTicks(ctx, made) {
    const font = ctx.font;
    setFont(ctx, TICK_SIZE);
    const width = widestOf(ctx, made);
    ctx.font = font;
    return width;
}

// A bar from (left, top), `height` high, of the colours of a span; bands where there are levels.
function drawBar(ctx, left, top, height, span, made, label, bands) {
    const table = colourTable(state.colormap),
        line = colourLine(span),
        wide = 12;
    for (let k = 0; k < height; k++) {
        let z = span.low + (span.high - span.low) * (span.constant ? 0.5 : 1 - (k + 0.5) / height);
        if (bands) z = bandOf(span, bands, z);
        ctx.fillStyle = colourCss(table, colourPlace(span, line, z));
        ctx.fillRect(left, top + k, wide, Math.min(1.5, height - k));
    }
    ctx.strokeStyle = ctx.fillStyle = theme.ink;
    ctx.lineWidth = 1;
    ctx.strokeRect(left, top, wide, height);
    setFont(ctx, TICK_SIZE);
    drawSide(ctx, {left, top, width: wide, height}, made, span, "right");
    setFont(ctx, LABEL_SIZE);
    drawText(
        ctx,
        sideText(ctx, label, made, height + 60),
        left + wide + 12 + Math.ceil(widestOfTicks(ctx, made)),
        top + height / 2,
        "center",
        "top",
        true
    );
}

// The height in the middle of the band between two levels that a height lies in.
function bandOf(span, levels, z) {
    let k = 0;
    while (k < levels.length && levels[k].z <= z) k++;
    const low = k > 0 ? levels[k - 1].z : span.low,
        high = k < levels.length ? levels[k].z : span.high;
    return (low + high) / 2;
}
