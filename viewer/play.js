// play.js: paths over time.

const PLAY_SECONDS = 8;
let playing = 0,
    playedAt = 0;

function buildPlay() {
    controls.playButton = make("button", {type: "button", "aria-label": "play the paths", onclick: togglePlay}, "▶");
    controls.time = make("input", {
        type: "range",
        min: 0,
        max: 1,
        step: 0.001,
        "aria-label": "how far the paths have come",
        oninput: (event) => {
            const time = Number(event.target.value);
            stopPlay();
            setTime(time);
        },
    });
    controls.moment = make("output", {class: "moment"});
    controls.play = make(
        "div",
        {class: "row play", role: "group", "aria-label": "paths over time"},
        controls.playButton,
        controls.time,
        controls.moment
    );
    return controls.play;
}

function setTime(time) {
    state.time = clamp(time, 0, 1);
    showMoment();
    repaint();
}

// The checkpoint of the longest run, and its loss.
function showMoment() {
    const runs = planes().flatMap((p) => p.paths.filter(isRun));
    if (runs.length === 0 || !controls.time) return;
    const longest = runs.reduce((a, b) => (b.x.length > a.x.length ? b : a)),
        {count} = momentOf(longest);
    const losses = runs
        .map((path) => {
            const k = momentOf(path).count - 1;
            return path.loss && Number.isFinite(path.loss[k])
                ? (runs.length > 1 && path.name ? path.name + " " : "loss ") + numberText(path.loss[k], 4)
                : "";
        })
        .filter((text) => text);
    controls.time.value = state.time;
    controls.moment.textContent =
        "checkpoint " +
        count +
        " of " +
        longest.x.length +
        (losses.length && losses.length <= 4 ? ": " + losses.join(", ") : "");
    controls.playButton.textContent = playing ? "❚❚" : "▶";
    controls.playButton.setAttribute("aria-label", playing ? "pause the paths" : "play the paths");
}

function stepPlay(now) {
    const passed = (now - playedAt) / 1000;
    playedAt = now;
    setTime(state.time + Math.min(passed, 0.25) / PLAY_SECONDS);
    playing = state.time < 1 ? requestAnimationFrame(stepPlay) : 0;
    showMoment();
}

function stopPlay() {
    cancelAnimationFrame(playing);
    playing = 0;
    showMoment();
}

function togglePlay() {
    if (controls.play.hidden) return;
    if (playing) {
        stopPlay();
        return;
    }
    if (state.time >= 1) state.time = 0;
    playedAt = performance.now();
    playing = requestAnimationFrame(stepPlay);
    showMoment();
}
