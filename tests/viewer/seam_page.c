/* seam_page FILE: a page with a script of its own, as live pages have, that uses what seam.js
 * offers. */
#include <stdio.h>

#include "thalweg/thalweg.h"

static const char script[] =
    "viewer.on('start', () => {\n"
    "const panel = viewer.add({type: 'surface', name: 'live', made: [], x: {label: 'x', values: "
    "data.live.axis}, y: {label: 'y', values: data.live.axis}, metrics: [{name: 'train_loss', "
    "label: 'loss', kind: 'loss', split: 'train', values: data.live.values}], computed: "
    "data.live.none, shown: 0, paths: []});\n"
    "const say = (text) => viewer.note(panel, text);\n"
    "viewer.button({label: 'fill', title: 'all', press: () => {\n"
    "viewer.replace(panel, 0, Array.from({length: 25}, (_, k) => k), new Uint8Array(25).fill(1));\n"
    "say('filled');\n"
    "}});\n"
    "viewer.button({label: 'patch', title: 'one', press: () => viewer.patch(panel, 0, [15], "
    "[-7])});\n"
    "viewer.button({label: 'more', title: 'a panel', press: () => viewer.add({type: 'table', name: "
    "'t', kind: 'other', columns: [{name: 'a', label: 'a', kind: 'value', values: "
    "data.live.axis}, {name: 'b', label: 'b', kind: 'value', values: data.live.axis}]})});\n"
    "viewer.on('rectangle', (r) => { say('rectangle ' + Math.abs(r.x1 - r.x0)); return true; });\n"
    "viewer.on('point', (p) => say('point ' + Math.abs(p.x)));\n"
    "});\n";

/* 1, 2, 3, 4, 5 falling, 25 zeros, and no point computed. */
static const char data[] =
    "{\"axis\": {\"f8\": \"AAAAAAAAFEAAAAAAAAAQQAAAAAAAAAhAAAAAAAAAAEAAAAAAAADwPw==\"},"
    " \"values\": {\"f4\": \""
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\"},"
    " \"none\": {\"u1\": \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\"}}";

int main(int argc, char **argv) {
    tw_page *page = NULL;
    tw_page_options options = {
        .bytes = sizeof options, .title = "live", .script = script, .script_data = data};
    tw_status status =
        argc == 2 ? tw_page_open(argv[1], &options, &page) : tw_fail(TW_ERR_ARGUMENT, "one file");
    if (status == TW_OK)
        status = tw_page_close(page);
    if (status != TW_OK)
        fprintf(stderr, "seam_page: %s\n", tw_message());
    tw_page_free(page);
    return status != TW_OK;
}
