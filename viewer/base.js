// base.js: what every other file uses. All files share one scope, in the order of the list in
// src/page/meson.build; a file uses what stands before it, and events lead back.

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const byId = (id) => document.getElementById(id);

// An element: attributes (those that begin with "on" are listeners), then children or texts.
function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
        if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
        else if (value === true) element.setAttribute(name, "");
        else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
}

// The first index whose entry of the rising array is above the value, less one: the interval that
// holds it, or the first or last.
function intervalOf(values, at) {
    let low = 0,
        high = values.length - 1;
    if (high < 1) return 0;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (values[middle] <= at) low = middle;
        else high = middle;
    }
    return low;
}

// The entry that is nearest to the value.
function nearestOf(values, at) {
    const k = intervalOf(values, at);
    return k + 1 < values.length && at - values[k] > values[k + 1] - at ? k + 1 : k;
}

// Beyond that differences of values overflow: such are not drawn, as tw_is_drawable (src/draw/axes.c) has it.
const isDrawable = (value) => Math.abs(value) <= 1e305;

// What the values of an array span, those that can be drawn.
function extentOf(values) {
    let low = Infinity,
        high = -Infinity;
    for (const value of values)
        if (isDrawable(value)) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
    return {low, high};
}
