/* h5_text.c: lists of names as datasets of text of one length. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/h5_write.h"
#include "format/h5_quiet.h"

enum { LONGEST = 1 << 12, MOST = 1 << 14 };

static hid_t text_type(size_t length) {
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, length);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

tw_status tw_h5_put_texts(hid_t at, const char *name, size_t count, const char *const *texts) {
    size_t longest = 1;
    for (size_t k = 0; k < count; k++)
        longest = strlen(texts[k]) > longest ? strlen(texts[k]) : longest;
    if (longest > LONGEST)
        return tw_fail(TW_ERR_ARGUMENT, "'%s': a name of %zu bytes; at most %d are possible", name,
                       longest, LONGEST);
    char *all = tw_alloc(count, longest);
    if (all == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", name);
    for (size_t k = 0; k < count; k++)
        memcpy(all + k * longest, texts[k], strlen(texts[k]));
    hid_t type = text_type(longest);
    tw_status status = tw_h5_put(at, name, type, 1, &count, all);
    H5Tclose(type);
    free(all);
    return status;
}

static tw_status cut(const char *path, const char *name, const char *all, size_t count,
                     size_t longest, char ***out) {
    char **texts = tw_alloc(count, sizeof *texts);
    for (size_t k = 0; texts != NULL && k < count; k++)
        if ((texts[k] = tw_alloc(longest + 1, 1)) == NULL) {
            tw_h5_free_texts(count, texts);
            texts = NULL;
        } else
            memcpy(texts[k], all + k * longest, longest);
    *out = texts;
    return texts != NULL ? TW_OK
                         : tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for '%s'", path, name);
}

tw_status tw_h5_get_texts(const char *path, hid_t at, const char *name, size_t *count,
                          char ***out) {
    *count = 0;
    *out = NULL;
    hid_t set = tw_h5_open_set(at, name);
    if (set < 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': no dataset '%s'", path, name);
    h5_quiet quiet = quiet_begin();
    hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    hssize_t points = H5Sget_simple_extent_npoints(space);
    size_t longest = H5Tget_size(type);
    int fits = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 &&
               H5Sget_simple_extent_ndims(space) == 1 && points >= 0 && points <= MOST &&
               longest >= 1 && longest <= LONGEST;
    char *all = fits ? tw_alloc((size_t)points, longest) : NULL;
    tw_status status = TW_OK;
    if (!fits)
        status =
            tw_fail(TW_ERR_FORMAT, "'%s': '%s' is not a list of names of one length", path, name);
    else if (all == NULL)
        status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for '%s'", path, name);
    else if (points > 0 && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, all) < 0)
        status = tw_fail(TW_ERR_FORMAT, "'%s': dataset '%s' cannot be read; is the file whole?",
                         path, name);
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(set);
    quiet_end(quiet);
    if (status == TW_OK)
        status = cut(path, name, all, (size_t)points, longest, out);
    if (status == TW_OK)
        *count = (size_t)points;
    free(all);
    return status;
}

void tw_h5_free_texts(size_t count, char **texts) {
    for (size_t k = 0; texts != NULL && k < count; k++)
        free(texts[k]);
    free(texts);
}
