// png.js: reads a PNG of 8 bits a channel, without a library.
"use strict";

const zlib = require("node:zlib");

const paeth = (a, b, c) => {
    const p = a + b - c,
        pa = Math.abs(p - a),
        pb = Math.abs(p - b),
        pc = Math.abs(p - c);
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
};

function readPng(bytes) {
    if (bytes.toString("latin1", 0, 8) !== "\x89PNG\r\n\x1a\n") throw new Error("no PNG");
    const parts = [];
    let width, height, type;
    for (let at = 8; at < bytes.length;) {
        const length = bytes.readUInt32BE(at),
            name = bytes.toString("latin1", at + 4, at + 8),
            body = bytes.subarray(at + 8, at + 8 + length);
        if (name === "IHDR") [width, height, type] = [body.readUInt32BE(0), body.readUInt32BE(4), body[9]];
        if (name === "IDAT") parts.push(body);
        at += 12 + length;
    }
    const channels = {2: 3, 6: 4}[type],
        row = width * channels,
        raw = zlib.inflateSync(Buffer.concat(parts)),
        pixels = Buffer.alloc(row * height);
    for (let y = 0; y < height; y++)
        for (let k = 0; k < row; k++) {
            const filter = raw[y * (row + 1)],
                a = k >= channels ? pixels[y * row + k - channels] : 0,
                b = y > 0 ? pixels[(y - 1) * row + k] : 0;
            const c = k >= channels && y > 0 ? pixels[(y - 1) * row + k - channels] : 0;
            const add = [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter];
            pixels[y * row + k] = raw[y * (row + 1) + 1 + k] + add;
        }
    return {width, height, channels, pixels};
}

module.exports = {readPng};
