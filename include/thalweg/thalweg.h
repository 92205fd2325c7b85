/* thalweg.h: the whole public interface. Each header also stands alone.
 *
 * Structs that you fill in (options, operations, traits) begin with `size_t bytes`, the size that
 * the struct has where you compile: `{.bytes = sizeof(tw_mlp_options), .reg = 1e-4}`. A library
 * that knows more members takes them as zero, which means the default; one that knows fewer refuses
 * a struct in which one of the others is set. Left 0, `bytes` stands for the members that the first
 * version had, whatever library the program runs with: short code stays short and keeps its
 * meaning, and who uses a member that was added later gives the size.
 */
#ifndef THALWEG_H
#define THALWEG_H

#include "cpu.h"
#include "dataset.h"
#include "derivative.h"
#include "diff.h"
#include "export.h"
#include "fetch.h"
#include "file.h"
#include "functions.h"
#include "gradcheck.h"
#include "hessian.h"
#include "jacobian.h"
#include "json.h"
#include "landscape.h"
#include "linear.h"
#include "metric.h"
#include "metric_plan.h"
#include "mlp.h"
#include "notes.h"
#include "objective.h"
#include "optim.h"
#include "plane.h"
#include "plot.h"
#include "plugin.h"
#include "program.h"
#include "rng.h"
#include "run.h"
#include "setting.h"
#include "shared_object.h"
#include "space.h"
#include "status.h"
#include "study.h"
#include "study_convert.h"
#include "study_file.h"
#include "study_gradcheck.h"
#include "study_gradient.h"
#include "study_landscape.h"
#include "study_model.h"
#include "study_picture.h"
#include "study_plane.h"
#include "study_training.h"
#include "sweep.h"
#include "team.h"
#include "trajectory.h"
#include "trajectory_plane.h"
#include "version.h"
#include "words.h"

#endif
