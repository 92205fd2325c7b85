/* study_convert.h: a result file in another form, by its ending: what 'thalweg convert' does. */
#ifndef THALWEG_STUDY_CONVERT_H
#define THALWEG_STUDY_CONVERT_H

#include "file.h"
#include "study.h"

TW_BEGIN_DECLS

typedef struct tw_study_convert_options {
    size_t bytes;
    const char *metric; /* of a surface, the height in .vts, .vtk and .vtp; not given: the loss */
    int log;            /* 1: its decimal logarithm is */
} tw_study_convert_options;

TW_API tw_study_convert_options tw_study_convert_defaults(void);

/* Surfaces go between .h5, .npz and .csv, and to .vts and .vtk, the paths in them and projections
 * to .vtp; tables and projections between .csv and .h5; directions between .h5 and .npz; parameters
 * between .h5, .npz, .npy and .safetensors, and from the checkpoints that tw_weights_read reads and
 * from the graphs of .onnx files to these. What `from` is, is told from its content. What the other
 * form cannot hold is refused, or said where it is not of the numbers. `options` may be NULL; *kind
 * (may be NULL) is "surface", "table", "directions" or "parameters". */
TW_API tw_status tw_study_convert(const tw_study *study, const tw_study_convert_options *options,
                                  const char *from, const char *to, const char **kind);

TW_END_DECLS

#endif
