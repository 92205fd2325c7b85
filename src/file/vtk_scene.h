/* vtk_scene.h: a surface as heights over a grid, for the files that VTK reads. */
#ifndef TW_FILE_VTK_SCENE_H
#define TW_FILE_VTK_SCENE_H

#include <stdio.h>

#include "thalweg/file.h"

/* Zero it, make, release. */
typedef struct tw_vtk_scene {
    tw_surface coarse; /* of an interrupted survey: what there is of it */
    const tw_surface *surface;
    size_t metric, points;
    double *height;  /* finite: a value that cannot be a height lies at the highest one, or at the
                        lowest where it is -infinity, and is hidden */
    uint8_t *hidden; /* 1 where the metric has no finite value */
    size_t hidden_count;
} tw_vtk_scene;

/* `whole` must outlive the scene. */
tw_status tw_vtk_scene_make(const char *path, const tw_surface *whole,
                            const tw_vtk_options *options, tw_vtk_scene *out);
void tw_vtk_scene_release(tw_vtk_scene *scene);

/* A file of one scene, whole or not at all; `put` writes it, and may change the scene. */
typedef tw_status (*tw_vtk_put_fn)(FILE *stream, tw_vtk_scene *scene,
                                   const tw_provenance *provenance);
tw_status tw_vtk_scene_write(const char *path, const tw_surface *surface,
                             const tw_vtk_options *options, const tw_provenance *provenance,
                             tw_vtk_put_fn put);

/* The height over any point: between the four around it, beyond the grid at its edge. */
double tw_vtk_scene_at(const tw_vtk_scene *scene, double x, double y);

#endif
