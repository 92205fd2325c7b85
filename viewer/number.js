// number.js: how numbers are written: a true minus, powers of ten as figures have them.

const SUPERSCRIPTS = {"-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹"};

const trueMinus = (text) => text.replace(/-/g, "−");
const powerOfTen = (exponent) => "10" + [...String(exponent)].map((digit) => SUPERSCRIPTS[digit]).join("");

// 10 to the end of a logarithmic axis, which has room beyond its values: neither 0 nor infinite.
const powerAt = (end) => clamp(10 ** end, 1e-323, 1e308);

// "0.012", "321", "1.3×10⁵": as tw_number_digits (src/draw/ticks.c).
function numberText(value, digits = 3) {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
    const magnitude = Math.abs(value),
        half = 0.5 * 10 ** -digits;
    if (magnitude === 0 || (magnitude >= 1e-3 * (1 - half) && magnitude < 1e4 * (1 - 10 * half))) {
        if (digits < 4 && magnitude >= 999.5) return trueMinus(value.toFixed(0));
        return trueMinus(String(Number(value.toPrecision(digits))));
    }
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    const short = String(Number(mantissa));
    const power = powerOfTen(Number(exponent));
    return trueMinus(short === "1" ? power : short === "-1" ? "-" + power : short + "×" + power);
}

// So many digits, 3 to 9, that rising values are told apart: each is off by a twentieth of the least
// gap at most.
function digitsOf(values) {
    let gap = Infinity;
    for (let k = 1; k < values.length; k++) gap = Math.min(gap, Math.abs(values[k] - values[k - 1]));
    let digits = 3;
    while (digits < 9 && !values.every((v) => Math.abs(Number(v.toPrecision(digits)) - v) <= 0.05 * gap)) digits++;
    return digits;
}

// How many decimals equally spaced values need, so that all have the same number of them and are told
// apart; -1 where they are not equally spaced, or too large or small for plain numbers.
function decimalsOf(values) {
    const last = values.length - 1,
        gap = last > 0 ? (values[last] - values[0]) / last : 0,
        digits = digitsOf(values);
    let most = 0;
    for (const [k, v] of values.entries()) {
        const size = Math.abs(v);
        if (!(gap > 0) || Math.abs(v - values[0] - k * gap) > 1e-6 * gap) return -1;
        if (size >= 1e4 || (size < 1e-3 && size > 1e-6 * gap)) return -1;
        if (size <= 1e-6 * gap) continue;
        most = Math.max(most, (String(Number(v.toPrecision(digits))).split(".")[1] || "").length);
    }
    return last > 0 ? most : -1;
}

// The numbers at the contours of such values: differences where the axis, which may be missing, has
// those. As tw_number_levels.
function levelTexts(values, axis) {
    if (axis && axis.base !== undefined) // without what the difference has lost
        values = values.map((v) => Math.round(((v - axis.base) / 10 ** axis.exponent) * 1e6) / 1e6);
    const digits = digitsOf(values),
        decimals = decimalsOf(values);
    return values.map((v) => {
        if (decimals < 0) return numberText(v, digits);
        const text = v.toFixed(decimals);
        return trueMinus(/^-[0.]*$/.test(text) ? text.slice(1) : text);
    });
}

// A measured value, with as many digits as its error has use for, and the error.
function measuredText(value, error, digits = 7) {
    if (!(error > 0) || !Number.isFinite(value)) return numberText(value, digits);
    const enough = value === 0 ? 3 : Math.ceil(Math.log10(Math.abs(value) / error)) + 2;
    return numberText(value, clamp(enough, 3, 12)) + " ± " + numberText(error, 2);
}
