// curvature.js: what the extreme eigenvalues of a plane say of its curvature, as metrics of their own beside min_eig
// and max_eig: as `thalweg plot --map ratio` and `--map signs` have them (curvature_map.h).

const CURVATURE_CLASSES = ["convex", "saddle", "concave"];
const RATIO_MOST = 2; // ratios grow beyond all bounds where the greatest eigenvalue goes through 0

// 0 convex, 1 saddle, 2 concave; NaN where an eigenvalue is none.
function curvatureClass(least, greatest, leastError, greatestError) {
    if (!Number.isFinite(least) || !Number.isFinite(greatest)) return NaN;
    if (least >= (leastError > 0 ? -leastError : 0)) return 0;
    return greatest > (greatestError > 0 ? greatestError : 0) ? 1 : 2;
}

function curvatureRatio(least, greatest, leastError) {
    const c = curvatureClass(least, greatest, leastError, 0);
    return Number.isNaN(c) || c === 0 ? c : Math.abs(least / greatest);
}

// Adds both metrics to a plane that has eigenvalues, or makes them anew after a change.
function deriveCurvature(surface) {
    const at = (name) => surface.metrics.findIndex((m) => m.name === name),
        [least, greatest] = [at("min_eig"), at("max_eig")];
    if (surface.rank !== 2 || least < 0 || greatest < 0) return;
    const errors = (metric) => {
            const error = belonging(surface, metric, "error");
            return error ? error.values : null;
        },
        [below, above] = [errors(least), errors(greatest)];
    const fill = (given, compute) => {
        let k = at(given.name);
        if (k < 0) {
            const values = new Float64Array(surface.nx * surface.ny);
            k = surface.metrics.push({kind: "value", split: null, ...given, values}) - 1;
        }
        const [a, b] = [surface.metrics[least].values, surface.metrics[greatest].values];
        surface.metrics[k].values.forEach((_, p, out) => {
            out[p] = compute(a[p], b[p], below ? below[p] : 0, above ? above[p] : 0);
        });
    };
    fill({name: "ratio", label: "|λmin / λmax|, 0 where convex", most: RATIO_MOST}, curvatureRatio);
    fill({name: "signs", label: "0 convex, 1 saddle, 2 concave", classes: CURVATURE_CLASSES}, curvatureClass);
}
