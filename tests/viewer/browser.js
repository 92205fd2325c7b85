// browser.js: a Chromium without a window, pages in it, and what is asked of each of them: that it
// says nothing on the console and asks nobody for anything.
"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const {chromium} = require("playwright-core");

// without these it looks for its maker's hosts
const FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage", // containers have little of it
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

async function openBrowser(executablePath, more = []) {
    return chromium.launch({executablePath, args: [...FLAGS, ...more]});
}

// Opens a page of the folder, in which `before` runs first, and runs `look` on it; then holds it against its silence.
async function onPage(browser, file, options, look) {
    const {hash = "", before = null, ...rest} = options,
        said = [],
        asked = [];
    const context = await browser.newContext({viewport: {width: 1100, height: 900}, acceptDownloads: true, ...rest});
    if (before) await context.addInitScript(before);
    const page = await context.newPage();
    page.on("console", (message) => said.push(message.type() + ": " + message.text()));
    page.on("pageerror", (error) => said.push(String(error.stack)));
    page.on("request", (request) => asked.push(request.url()));
    page.setDefaultTimeout(60000);
    const address = "file://" + path.resolve(file).split("/").map(encodeURIComponent).join("/") + hash;
    await page.goto(address);
    await settle(page);
    try {
        await look(page);
    } finally {
        if (said.length) console.log(file + " said:\n  " + said.join("\n  "));
    }
    assert.deepEqual(said, [], "messages on the console of " + file);
    assert.deepEqual(
        asked.filter((url) => url !== address && !url.startsWith("blob:") && !url.startsWith("data:")),
        [],
        "requests of " + file
    );
    await context.close();
}

// Two frames later all is painted.
async function settle(page) {
    await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))
    );
}

// A number that tells pictures apart.
async function pictureOf(page, selector = ".base", index = 0) {
    await settle(page);
    return page.evaluate(
        ([which, k]) => {
            const canvas = document.querySelectorAll(which)[k],
                copy = document.createElement("canvas");
            [copy.width, copy.height] = [canvas.width, canvas.height];
            const ctx = copy.getContext("2d", {willReadFrequently: true});
            ctx.drawImage(canvas, 0, 0);
            const pixels = ctx.getImageData(0, 0, canvas.width, canvas.height).data;
            let hash = 7,
                colours = new Set();
            for (let p = 0; p < pixels.length; p += 4) {
                const value = (pixels[p] << 16) | (pixels[p + 1] << 8) | pixels[p + 2];
                hash = (hash * 31 + value) % 4294967291;
                if (p % 64 === 0) colours.add(value);
            }
            return {hash, colours: colours.size, width: canvas.width, height: canvas.height};
        },
        [selector, index]
    );
}

// The picture once it is another than `before`, where there is one, and nothing moves any more: while something does
// it is coarse where frames take long, and a moment later it is drawn anew. On a slow machine that takes its time.
async function stillOf(page, before = null, selector = ".base", index = 0) {
    let last = await pictureOf(page, selector, index);
    for (const begun = Date.now(); Date.now() - begun < 60000; ) {
        await page.waitForTimeout(300);
        const now = await pictureOf(page, selector, index);
        if (now.hash === last.hash && !(before && now.hash === before.hash)) return now;
        last = now;
    }
    return last;
}

async function textOf(page, selector, index = 0) {
    await settle(page);
    return page.locator(selector).nth(index).innerText();
}
// "−1.5×10⁻³" and the like as a number
function numberOf(text) {
    const plain = text
        .replace(/−/g, "-")
        .replace(
            /×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/,
            (_, digits) => "e" + [...digits].map((d) => (d === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(d))).join("")
        );
    return Number(plain);
}

// Where a point of a picture is, in shares of its width and height.
async function pointOf(page, u, v, index = 0) {
    const box = await page.locator(".base").nth(index).boundingBox();
    return {x: box.x + u * box.width, y: box.y + v * box.height};
}

module.exports = {assert, openBrowser, onPage, settle, pictureOf, stillOf, textOf, numberOf, pointOf};
