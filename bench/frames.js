// frames.js CHROMIUM PAGE SECONDS: frames a second in which the first surface of a page turns, by the arrow key, in
// Chromium's software renderer, and the picture's size; as JSON. Needs playwright-core of tests/viewer.
"use strict";

const {openBrowser, onPage} = require("../tests/viewer/browser.js");

const [executable, file, seconds] = process.argv.slice(2);

async function main() {
    const browser = await openBrowser(executable);
    await onPage(browser, file, {}, async (page) => {
        await page.locator(".base").first().click();
        const found = await page.evaluate(
            (length) =>
                new Promise((done) => {
                    const canvas = document.querySelector(".base"),
                        times = [],
                        start = performance.now();
                    const frame = (now) => {
                        times.push(now);
                        if (now - start > length * 1000)
                            return done({width: canvas.width, height: canvas.height, times});
                        document.activeElement.dispatchEvent(
                            new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true, cancelable: true})
                        );
                        return requestAnimationFrame(frame);
                    };
                    requestAnimationFrame(frame);
                }),
            Number(seconds)
        );
        const {times, ...size} = found,
            gaps = times.slice(1).map((t, k) => t - times[k]);
        const rate = (gaps.length * 1000) / (times[times.length - 1] - times[0]);
        console.log(JSON.stringify({...size, frames: gaps.length, rate, longest: Math.max(...gaps)}));
    });
    await browser.close();
}

main();
