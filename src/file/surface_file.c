/* surface_file.c: the list of the forms of surfaces, and the choice among them. */
#include <stdio.h>
#include <string.h>

#include "file/output_file.h"
#include "file/surface_forms.h"

/* The first is that of a path that says nothing. */
static const tw_surface_form *const forms[] = {&tw_surface_form_h5, &tw_surface_form_npz,
                                               &tw_surface_form_csv, &tw_surface_form_vts,
                                               &tw_surface_form_vtk};
enum { FORMS = sizeof forms / sizeof forms[0] };

static unsigned can(const tw_surface_form *form) {
    return (form->read != NULL ? TW_SURFACE_READ_BACK : 0u) |
           (form->keeps_paths ? TW_SURFACE_KEEPS_PATHS : 0u) |
           (form->is_heights ? TW_SURFACE_HEIGHTS : 0u);
}

const char *tw_surface_ending(unsigned wanted, size_t index) {
    for (size_t k = 0; k < FORMS; k++)
        if ((can(forms[k]) & wanted) == wanted && index-- == 0)
            return forms[k]->ending;
    return NULL;
}

static int is_path(const tw_surface_form *form, const char *path) {
    return form->kind != TW_FILE_OTHER ? tw_file_kind_of(path) == form->kind
                                       : tw_file_has_ending(path, form->ending);
}

/* NULL where there is none. */
static const tw_surface_form *form_of(const char *path) {
    for (size_t k = 0; k < FORMS; k++)
        if (is_path(forms[k], path))
            return forms[k];
    return tw_output_is_direct(path) ? forms[0] : NULL;
}

unsigned tw_surface_form_can(const char *path) {
    const tw_surface_form *form = form_of(path);
    return form != NULL ? can(form) : 0;
}

/* ".vts or .vtk" */
static const char *endings_of(unsigned wanted, char *list, size_t size) {
    size_t used = 0;
    for (size_t k = 0; tw_surface_ending(wanted, k) != NULL && used < size; k++) {
        const char *comma = tw_surface_ending(wanted, k + 1) != NULL ? ", " : " or ";
        used += (size_t)snprintf(list + used, size - used, "%s%s", k == 0 ? "" : comma,
                                 tw_surface_ending(wanted, k));
    }
    return list;
}

tw_status tw_surface_write(const char *path, const tw_surface *surface,
                           const tw_provenance *provenance) {
    const tw_surface_form *form = form_of(path);
    char list[200] = "";
    if (form == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "cannot write '%s': surfaces go to %s files", path,
                       endings_of(0, list, sizeof list));
    return form->write(path, surface, NULL, provenance);
}

tw_status tw_surface_write_vtk(const char *path, const tw_surface *surface,
                               const tw_vtk_options *options, const tw_provenance *provenance) {
    const tw_surface_form *form = form_of(path);
    char list[200] = "";
    if (form == NULL || !form->is_heights)
        return tw_fail(TW_ERR_ARGUMENT, "cannot write '%s': surfaces for VTK go to %s files", path,
                       endings_of(TW_SURFACE_HEIGHTS, list, sizeof list));
    return form->write(path, surface, options, provenance);
}

/* ---- reading ---- */

/* The form by the content of a file; the first where none fits, whose reader says so. */
static tw_status form_of_content(const char *path, const tw_surface_form **out) {
    tw_file_kind content;
    char head[TW_FILE_HEAD];
    *out = forms[0];
    tw_status status = tw_file_content_of(path, &content);
    if (status == TW_OK)
        status = tw_file_head(path, head);
    for (size_t k = FORMS; k-- > 0 && status == TW_OK;)
        if (forms[k]->kind != TW_FILE_OTHER
                ? forms[k]->kind == content
                : strncmp(head, forms[k]->start, strlen(forms[k]->start)) == 0)
            *out = forms[k];
    return status;
}

tw_status tw_surface_is_content(const char *path, int *out) {
    const tw_surface_form *form;
    tw_status status = form_of_content(path, &form);
    *out = status == TW_OK && form->kind == TW_FILE_OTHER;
    return status;
}

static tw_status read_any(const char *path, int only_own, tw_surface *surface,
                          tw_provenance *provenance) {
    const tw_surface_form *form;
    memset(surface, 0, sizeof *surface);
    tw_status status = form_of_content(path, &form);
    if (status == TW_OK)
        status = form->read != NULL
                     ? form->read(path, only_own, surface, provenance)
                     : tw_fail(TW_ERR_FORMAT,
                               "'%s' is in %s format, which is written only; give the %s file",
                               path, form->name, forms[0]->ending);
    if (status != TW_OK)
        tw_surface_release(surface);
    return status;
}

tw_status tw_surface_read(const char *path, tw_surface *surface, tw_provenance *provenance) {
    return read_any(path, 0, surface, provenance);
}

tw_status tw_surface_read_own(const char *path, tw_surface *surface, tw_provenance *provenance) {
    return read_any(path, 1, surface, provenance);
}
