// ticks.js: which values an axis marks: as src/draw/ticks.c has it.
//
// A result is {ticks: [{value, text}], factor}: minor ticks have the text ""; the factor stands at
// the end of the axis ("×10⁻⁶", "+2.3217") and is "" mostly.

const stepMultiple = (step, k) =>
    step.exponent < 0 && step.exponent > -300
        ? (k * step.mantissa) / 10 ** -step.exponent
        : k * step.mantissa * 10 ** step.exponent;

function stepRange(step, low, high) {
    const size = stepMultiple(step, 1),
        first = Math.ceil(low / size - 1e-9);
    return {first, count: Math.floor(high / size + 1e-9) - first + 1};
}

function chooseStep(low, high, most) {
    for (let exponent = Math.floor(Math.log10((high - low) / most)) - 1; ; exponent++)
        for (const mantissa of [1, 2, 2.5, 5]) {
            const step = {mantissa, exponent};
            if (stepMultiple(step, 1) > 0 && stepRange(step, low, high).count <= most) return step;
        }
}

function linearTexts(ticks, step, base, exponent) {
    const decimals = Math.max(0, exponent - step.exponent + (step.mantissa === 2.5 ? 1 : 0));
    for (const tick of ticks) {
        const shown = (tick.value - base) / 10 ** exponent;
        const text = shown.toFixed(Math.min(decimals, 17));
        tick.text = trueMinus(/^-[0.]*$/.test(text) ? text.slice(1) : text);
    }
}

// Numbers that agree in their first digits are written as a difference from those, in units of
// 10^exponent.
function offsetTexts(ticks, step, low, high) {
    const place = Math.ceil(Math.log10(high - low)),
        unit = 10 ** place;
    const base = Math.floor(low / unit) * unit;
    const exponent = place < -2 || place > 4 ? place - 1 : 0;
    linearTexts(ticks, step, base, exponent);
    const plain = trueMinus(String(Number(base.toPrecision(15))));
    const sign = base >= 0 ? "+" : "";
    const factor = exponent !== 0 ? "×" + powerOfTen(exponent) + " " + sign + " " + plain : sign + plain;
    return {ticks, factor, base, exponent};
}

// None where no step could be found: a span that is empty, infinite or NaN.
function ticksLinear(low, high, most) {
    most = Math.max(2, most);
    if (!Number.isFinite(Math.log10((high - low) / most))) return {ticks: [], factor: ""};
    const step = chooseStep(low, high, most),
        {first, count} = stepRange(step, low, high);
    const ticks = Array.from({length: count}, (_, k) => ({value: stepMultiple(step, first + k)}));
    const magnitude = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high))) + 1e-9);
    let factor = "";
    if (magnitude - step.exponent > 5) {
        return offsetTexts(ticks, step, low, high);
    } else if (magnitude >= 5 || magnitude < -3) {
        factor = "×" + powerOfTen(magnitude);
        linearTexts(ticks, step, 0, magnitude);
    } else {
        linearTexts(ticks, step, 0, 0);
    }
    return {ticks, factor};
}

function isLabelled(digit, level) {
    return digit === 1 || (level >= 1 && (digit === 2 || digit === 5)) || (level >= 2 && digit === 3);
}

function logTicks(low, high, stride, level) {
    const ticks = [];
    const first = Math.floor(Math.log10(low) - 1e-9),
        last = Math.ceil(Math.log10(high) + 1e-9);
    for (let exponent = first; exponent <= last; exponent++)
        for (let digit = 1; digit <= (stride === 1 ? 9 : 1); digit++) {
            const value = exponent < 0 && exponent > -300 ? digit / 10 ** -exponent : digit * 10 ** exponent;
            if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9)) continue;
            const named = exponent % stride === 0 && isLabelled(digit, level);
            if (!named && stride > 1 && last - first > 100) continue; // would be one black bar
            ticks.push({value, digit, exponent, text: named ? " " : ""});
        }
    return ticks;
}

// Plain numbers from 0.01 to 1000, or farther where mantissas times powers would take more room, else
// powers of ten, on all ticks of an axis.
function logTexts(ticks, level) {
    const named = ticks.filter((tick) => tick.text),
        [least, most] = level > 0 ? [0.00099, 20000.5] : [0.00999, 1000.5];
    const plain = named.every((tick) => tick.value >= least && tick.value < most);
    for (const tick of named) {
        if (plain) tick.text = tick.value.toFixed(Math.max(0, -tick.exponent));
        else tick.text = (tick.digit === 1 ? "" : tick.digit + "×") + powerOfTen(tick.exponent);
    }
    return named.length;
}

function ticksLog(low, high, most) {
    const decades = Math.log10(high) - Math.log10(low);
    most = Math.max(2, most);
    const strides = [1, 2, 3, 4, 5, 10, 20, 25, 50, 100, 200, 400];
    let index = strides.findIndex((s) => decades / s + 1 <= most + 0.999);
    if (index < 0) index = strides.length - 1;
    let ticks = logTicks(low, high, strides[index], 0),
        named = logTexts(ticks, 0);
    while (named < 2 && index > 0) { // one power of ten alone says nothing of the scale
        ticks = logTicks(low, high, strides[--index], 0);
        named = logTexts(ticks, 0);
    }
    const stride = strides[index];
    for (let level = 1; stride === 1 && decades < 3 && named < 3 && level <= 2; level++) {
        const more = logTicks(low, high, stride, level),
            count = logTexts(more, level);
        if (count > most) break;
        ticks = more;
        named = count;
    }
    return named < 2 || (named < 3 && decades < 1) ? ticksLinear(low, high, most) : {ticks, factor: ""};
}

// Of a span {low, high, log} in terms of what is drawn: where it is log, its ends are logarithms,
// and so are the places of its ticks.
function ticksOf(span, most) {
    if (!span.log) return ticksLinear(span.low, span.high, most);
    const made = ticksLog(powerAt(span.low), powerAt(span.high), most);
    for (const tick of made.ticks) tick.value = Math.log10(tick.value);
    return made;
}
