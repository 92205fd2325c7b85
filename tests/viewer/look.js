// look.js FOLDER CHROMIUM: looks at pages in a real browser. viewer.sh makes them.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const {assert, openBrowser, onPage, settle, pictureOf, stillOf, textOf, numberOf, pointOf} = require("./browser.js");
const {readPng} = require("./png.js");

const [folder, executable] = process.argv.slice(2);
const file = (name) => path.join(folder, name);
const values = (name) => JSON.parse(fs.readFileSync(file(name), "utf8"));
const pressView = (page, name) => page.click(`button[data-view="${name}"]`);
const nearest = /nearest sample \((\S+), (\S+)\): (?:training )?loss (\S+)/;

async function drag(page, from, to) {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
    await page.mouse.move(to.x, to.y);
    await page.mouse.up();
}

// The first digits of a number as the page writes it.
const numberStart = (v) => String(v).slice(0, 5);

const tests = {
    async "a surface turns, zooms and comes back"(browser) {
        await onPage(browser, file("bowl.html"), {}, async (page) => {
            const first = await pictureOf(page);
            assert.ok(first.colours > 200, "a picture with colours");
            await drag(page, await pointOf(page, 0.3, 0.5), await pointOf(page, 0.6, 0.6));
            const turned = await stillOf(page, first);
            assert.notEqual(turned.hash, first.hash);
            await page.mouse.wheel(0, -300); // the picture has the focus
            const near = await stillOf(page, turned);
            assert.notEqual(near.hash, turned.hash);
            await page.keyboard.press("Home");
            assert.equal((await stillOf(page, near)).hash, first.hash);
        });
    },
    async "curvature has its ratio and its classes"(browser) {
        const o = values("curved.json"),
            least = o.values.min_eig,
            greatest = o.values.max_eig;
        await onPage(browser, file("curved.html"), {}, async (page) => {
            await pressView(page, "heat");
            const seen = new Set();
            for (const [u, v] of [
                [0.47, 0.52],
                [0.2, 0.2],
                [0.6, 0.35],
                [0.4, 0.4],
            ]) {
                const p = await pointOf(page, u, v);
                await page.mouse.move(p.x, p.y);
                const text = await textOf(page, ".readout"),
                    [, x, y] = text.match(/nearest sample \((\S+), (\S+)\): /).map(numberOf),
                    [a, b] = [least, greatest].map((m) => m[o.y.indexOf(y)][o.x.indexOf(x)]);
                const wanted = a >= 0 ? "convex" : b > 0 ? "saddle" : "concave";
                assert.ok(text.includes("2 concave " + wanted), text + ": " + a + ", " + b);
                if (wanted !== "convex") assert.ok(text.includes("where convex " + numberStart(Math.abs(a / b))), text);
                seen.add(wanted);
            }
            assert.ok(seen.size >= 2, "classes seen: " + [...seen]);
        });
    },
    async "what is under the pointer is what the file has"(browser) {
        const o = values("bowl.json"),
            at = (x, y) => o.values.train_loss[o.y.indexOf(y)][o.x.indexOf(x)];
        await onPage(browser, file("bowl.html"), {}, async (page) => {
            for (const view of ["3d", "contour", "filled", "heat"]) {
                await pressView(page, view);
                await settle(page);
                const p = await pointOf(page, 0.47, 0.52);
                await page.mouse.move(p.x, p.y);
                const text = await textOf(page, ".readout"),
                    [, x, y, loss] = text.match(nearest).map(numberOf);
                assert.ok(Math.abs(loss - at(x, y)) <= 1e-6 * at(x, y), view + ": " + text);
                const [, px, py, between] = text.match(/\((\S+), (\S+)\)\s+(?:training )?loss ≈ (\S+)/).map(numberOf);
                assert.ok(Math.abs(px - x) <= 0.13 && Math.abs(py - y) <= 0.13, text);
                // linear in the logarithm between the four samples around: within their range
                const near = [];
                o.x.forEach((a) =>
                    o.y.forEach((b) => Math.abs(a - px) < 0.26 && Math.abs(b - py) < 0.26 && near.push(at(a, b)))
                );
                assert.ok(between >= Math.min(...near) * 0.999 && between <= Math.max(...near) * 1.001, text);
            }
        });
    },
    async "every sample, by the keyboard"(browser) {
        const o = values("bowl.json");
        await onPage(browser, file("bowl.html"), {}, async (page) => {
            await pressView(page, "heat");
            await page.locator(".base").focus();
            await page.keyboard.press("Shift+ArrowRight"); // the lowest
            for (let k = 0; k < 40; k++) await page.keyboard.press("ArrowLeft");
            for (let k = 0; k < 40; k++) await page.keyboard.press("ArrowDown");
            for (let k = 0; k < 3; k++) {
                const [, x, y, loss] = (await textOf(page, ".readout")).match(nearest).map(numberOf);
                assert.equal(x, o.x[k]);
                assert.equal(y, o.y[k]);
                assert.ok(Math.abs(loss - o.values.train_loss[k][k]) <= 1e-6 * loss);
                await page.keyboard.press("ArrowRight");
                await page.keyboard.press("ArrowUp");
            }
            const before = await pictureOf(page);
            await page.keyboard.press("1");
            const surface = await pictureOf(page);
            assert.notEqual(surface.hash, before.hash);
            await page.keyboard.press("ArrowLeft");
            await page.keyboard.press("+");
            assert.notEqual((await stillOf(page, surface)).hash, surface.hash);
            await page.keyboard.press("Escape");
            assert.match(await textOf(page, ".readout"), /least \S+ at/);
        });
    },
    async "scale, colours, lines, height, cut"(browser) {
        await onPage(browser, file("bowl.html"), {}, async (page) => {
            const seen = new Set([(await pictureOf(page)).hash]);
            const another = async (what) => {
                const {hash} = await pictureOf(page);
                assert.ok(!seen.has(hash), what + " changes the picture");
                seen.add(hash);
            };
            await page.selectOption("#choice-scale", "log"); // it is linear by itself: not deep enough
            await another("scale");
            const maps = await page.locator("#choice-colormap option").allInnerTexts();
            assert.ok(maps.includes("cividis") && maps.includes("magma") && maps.includes("rdbu"));
            for (const map of maps.slice(1)) {
                await page.selectOption("#choice-colormap", map);
                await another(map);
            }
            await page.getByLabel("contour lines").uncheck();
            await another("contour lines");
            await page.getByLabel("how high").fill("1.6");
            await another("height");
            await page.getByLabel("share of the samples").fill("0.5");
            await another("cut");
            assert.match(await textOf(page, ".readout"), /cut off above/);
            await page.getByRole("button", {name: "Home"}).click();
        });
    },
    async "a rectangle zooms, a double click goes back, a click holds"(browser) {
        await onPage(browser, file("bowl.html"), {}, async (page) => {
            await pressView(page, "contour");
            const whole = await pictureOf(page);
            await drag(page, await pointOf(page, 0.4, 0.4), await pointOf(page, 0.55, 0.6));
            assert.notEqual((await pictureOf(page)).hash, whole.hash);
            const p = await pointOf(page, 0.5, 0.5),
                q = await pointOf(page, 0.42, 0.42);
            await page.mouse.dblclick(p.x, p.y);
            assert.equal((await pictureOf(page)).hash, whole.hash);
            await page.mouse.click(p.x, p.y);
            const held = await textOf(page, ".readout");
            await page.mouse.move(q.x, q.y);
            assert.equal(await textOf(page, ".readout"), held);
            await page.mouse.click(q.x, q.y);
            assert.notEqual(await textOf(page, ".readout"), held);
        });
    },
    async "slices follow"(browser) {
        await onPage(browser, file("bowl.html"), {}, async (page) => {
            const first = await pictureOf(page, ".slices"),
                p = await pointOf(page, 0.4, 0.6);
            assert.ok(first.colours > 20);
            await page.mouse.move(p.x, p.y);
            assert.notEqual((await pictureOf(page, ".slices")).hash, first.hash);
            await page.getByRole("checkbox", {name: "slices"}).uncheck();
            await settle(page);
            assert.equal(await page.locator("canvas.slices").isVisible(), false);
        });
    },
    async "paths play"(browser) {
        await onPage(browser, file("paths.html"), {}, async (page) => {
            await pressView(page, "contour");
            const slider = page.getByLabel("how far the paths have come"),
                whole = await pictureOf(page);
            assert.match(await textOf(page, ".moment"), /checkpoint 11 of 11: /);
            await slider.fill("0");
            assert.match(await textOf(page, ".moment"), /checkpoint 1 of 11: /);
            assert.notEqual((await pictureOf(page)).hash, whole.hash);
            await page.getByRole("button", {name: "play the paths"}).click();
            // within a frame: it does not play for long, and a slow machine would come too late
            await page.waitForFunction(() => {
                if (!(Number(document.querySelector(".play input").value) > 0.1)) return false;
                document.querySelector('[aria-label="pause the paths"]').click();
                return true;
            });
            const stopped = await slider.inputValue();
            await page.waitForTimeout(120);
            assert.equal(await slider.inputValue(), stopped);
            await slider.fill("1");
            assert.equal((await pictureOf(page)).hash, whole.hash);
            await page.getByRole("checkbox", {name: "paths"}).uncheck();
            assert.notEqual((await pictureOf(page)).hash, whole.hash);
        });
    },
    async "metrics, error bars, and two surfaces"(browser) {
        const o = values("errors.json");
        await onPage(browser, file("two.html"), {}, async (page) => {
            assert.equal(await page.locator(".panel").count(), 2);
            const second = await pictureOf(page, ".base", 1);
            await page.locator(".base").first().focus();
            await page.keyboard.press("ArrowLeft");
            assert.notEqual((await stillOf(page, second, ".base", 1)).hash, second.hash, "linked");
            await page.getByLabel("linked").uncheck();
            const still = await pictureOf(page, ".base", 1),
                narrow = await pictureOf(page, ".base", 0);
            await page.getByLabel("same scale").check();
            assert.notEqual((await pictureOf(page, ".base", 0)).hash, narrow.hash, "one scale");
            await page.getByLabel("same scale").uncheck();
            await page.locator(".base").first().focus();
            await page.keyboard.press("ArrowLeft");
            assert.equal((await stillOf(page, null, ".base", 1)).hash, still.hash, "not linked");
            await page.selectOption("#choice-metric", "train_acc");
            assert.match(await textOf(page, ".readout"), /^training accuracy: least \S+ % at/);
            await page.selectOption("#choice-metric", "train_loss");
            await page.keyboard.press("Shift+ArrowRight");
            const [, x, y, loss, error] = (await textOf(page, ".readout"))
                .match(/sample \((\S+), (\S+)\): training loss (\S+) ± (\S+) /)
                .map(numberOf);
            const i = o.x.findIndex((v) => Math.abs(v - x) < 1e-3),
                j = o.y.findIndex((v) => Math.abs(v - y) < 1e-3);
            assert.ok(Math.abs(loss - o.values.train_loss[j][i]) < 0.01 * error, "loss");
            assert.ok(Math.abs(error - o.values.train_loss_se[j][i]) < 0.05 * error, "standard error");
        });
    },
    async "what was not computed and what is not finite are told apart"(browser) {
        await onPage(browser, file("holes.html"), {}, async (page) => {
            assert.match(await textOf(page, ".readout"), /not computed \(hatched \/\/\/\)/);
            assert.match(await textOf(page, ".readout"), /not finite \(hatched XXX\)/);
            await pressView(page, "heat");
            await page.locator(".base").focus();
            const found = new Set();
            await page.keyboard.press("Shift+ArrowRight");
            for (const way of ["ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp"])
                for (let k = 0; k < 9; k++) {
                    await page.keyboard.press(way);
                    const text = await textOf(page, ".readout");
                    found.add(
                        /: not computed/.test(text) ? "not computed" : / (∞|NaN)/.test(text) ? "not finite" : "a number"
                    );
                }
            assert.deepEqual([...found].sort(), ["a number", "not computed", "not finite"]);
        });
    },
    async "texts with a power of ten stay in their pictures"(browser) {
        const before = () => {
            window.texts = [];
            const fill = CanvasRenderingContext2D.prototype.fillText;
            CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
                const m = this.measureText(text),
                    to = this.getTransform(),
                    ends = [];
                for (const px of [x - m.actualBoundingBoxLeft, x + m.actualBoundingBoxRight])
                    for (const py of [y - m.actualBoundingBoxAscent, y + m.actualBoundingBoxDescent])
                        ends.push(to.transformPoint({x: px, y: py}));
                const {width, height} = this.canvas;
                const inside = ends.every((p) => p.x > -1.5 && p.y > -1.5 && p.x < width + 1.5 && p.y < height + 1.5);
                window.texts.push({text, inside});
                return fill.call(this, text, x, y, ...more);
            };
        };
        for (const width of [360, 1000])
            await onPage(browser, file("factors.html"), {viewport: {width, height: 900}, before}, async (page) => {
                const texts = await page.evaluate(() => window.texts);
                const outside = texts.filter((t) => !t.inside).map((t) => t.text);
                assert.deepEqual(outside, [], width + " pixels wide: outside of its picture");
                assert.ok(texts.filter((t) => t.text.startsWith("×10")).length >= 6);
                assert.ok(texts.filter((t) => t.text === "training loss").length >= 4, "axes have their names");
            });
    },
    async "odd surfaces"(browser) {
        await onPage(browser, file("odd.html"), {viewport: {width: 1000, height: 2400}}, async (page) => {
            assert.equal(await page.locator(".panel").count(), 10); // row, column and point share one
            const texts = await page.locator(".readout").allInnerTexts();
            for (const expected of [
                /^training loss: 2\.5 throughout/,
                /^training loss: 0 throughout/,
                /^nothing to show: 25 values are not finite/,
                /^training loss: 1 throughout\s+24 values are not finite/,
                /least 10²⁹⁸ at \(0, 0\)/,
            ])
                assert.ok(
                    texts.some((text) => expected.test(text)),
                    expected + " in " + texts.join(" | ")
                );
            for (const [view, scale] of [
                ["contour", "log"],
                ["filled", "linear"],
                ["heat", "log"],
                ["3d", "linear"],
                ["3d", "log"],
            ]) {
                await pressView(page, view);
                await page.selectOption("#choice-scale", scale);
                await settle(page);
            }
            await page.getByLabel("share of the samples").fill("0.05");
            await page.getByRole("checkbox", {name: "same scale"}).check();
            await page.selectOption("#choice-colormap", "rdbu");
            for (const k of [0, 2, 3, 4, 5]) {
                await page.locator(".base").nth(k).focus();
                for (const key of ["Shift+ArrowRight", "ArrowUp", "+", "Enter", "Escape", "Home"])
                    await page.keyboard.press(key);
            }
            await settle(page);
        });
    },
    async "what has diverged, and what is no number"(browser) {
        await onPage(browser, file("diverged.html"), {viewport: {width: 1000, height: 2400}}, async (page) => {
            const texts = await page.locator(".readout").allInnerTexts();
            for (const [k, expected] of [
                /least 0 at .*, greatest 3\s+15 values are not finite/s,
                /^training loss: 10³⁰⁴ throughout/,
                /^training loss: 301 points, least 1, greatest 10²⁹⁹/,
                /^b: 3 points, none of them finite/,
                /9 points, none of them finite/,
            ].entries())
                assert.match(texts[k], expected);
            for (const [view, scale] of [
                ["3d", "log"],
                ["filled", "linear"],
                ["contour", "log"],
                ["heat", "auto"],
            ]) {
                await pressView(page, view);
                await page.selectOption("#choice-scale", scale);
                await settle(page);
            }
            for (let k = 0; k < texts.length; k++) {
                const p = await pointOf(page, 0.5, 0.5, k);
                await page.mouse.move(p.x, p.y);
                await page.locator(".base").nth(k).focus();
                for (const key of ["ArrowRight", "Shift+ArrowRight", "Enter", "Escape"]) await page.keyboard.press(key);
                assert.ok((await pictureOf(page, ".base", k)).colours > 3, "panel " + k);
            }
        });
        await onPage(browser, file("none.html"), {}, async (page) => {
            assert.match(await textOf(page, ".readout"), /9 points, none of them finite/);
        });
    },
    async "curves, bands, comparisons, step studies, spectra"(browser) {
        await onPage(browser, file("curves.html"), {}, async (page) => {
            const count = await page.locator(".panel").count();
            assert.equal(count, 4); // the slices share one
            for (let k = 0; k < count; k++) {
                await page.locator(".base").nth(k).scrollIntoViewIfNeeded();
                const picture = await pictureOf(page, ".base", k),
                    p = await pointOf(page, 0.5, 0.5, k),
                    before = await textOf(page, ".readout", k);
                assert.ok(picture.colours > 12, "panel " + k);
                await page.mouse.move(p.x, p.y);
                assert.notEqual(await textOf(page, ".readout", k), before);
            }
            const log = fs
                .readFileSync(file("sgd.csv"), "utf8")
                .split("\n")
                .filter((line) => /^[0-9]/.test(line))
                .map((line) => line.split(",").map(Number));
            await page.locator(".base").nth(2).focus();
            await page.keyboard.press("Escape");
            await page.keyboard.press("ArrowRight");
            await page.keyboard.press("ArrowRight");
            const text = await textOf(page, ".readout", 2),
                [, iteration, loss] = text.match(/iteration = (\S+)\s+training loss (\S+)/).map(numberOf);
            const row = log.find((r) => r[0] === iteration);
            assert.ok(
                row.some((v) => Math.abs(v - loss) <= 1e-6 * loss),
                text
            );
        });
    },
    async "the PNG is a picture"(browser) {
        await onPage(browser, file("two.html"), {}, async (page) => {
            const [download] = await Promise.all([
                page.waitForEvent("download"),
                page.getByRole("button", {name: "Save PNG"}).click(),
            ]);
            const png = readPng(fs.readFileSync(await download.path())),
                colours = new Set();
            for (let k = 0; k < png.pixels.length; k += 7 * png.channels) colours.add(png.pixels.readUIntBE(k, 3));
            assert.ok(png.width > 2000 && png.height > 900, png.width + " x " + png.height);
            assert.ok(colours.size > 3000, colours.size + " colours");
            assert.match(download.suggestedFilename(), /\.png$/);
        });
    },
    async "a phone"(browser) {
        await onPage(
            browser,
            file("two.html"),
            {viewport: {width: 360, height: 740}, hasTouch: true, isMobile: true, deviceScaleFactor: 2},
            async (page) => {
                const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
                assert.ok(wide <= 360, "no wider than the screen: " + wide);
                assert.equal(await page.getByLabel("same scale").isVisible(), false);
                await page.getByText("More controls").click();
                assert.equal(await page.getByLabel("same scale").isVisible(), true);
                const small = await page.evaluate(() =>
                    [...document.querySelectorAll("button, select")]
                        .filter((e) => e.offsetParent && e.offsetHeight < 38)
                        .map((e) => e.textContent)
                );
                assert.deepEqual(small, [], "big enough for fingers");
                const first = await pictureOf(page);
                await touch(page, [[0.3, 0.5]], [[0.6, 0.6]]);
                const turned = await stillOf(page, first);
                assert.notEqual(turned.hash, first.hash, "one finger turns");
                await touch(
                    page,
                    [
                        [0.4, 0.5],
                        [0.6, 0.5],
                    ],
                    [
                        [0.2, 0.5],
                        [0.8, 0.5],
                    ]
                );
                assert.notEqual((await stillOf(page, turned)).hash, turned.hash, "two zoom");
            }
        );
    },
    async "dark and light"(browser) {
        const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        await onPage(browser, file("bowl.html"), {colorScheme: "dark"}, async (page) => {
            assert.equal(await background(page), "rgb(21, 24, 28)");
            await page.getByRole("button", {name: "light or dark"}).click();
            assert.equal(await background(page), "rgb(255, 255, 255)");
        });
    },
    async "texts of others are texts"(browser) {
        await onPage(browser, file("hostile.html"), {}, async (page) => {
            const title = fs.readFileSync(file("hostile.txt"), "utf8");
            assert.equal(await page.title(), title);
            assert.equal(await textOf(page, "h1"), title);
            assert.equal(await page.evaluate(() => window.stolen), undefined);
            assert.equal(await page.locator("script").count(), 2);
            await page.getByText("What made this").click();
            assert.match(await textOf(page, ".made"), /<script>/);
        });
    },
    async "the policy holds"(browser) {
        await onPage(browser, file("bowl.html"), {}, async (page) => {
            const policy = await page.evaluate(() => document.querySelector("meta[http-equiv]").content);
            assert.match(
                policy,
                /^default-src 'none'; script-src 'sha256-[^ ;]+'; style-src 'sha256-[^ ;]+'; img-src data:; connect-src 'none'; /
            );
        });
        const page = await browser.newPage();
        await page.goto("file://" + file("bowl.html"));
        const went = await page.evaluate(async () => {
            const broken = [];
            document.addEventListener("securitypolicyviolation", (event) => broken.push(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.stolen = 1";
            document.body.append(script);
            await fetch("http://127.0.0.1:9/").catch(() => {});
            await new Promise((done) => setTimeout(done, 100));
            return [window.stolen, broken.sort()];
        });
        // it is the policy that refuses, not that nobody listens there
        assert.deepEqual(went, [undefined, ["connect-src", "script-src-elem"]]);
        await page.close();
    },
    async "everything has a name"(browser) {
        await onPage(browser, file("paths.html"), {}, async (page) => {
            const nameless = await page.evaluate(() =>
                [...document.querySelectorAll("button, input, select, canvas:not([aria-hidden])")]
                    .filter(
                        (e) =>
                            !(
                                e.getAttribute("aria-label") ||
                                e.textContent.trim() ||
                                (e.labels && e.labels.length && e.labels[0].textContent.trim())
                            )
                    )
                    .map((e) => e.outerHTML)
            );
            assert.deepEqual(nameless, []);
            assert.match(
                await page.locator(".base").getAttribute("aria-label"),
                /surface in space over PC1.* 13 by 9 points\. 1 path lies in it\. .*least/
            );
            for (const role of ["banner", "main", "contentinfo"])
                assert.equal(await page.getByRole(role).count(), 1, role);
        });
    },
    async "a script of a live page"(browser) {
        await onPage(browser, file("seam.html"), {}, async (page) => {
            assert.match(await textOf(page, ".readout"), /no values yet/);
            await page.getByRole("button", {name: "fill"}).click();
            assert.match(await textOf(page, ".readout"), /least 0 at \(5, 5\), greatest 24/);
            assert.equal(await textOf(page, ".note"), "filled");
            await page.getByRole("button", {name: "patch"}).click();
            assert.match(await textOf(page, ".readout"), /least −7 at \(5, 2\)/);
            await pressView(page, "contour");
            await settle(page);
            await drag(page, await pointOf(page, 0.4, 0.3), await pointOf(page, 0.6, 0.6));
            assert.match(await textOf(page, ".note"), /^rectangle \d/);
            const p = await pointOf(page, 0.5, 0.5);
            await page.mouse.click(p.x, p.y);
            assert.match(await textOf(page, ".note"), /^point \d/);
            await page.getByRole("button", {name: "more"}).click();
            assert.equal(await page.locator(".panel").count(), 2);
        });
    },
    async "with WebGL the same picture"(browser) {
        const browserGl = await openBrowser(executable, ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]);
        const samples = [];
        for (const hash of ["", "#webgl"]) {
            const page = await browserGl.newPage({viewport: {width: 900, height: 800}});
            await page.addInitScript(() => {
                window.drawn = 0;
                const context = WebGL2RenderingContext.prototype, draw = context.drawElements;
                context.drawElements = function (...words) {
                    window.drawn++;
                    return draw.apply(this, words);
                };
            });
            await page.goto("file://" + file("bowl.html") + hash);
            await page.locator(".base").focus();
            for (let k = 0; k < 4; k++)
                // low enough for much to be hidden
                await page.keyboard.press("ArrowDown");
            await stillOf(page);
            samples.push(
                await page.evaluate(() => {
                    const canvas = document.querySelector(".base"),
                        small = document.createElement("canvas");
                    small.width = small.height = 40;
                    small.getContext("2d").drawImage(canvas, 0, 0, 40, 40);
                    return [...small.getContext("2d").getImageData(0, 0, 40, 40).data];
                })
            );
            // else one way would be compared with itself
            assert.equal((await page.evaluate(() => window.drawn)) > 0, hash === "#webgl");
            await page.close();
        }
        await browserGl.close();
        const off = samples[0].map((v, k) => Math.abs(v - samples[1][k])).sort((a, b) => b - a),
            far = off.filter((v) => v > 30).length;
        assert.ok(far <= 10, "pictures differ at " + far + " of 4800 places, by " + off[0] + " of 255");
    },
};

// Fingers from some places of the first picture to others, in shares of its size.
async function touch(page, from, to) {
    const points = async (list) => {
        const out = [];
        for (const [u, v] of list) out.push(await pointOf(page, u, v));
        return out;
    };
    const start = await points(from),
        end = await points(to),
        client = await page.context().newCDPSession(page);
    const at = (s) => start.map((p, k) => ({x: p.x + s * (end[k].x - p.x), y: p.y + s * (end[k].y - p.y), id: k}));
    await client.send("Input.dispatchTouchEvent", {type: "touchStart", touchPoints: at(0)});
    for (const s of [0.3, 0.6, 1])
        await client.send("Input.dispatchTouchEvent", {type: "touchMove", touchPoints: at(s)});
    await client.send("Input.dispatchTouchEvent", {type: "touchEnd", touchPoints: []});
}

async function main() {
    const browser = await openBrowser(executable),
        only = process.env.ONLY;
    let failures = 0;
    for (const [name, run] of Object.entries(tests)) {
        if (only && !name.includes(only)) continue;
        const begun = Date.now();
        try {
            await run(browser);
            console.log("ok    " + name + "  " + (Date.now() - begun) + " ms");
        } catch (error) {
            failures++;
            console.log("FAIL  " + name + "\n" + error.stack);
        }
    }
    await browser.close();
    process.exit(failures ? 1 : 0);
}

main();
