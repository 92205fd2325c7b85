// live.js PART ADDRESS CHROMIUM: a live page in a real browser. live.sh starts the servers.
"use strict";

const {assert, openBrowser, settle, pictureOf, pointOf} = require("./browser.js");

const [part, address, executable] = process.argv.slice(2);
const stateOf = (page) => page.locator(".live-text").innerText();
const titles = (page) => page.locator(".panel h2").allInnerTexts();

// on however slow a machine: two minutes are a hang
async function until(page, what, look) {
    for (const begun = Date.now(); Date.now() - begun < 120000; ) {
        const found = await look();
        if (found) return found;
        await page.waitForTimeout(50);
    }
    return assert.fail(what + ": " + (await stateOf(page)) + "; panels " + JSON.stringify(await titles(page)));
}

async function drawRectangle(page) {
    await page.click('button[data-view="filled"]');
    await settle(page);
    await page.getByRole("button", {name: "Zoom in"}).click();
    const from = await pointOf(page, 0.3, 0.3),
        to = await pointOf(page, 0.45, 0.5);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
    await page.mouse.move(to.x, to.y);
    await page.mouse.up();
}

const ended = (page) => until(page, "it does not end", async () => (await stateOf(page)).includes("has ended"));

async function stop(page) {
    await page.getByRole("button", {name: "Stop"}).click();
    await ended(page);
    assert.equal(await page.getByRole("button", {name: "Zoom in"}).isDisabled(), true);
    assert.ok((await pictureOf(page)).colours > 50, "the picture stays");
}

const parts = {
    async filling(page) {
        const first = await until(
            page,
            "no first points",
            async () => /^\d+ of 40401 points/.test(await stateOf(page)) && parseInt(await stateOf(page), 10)
        );
        assert.ok(first > 0 && first < 40401, "it fills still");
        await until(page, "no picture", async () => (await pictureOf(page)).colours > 200);
        const before = await pictureOf(page);
        await until(page, "the picture is not refined", async () => (await pictureOf(page)).hash !== before.hash);
        // interpolated between samples: no hole within the walls, although most points are missing
        await until(page, "nothing more", async () => parseInt(await stateOf(page), 10) > first);
        await drawRectangle(page);
        await until(page, "no zoom", async () => (await titles(page)).length === 2);
        await until(page, "the survey does not go on", async () => /^\d+ of 40401/.test(await stateOf(page)));
        await page.reload();
        await until(page, "no panels after coming again", async () => (await titles(page)).length === 2);
        await stop(page);
    },
    async result(page) {
        await until(page, "no state", async () => (await stateOf(page)).includes("complete"));
        await drawRectangle(page);
        await until(page, "no zoom", async () => (await titles(page)).length === 2);
        assert.match((await titles(page))[1], /^−[\d.]+ … −[\d.]+, −?[\d.]+ … −?[\d.]+$/); // no hyphens
        await until(page, "no answer", async () => (await stateOf(page)).includes("answered"));
        const at = await pointOf(page, 0.5, 0.4);
        await page.mouse.click(at.x, at.y);
        await until(page, "no point", async () =>
            (await titles(page)).some((t) => t.startsWith("Steps against the gradient"))
        );
        const rows = await page.locator(".live-point dt").allInnerTexts(),
            values = await page.locator(".live-point dd").allInnerTexts();
        assert.ok(rows.includes("training loss") && rows.includes("norm of the gradient"), rows.join());
        assert.ok(
            values.every((v) => v.length > 0 && !v.includes("not finite")),
            values.join()
        );
        await page.locator('input[aria-label^="angle"]').fill("30");
        await until(page, "no line", async () => (await titles(page)).includes("along a line"));
        await page.locator('input[aria-label^="angle"]').fill("120");
        await page.waitForTimeout(500);
        assert.equal((await titles(page)).filter((t) => t === "along a line").length, 1, "one line");
        await stop(page);
    },
    // The first file's slice is one of a comparison, which stays; the slice has a panel of its own.
    async compared(page, said) {
        await until(page, "no live slice", async () => (await titles(page)).length === 2);
        assert.equal((await titles(page))[0], "line, second");
        assert.match(await page.locator(".base").first().getAttribute("aria-label"), /curves of line, second/);
        await page.route("**/events", (route) => route.fulfill({status: 503, body: "too many"}));
        await page.reload();
        await until(page, "it does not end", async () => (await stateOf(page)).includes("refuses this page"));
        said.length = 0; // the browser says 503
        await page.unroute("**/events");
        await page.reload();
        await until(page, "no live slice", async () => (await titles(page)).length === 2);
        await stop(page);
    },
    async grows(page) {
        const first = await until(page, "no points", async () => parseInt(await stateOf(page), 10));
        await until(page, "it does not grow", async () => parseInt(await stateOf(page), 10) > first);
        await stop(page);
    },
};

(async () => {
    const browser = await openBrowser(executable),
        page = await browser.newPage({viewport: {width: 1200, height: 950}}),
        said = [],
        asked = [];
    page.on("console", (message) => said.push(message.type() + ": " + message.text()));
    page.on("pageerror", (error) => said.push(String(error.stack)));
    page.on("request", (request) => asked.push(request.url()));
    page.setDefaultTimeout(60000);
    await page.goto(address);
    await settle(page);
    await parts[part](page, said);
    // what the driver of the software renderer says when tests read pixels back is not the page's
    assert.deepEqual(
        said.filter((text) => !text.includes("GPU stall due to ReadPixels")),
        [],
        "messages on the console"
    );
    assert.deepEqual(
        asked.filter((url) => !url.startsWith(address) && !url.startsWith("data:")),
        [],
        "requests elsewhere"
    );
    await browser.close();
})().catch((error) => {
    console.error(error);
    process.exit(1);
});
