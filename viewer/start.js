// start.js: the page stands.

function buildFooter() {
    const keys = make("dl", {class: "keys"});
    for (const [key, what] of KEYS_HELP) keys.append(make("dt", null, key), make("dd", null, what));
    const help = make(
        "details",
        null,
        make("summary", null, "Keys, mouse and touch"),
        keys,
        make(
            "p",
            null,
            "Mouse: drag to turn, with Shift to move; on a map drag a rectangle to zoom into it. A click holds the read-out. The wheel zooms a picture that was clicked. A double click goes back. Touch: one finger turns or reads out, two zoom."
        )
    );
    byId("footer").append(
        make(
            "p",
            {id: "keys", class: "hidden"},
            "Arrow keys turn or move the read-out, Shift and arrows move the read-out, plus and minus zoom, Home goes back, Enter holds the read-out."
        ),
        help,
        make("p", {class: "made-by"}, madeLine())
    );
}

function start() {
    if (data.title) document.title = byId("title").textContent = data.title;
    document.documentElement.dataset.theme = state.theme;
    readTheme();
    renderer = makeRenderer();
    buildControls();
    buildFooter();
    comparing(data.panels.map(decodePanel)).forEach(addPanel);
    showControls();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
        readTheme();
        repaint();
    });
    addEventListener("resize", () => repaint());
    addEventListener("scroll", () => repaint({}), {passive: true});
    new ResizeObserver(() => repaint()).observe(byId("panels"));
    tell("start", {});
}
