/* thalweg.h: the whole public interface, and its map: storey by storey from the bottom, what most
 * programs need first. Each header also stands alone.
 *
 * A loss is a tw_objective: a function f of n numbers, with whatever else it can do. Everything
 * asks objectives, and only through the entries of objective.h:
 *
 *     tw_objective *f = NULL;
 *     tw_objective_from_function(bowl, NULL, 3, &f);        a C function is one,
 *     tw_mlp_new(data, &options, runner, &f);               so is a network on data,
 *     tw_plugin_open("mine.so", NULL, runner, &f);          or what a plug-in holds
 *
 *     tw_diff_gradient(f, x, NULL, g, NULL);                differentiate it
 *     tw_gradcheck_run(f, x, NULL, &report);                is its own gradient right?
 *     tw_plane plane = tw_plane_of(n, x, dx, dy);           see it
 *     tw_survey_run(f, &plane, NULL, &surface);
 *     tw_optim_run(tw_optimizer_find("adam"), f, x, NULL, NULL);        walk down it
 *
 * Who would rather say it in words, as on a command line, begins with the top storey, study.h:
 * there a model is "mlp:64", a plane "--trajectory a.h5", and files are continued and kept.
 *
 * Functions answer TW_OK or an error of status.h, and tw_message() says in one line what is wrong
 * and what to do. What a function makes is the caller's, to be given back to the function named
 * ..._free, _close or _release, which take NULL. No result depends on the number of threads.
 *
 * Structs that you fill in (options, operations, traits) begin with `size_t bytes`, the size that
 * the struct has where you compile: `{.bytes = sizeof(tw_mlp_options), .reg = 1e-4}`. A library
 * that knows more members takes them as zero, which means the default; one that knows fewer refuses
 * a struct in which one of the others is set. Left 0, `bytes` stands for the members that the first
 * version had, whatever library the program runs with: short code stays short and keeps its
 * meaning, and who uses a member that was added later gives the size.
 *
 * Lists have `_name(index)` or `_at(index)`, which answer NULL past the end.
 */
#ifndef THALWEG_H
#define THALWEG_H

/* ---- The ground: errors, threads, random numbers. ---- */

/* What went wrong, in one line. */
#include "status.h"
/* Threads that share work. */
#include "run.h"
/* Processes that share it. */
#include "team.h"
/* Random numbers by counter: the same on any machine. */
#include "rng.h"
/* Which instructions the inner loops use. */
#include "cpu.h"
/* Numbers and names in texts. */
#include "words.h"
/* TW_API, C++. */
#include "export.h"
/* TW_VERSION_STRING, tw_version(). */
#include "version.h"

/* ---- Losses. ---- */

/* What a parameter vector consists of: named blocks. */
#include "space.h"
/* What a loss is called, in which unit, and of what it is a statistic. */
#include "metric.h"
/* A loss, what it can be asked, and how to write one. */
#include "objective.h"

/* ---- Losses that are there. ---- */

/* Rosenbrock's, Himmelblau's, those of Moré, Garbow and Hillstrom. */
#include "functions.h"
/* Samples and their labels, from files of many kinds; */
#include "dataset.h"
/* and from where they are published. */
#include "fetch.h"
/* Softmax and the SVM on them. */
#include "linear.h"
/* Multilayer perceptrons. */
#include "mlp.h"
/* Trained networks, from files or by their architecture's name. */
#include "network.h"
/* What a function of yours exports, as a shared object; */
#include "plugin.h"
/* how it is opened. */
#include "shared_object.h"
/* A program on a pipe, in any language; and a loss of ours served to one. */
#include "program.h"

/* ---- Differentiate them. ---- */

/* Gradients. */
#include "diff.h"
/* One derivative with its error bar. */
#include "derivative.h"
/* Jacobians, sparse ones too. */
#include "jacobian.h"
/* Hessians. */
#include "hessian.h"
/* Which step is right? */
#include "sweep.h"
/* Is this gradient right? */
#include "gradcheck.h"

/* ---- Their curvature. ---- */

/* The matrix of second derivatives at a point, by its products; */
#include "curvature.h"
/* its eigenvalues, */
#include "spectrum.h"
/* its trace, */
#include "trace.h"
/* how its eigenvalues are distributed, */
#include "density.h"
/* and the extreme ones beside the loss, at every point of a survey. */
#include "curvature_map.h"
/* How far the loss rises in a ball. */
#include "sharpness.h"

/* ---- See them. ---- */

/* Directions, and the line or plane that they span. */
#include "plane.h"
/* Surfaces, and the survey that fills one. */
#include "landscape.h"
/* Paths of a training in a plane; principal components. */
#include "trajectory_plane.h"
/* Minima, saddles, and the lowest way between two points. */
#include "topology.h"
/* What a reader of the picture should know. */
#include "notes.h"
/* Figures, */
#include "plot.h"
/* in a terminal, too. */
#include "terminal.h"
/* Pages that turn, for a browser. */
#include "page.h"
/* Pages that talk to this program: surfaces as they fill, and questions about them. */
#include "live.h"

/* ---- Walk down them. ---- */

/* The methods; a descent that can be stepped, saved and taken up. */
#include "optim.h"

/* ---- Results in files. ---- */

/* Weights, surfaces, tables, paths, in HDF5, NumPy's forms, csv, VTK's. */
#include "curvature_report.h"
#include "file.h"
/* Points along a descent, written while it runs. */
#include "trajectory.h"
/* JSON. */
#include "json.h"

/* ---- Studies: from words to results, as the tool does it. ---- */

/* What a study is done with: threads, seed, whom to tell. */
#include "study.h"
/* Options that one kind of a thing has, by name. */
#include "setting.h"
/* A model by its name, on its data, at a point. */
#include "study_model.h"
/* The metrics of a surface. */
#include "metric_plan.h"
/* `thalweg gradient`, `steps`. */
#include "study_gradient.h"
/* `thalweg gradcheck`. */
#include "study_gradcheck.h"
/* `thalweg spectrum`. */
#include "study_spectrum.h"
/* `thalweg sharpness`. */
#include "study_sharpness.h"
/* `thalweg slice`, `plane`: a plane by the words of --dx; */
#include "study_plane.h"
/* and what is looked at over it, kept in a file. */
#include "study_landscape.h"
/* `thalweg train`. */
#include "study_training.h"
/* `thalweg plot`. */
#include "study_picture.h"
/* `thalweg animate`. */
#include "study_animation.h"
/* `thalweg view`. */
#include "study_page.h"
/* its --live. */
#include "study_live.h"
/* `thalweg convert`. */
#include "study_convert.h"
/* `thalweg info`; */
#include "study_file.h"
/* and its --topology. */
#include "study_topology.h"

#endif
