/* Tables, which become curves. */
#include "page/page_private.h"

tw_status tw_page_add_table(tw_page *page, const tw_page_about *given, const tw_table *table) {
    tw_page_about about;
    if (table == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "%s: table is NULL", __func__);
    tw_status status = tw_page_begin(page, given, "table", &about);
    if (status == TW_OK && (table->rows == 0 || table->columns < 2))
        status = tw_fail(TW_ERR_ARGUMENT, "'%s' has nothing to show: %s", about.name,
                         table->rows == 0 ? "no rows" : "a single column");
    if (status != TW_OK)
        return status;
    tw_json_text(&page->writer, "kind", table->kind);
    tw_json_text(&page->writer, "x_label", about.x_label);
    tw_json_text(&page->writer, "y_label", about.y_label);
    tw_json_array(&page->writer, "columns");
    for (size_t k = 0; k < table->columns && status == TW_OK; k++) {
        tw_json_object(&page->writer, NULL);
        tw_json_text(&page->writer, "name", table->names[k]);
        tw_page_put_metric(page, &table->metric[k], about.value_label);
        status = tw_page_put_values(page, "values", table->rows, table->values[k]);
        tw_json_end(&page->writer);
    }
    tw_json_end(&page->writer);
    tw_page_put_provenance(page, about.provenance);
    tw_json_end(&page->writer);
    return status;
}
