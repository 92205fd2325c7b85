// contour.js: lines of equal height on a grid: as src/plot/contour.c has it.

// Edges are numbered by their lower left node: 2 * node to the right of it, 2 * node + 1 above it.
// Pairs of edges that the lines of a cell join, by which of its corners a, b, c, d (counter-clockwise
// from the lower left) are above: 0 bottom, 1 left, 2 top, 3 right. The saddle is decided elsewhere.
const CELL_LINES = [[], [1, 0], [0, 3], [1, 3], [3, 2], null, [0, 2], [1, 2]];

function joinEdges(links, crossed, a, b) {
    for (const [edge, other] of [
        [a, b],
        [b, a],
    ]) {
        if (links[2 * edge] < 0 && links[2 * edge + 1] < 0) crossed.push(edge);
        links[2 * edge + (links[2 * edge] >= 0 ? 1 : 0)] = other;
    }
}

function traceCell(grid, level, i, j, links, crossed) {
    const {nx, z} = grid,
        node = j * nx + i;
    const a = z[node],
        b = z[node + 1],
        c = z[node + nx + 1],
        d = z[node + nx];
    const inside = (a > level ? 1 : 0) | (b > level ? 2 : 0) | (c > level ? 4 : 0) | (d > level ? 8 : 0);
    const kind = inside > 7 ? 15 - inside : inside;
    if (kind === 0 || Number.isNaN(a + b + c + d)) return;
    const edges = [2 * node, 2 * node + 1, 2 * (node + nx), 2 * node + 3];
    const line = CELL_LINES[kind];
    if (line) {
        joinEdges(links, crossed, edges[line[0]], edges[line[1]]);
    } else if (0.25 * (a + b + c + d) > level === (inside === 5)) {
        joinEdges(links, crossed, edges[0], edges[3]);
        joinEdges(links, crossed, edges[1], edges[2]);
    } else {
        joinEdges(links, crossed, edges[1], edges[0]);
        joinEdges(links, crossed, edges[3], edges[2]);
    }
}

function crossingOf(grid, level, edge) {
    const node = edge >> 1,
        i = node % grid.nx,
        j = (node - i) / grid.nx,
        up = edge & 1;
    const from = grid.z[node],
        u = (level - from) / (grid.z[up ? node + grid.nx : node + 1] - from);
    return up
        ? [grid.x[i], grid.y[j] + u * (grid.y[j + 1] - grid.y[j])]
        : [grid.x[i] + u * (grid.x[i + 1] - grid.x[i]), grid.y[j]];
}

// Follows the line from an edge and takes its links away.
function followLine(grid, level, links, start) {
    const points = [];
    let edge = start,
        closed = false;
    while (edge >= 0) {
        points.push(crossingOf(grid, level, edge));
        const side = links[2 * edge] < 0 ? 1 : 0,
            to = links[2 * edge + side];
        links[2 * edge + side] = -1;
        if (to >= 0) links[2 * to + (links[2 * to] !== edge ? 1 : 0)] = -1;
        closed = closed || to === start;
        edge = to === start ? -1 : to;
    }
    return {points, closed};
}

// Lines of one level over {nx, ny, x, y, z}: [{points: [[x, y], ...], closed}]; the first point of a
// closed one is not repeated.
function traceLevel(grid, level) {
    const {nx, ny} = grid,
        crossed = [],
        lines = [];
    if (!grid.links || grid.links.length !== 4 * nx * ny) grid.links = new Int32Array(4 * nx * ny).fill(-1);
    const links = grid.links;
    for (let j = 0; j + 1 < ny; j++) for (let i = 0; i + 1 < nx; i++) traceCell(grid, level, i, j, links, crossed);
    // open lines from their ends, then what is left: closed ones
    for (const wanted of [1, 2])
        for (const edge of crossed)
            if ((links[2 * edge] >= 0) + (links[2 * edge + 1] >= 0) === wanted)
                lines.push(followLine(grid, level, links, edge));
    return lines;
}

// All lines of a field within a span, kept until either changes.
function contoursOf(field, span, target) {
    const key = [span.low, span.high, span.log, target].join();
    if (field.contourKey !== key) {
        field.contourKey = key;
        field.contours = (span.classes ? [] : levelsOf(span, target)).map((level) => ({...level, lines: traceLevel(field.fine, level.z)}));
    }
    return field.contours;
}
