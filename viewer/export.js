// export.js: the pictures of the page as one PNG file, at three pixels for each of the page's.

const EXPORT_SCALE = 3,
    EXPORT_MOST = 8000;

function exportPlaces() {
    const shown = viewer.panels.filter((p) => p.size),
        columns = shown.length === 1 ? 1 : shown.length <= 4 ? 2 : 3,
        places = [];
    let y = 40,
        rowHeight = 0;
    const width = Math.min(620, Math.max(...shown.map((p) => p.size.width), 320));
    shown.forEach((panel, k) => {
        const column = k % columns,
            height = heightFor(panel, width);
        if (column === 0 && k > 0) {
            y += rowHeight;
            rowHeight = 0;
        }
        rowHeight = Math.max(rowHeight, height + 34);
        places.push({panel, x: column * (width + 16) + 8, y, width, height});
    });
    return {places, width: columns * (width + 16), height: y + rowHeight + 28};
}

function exportCanvas() {
    const {places, width, height} = exportPlaces(),
        canvas = document.createElement("canvas");
    const scale = Math.min(EXPORT_SCALE, EXPORT_MOST / width, EXPORT_MOST / height);
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const ctx = canvas.getContext("2d");
    ctx.scale(scale, scale);
    ctx.fillStyle = theme.paper;
    ctx.fillRect(0, 0, width, height);
    ctx.fillStyle = theme.ink;
    setFont(ctx, 17, "600");
    drawText(ctx, fitted(ctx, document.title, width - 24), 12, 20, "left", "middle");
    for (const place of places) {
        ctx.save();
        ctx.translate(place.x, place.y);
        ctx.fillStyle = theme.ink;
        setFont(ctx, 13, "600");
        if (places.length > 1 || place.panel.name !== document.title)
            drawText(ctx, fitted(ctx, place.panel.name, place.width), place.width / 2, 12, "center", "middle");
        ctx.translate(0, 24);
        paintPicture(ctx, place.panel, place.width, place.height, scale);
        ctx.restore();
    }
    ctx.fillStyle = theme.soft;
    setFont(ctx, 10);
    drawText(ctx, fitted(ctx, madeLine(), width - 24), 12, height - 12, "left", "middle");
    return canvas;
}

const madeLine = () => "thalweg " + data.thalweg + (data.description ? ": " + data.description : "");

function savePng() {
    exportCanvas().toBlob((blob) => {
        const address = URL.createObjectURL(blob),
            name = document.title.replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 80) || "thalweg";
        make("a", {href: address, download: name + ".png"}).click();
        setTimeout(() => URL.revokeObjectURL(address), 10000);
        repaint();
    }, "image/png");
}
