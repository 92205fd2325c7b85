// pits.js: narrow valleys on a logarithmic height, as src/plot/pits.h has them.

const PITS_FEW = 8,
    PIT_DEPTH = 0.01; // of what heights span

function lowestBeside(nx, ny, z, i, j) {
    let lowest = Infinity;
    for (let b = Math.max(j - 1, 0); b <= j + 1 && b < ny; b++)
        for (let a = Math.max(i - 1, 0); a <= i + 1 && a < nx; a++)
            if ((a !== i || b !== j) && z[b * nx + a] < lowest) lowest = z[b * nx + a];
    return lowest < Infinity ? lowest : NaN;
}

// Raises samples that are lower than all around them to the lowest of these, where there are many; how many were.
function raisePits(nx, ny, z) {
    let low = Infinity,
        high = -Infinity;
    for (const v of z) {
        if (v < low) low = v;
        if (v > high) high = v;
    }
    const depth = PIT_DEPTH * (high - low),
        pits = [];
    if (!(depth > 0)) return 0;
    for (let k = 0; k < nx * ny; k++) {
        const lowest = lowestBeside(nx, ny, z, k % nx, Math.floor(k / nx));
        if (lowest - z[k] > depth) pits.push([k, lowest]);
    }
    if (pits.length <= PITS_FEW) return 0;
    for (const [k, lowest] of pits) z[k] = lowest;
    return pits.length;
}
