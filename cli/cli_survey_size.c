#include "cli_survey_size.h"

#include <unistd.h>

/* Beside the values themselves a file has them in HDF5's memory and in the bytes that are written.
 */
enum { COPIES_OF_FILES = 2 };

tw_status survey_size(const survey_args *args, size_t metrics) {
    double columns = (double)args->x.count, rows = args->y.count > 0 ? (double)args->y.count : 1;
    double bytes = columns * rows * (8 * (double)metrics + 1); /* and a mark of what is computed */
    double whole = bytes * (args->output != NULL ? 1 + COPIES_OF_FILES : 1);
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || page <= 0 || whole <= (double)pages * (double)page)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT,
                   "%.0f x %.0f points of %zu metric%s take %.0f bytes%s, more than the %.0f of "
                   "this machine's memory; use fewer points",
                   columns, rows, metrics, metrics == 1 ? "" : "s", whole,
                   args->output != NULL ? " with the file" : "", (double)pages * (double)page);
}
