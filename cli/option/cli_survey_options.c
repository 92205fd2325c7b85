/* The options of the commands slice and plane. */
#include "command/cli_survey.h"
#include "report/cli_terminal.h"

/* Of surfaces that can be continued. */
static const char *surface_ending(size_t index) {
    return tw_surface_ending(TW_SURFACE_READ_BACK, index);
}

static const char *const direction_endings[] = {".h5", ".npz", NULL};

const option_spec survey_options[] = {
    {"output", 'o', OPTION_FILE, "FILE", offsetof(survey_args, options.output), .use = FILE_WRITTEN,
     .ending = surface_ending,
     .help =
         "write the values: .h5, .npz or .csv; saved while it runs, continued by the same command",
     .usual = 1},
    {"plot", 'p', OPTION_FILE, "FILE", offsetof(survey_args, picture), .use = FILE_WRITTEN,
     .endings = cli_picture_endings, .help = "draw it: .png, .svg or .pdf", .usual = 1},
    {TERMINAL_OPTION(offsetof(survey_args, terminal)),
     .help = "draw it here: an image where the terminal shows images, else blocks and colours, and "
             "characters alone in a pipe; or as KIND: characters, blocks, sixel or kitty"},
    {"test", 0, OPTION_FLAG, NULL, offsetof(survey_args, options.test),
     .help = "in the same pass, the test split as well: test_loss, test_acc", .usual = 1},
    {"errors", 0, OPTION_FLAG, NULL, offsetof(survey_args, options.errors),
     .help = "the standard error of every loss as well, from its spread over the samples: "
             "train_loss_se"},
    {"tolerance", 0, OPTION_TEXT, "T", offsetof(survey_args, options.tolerance),
     .help = "--errors with just enough samples, the same for every point, to bring each standard "
             "error below T (1% or 0.01) of its loss on a coarse grid"},
    {"adaptive", 0, OPTION_TEXT, "TOL", offsetof(survey_args, options.adaptive),
     .help = "evaluate where the surface needs it and interpolate the rest, with an error of TOL: "
             "1% of what the loss spans (of its logarithm where the picture is logarithmic), or "
             "0.01 in units of the loss"},
    {"restart", 0, OPTION_FLAG, NULL, offsetof(survey_args, options.restart), .silent = 1,
     .help = "start again, whatever the -o file holds; without it, the same command continues that "
             "file"},
    {"save-every", 0, OPTION_NUMBER, "S", offsetof(survey_args, options.save_every),
     RANGE_NOT_NEGATIVE, .fallback = "2", .silent = 1,
     .help = "seconds between saves to the -o file while points are computed"},
    {NULL},
};

const option_spec curvature_options[] = {
    {"curvature", 0, OPTION_FLAG, NULL, offsetof(survey_args, options.curvature),
     .help =
         "the largest and the smallest eigenvalue of the Hessian at every point as well: "
         "max_eig, min_eig, with residuals (within which there is an eigenvalue; now and then one "
         "lies beyond); --plot draws |min_eig / max_eig| over a plane, and both beside the loss "
         "along a line"},
    {"eig-tolerance", 0, OPTION_NUMBER, "T", offsetof(survey_args, options.eig_tolerance),
     RANGE_POSITIVE, .help = "residuals of eigenvalues, as a share of the larger modulus",
     .shown = "1e-3"},
    {"eig-confirmed", 0, OPTION_FLAG, NULL, offsetof(survey_args, options.eig_confirmed),
     .help = "goes on at each point until no eigenvalue lies beyond either by more than its error, "
             "but for a chance below 1 in 1,000: half as many products again for networks, three "
             "times as many for softmax"},
    {"matrix", 0, OPTION_CHOICE, "NAME", offsetof(survey_args, options.matrix),
     .values = tw_curvature_matrix_name, .help = "whose eigenvalues", .shown = "hessian"},
    {"product", 0, OPTION_CHOICE, "NAME", offsetof(survey_args, options.product),
     .values = tw_product_source_name,
     .help = "where products with it come from; differences of gradients average over the kinks of "
             "ReLU networks and are then another matrix",
     .shown = "exact"},
    {"eig-ignore", 0, OPTION_CHOICE, "WHAT", offsetof(survey_args, options.eig_ignore),
     .values = tw_study_ignore_name,
     .help = "biasbn: the Hessian in the blocks of two axes and more only, without biases and "
             "normalisations",
     .shown = "none; biasbn under --peer-scale"},
    {"peer-scale", 0, OPTION_SIZE, "N", offsetof(survey_args, options.peer_scale), RANGE_POSITIVE,
     .help = "eigenvalues as tomgoldstein/loss-landscape has them: summed over batches of N "
             "samples, so that they grow with the number of batches, and under --eig-ignore "
             "biasbn; without it they are of the mean over samples"},
    {NULL},
};

const option_spec direction_x_options[] = {
    {"dx", 0, OPTION_FILE, "SOURCE", offsetof(survey_args, options.plane.dx),
     .values = tw_study_plane_source, .endings = cli_array_endings,
     .help =
         "direction of the x axis: a word, or a file (.npy, .npz, .h5, .txt); to:FILE leads to the "
         "parameters in FILE, axis:ENTRY is one parameter, by its place as axis:0 or by its "
         "block as axis:fc1.weight[3,7], and the axis shows its values; eigen:1 is the eigenvector "
         "of the Hessian with the largest eigenvalue, eigen:-1 with the most negative, "
         "eigen:1@FILE out of a spectrum",
     .shown = "random; the parameters where the model has no more", .usual = 1},
    {"directions", 0, OPTION_FILE, "FILE", offsetof(survey_args, options.plane.directions),
     .endings = direction_endings,
     .help = "all directions from a file, of --save-directions or of "
             "tomgoldstein/loss-landscape (.h5, .npz)"},
    {"save-directions", 0, OPTION_FILE, "FILE", offsetof(survey_args, options.directions),
     .use = FILE_WRITTEN, .endings = direction_endings,
     .help = "write the directions: .h5 or .npz"},
    {NULL},
};

const option_spec direction_y_options[] = {
    {"dy", 0, OPTION_FILE, "SOURCE", offsetof(survey_args, options.plane.dy),
     .values = tw_study_plane_source, .endings = cli_array_endings,
     .help = "direction of the y axis, likewise", .usual = 1},
    {"orthogonal", 0, OPTION_FLAG, NULL, offsetof(survey_args, options.plane.orthogonal),
     .help = "make the y direction orthogonal to the x direction, after the norm; done without "
             "asking where random directions are not nearly orthogonal"},
    {NULL},
};

const option_spec direction_size_options[] = {
    {"norm", 0, OPTION_CHOICE, "NAME", offsetof(survey_args, options.plane.norm),
     .values = tw_norm_name, .help = "how directions are brought to the size of the point",
     .shown = "model; none for files, to:FILE and under --peer-rules", .usual = 1},
    {"ignore", 0, OPTION_CHOICE, "WHAT", offsetof(survey_args, options.plane.ignore),
     .values = tw_study_ignore_name,
     .help = "biasbn: directions, including the components of a trajectory, are zero in biases and "
             "normalisations, the blocks of fewer than two axes",
     .shown = "none"},
    {"peer-rules", 0, OPTION_FLAG, NULL, offsetof(survey_args, options.plane.peer_rules),
     .help = "random directions as tomgoldstein/loss-landscape makes them: biases and "
             "normalisations that are not ignored are those of the point itself"},
    {"scale", 0, OPTION_NUMBER, "S", offsetof(survey_args, options.plane.scale), RANGE_POSITIVE,
     .help = "multiply directions by S and do not normalise them, as in the note: W1 drawn from S "
             "times the normal distribution"},
    {NULL},
};

const option_spec path_plane_options[] = {
    {"trajectory", 0, OPTION_FILE, "FILE,...", offsetof(survey_args, options.plane.trajectory),
     .use = FILE_LIST_READ, .endings = cli_array_endings,
     .help =
         "trajectories of 'thalweg train', or files of weights that together are one: the plane "
         "of their principal components (unless --dx and --dy are given), with the paths in it",
     .usual = 1},
    {"about-mean", 0, OPTION_FLAG, NULL, offsetof(survey_args, options.plane.mean),
     .help = "components of the checkpoints about their mean, not about the last one"},
    {"projection", 0, OPTION_FILE, "FILE", offsetof(survey_args, options.projection),
     .use = FILE_WRITTEN, .endings = cli_table_endings,
     .help =
         "write the coordinates of one trajectory in the layout of tomgoldstein/loss-landscape: "
         ".h5, or .csv"},
    {"to", 0, OPTION_FILE, "FILE", offsetof(survey_args, options.plane.to),
     .endings = cli_array_endings,
     .help = "weights of a second point: the plane through the point, this one and --third"},
    {"third", 0, OPTION_FILE, "FILE", offsetof(survey_args, options.plane.third),
     .endings = cli_array_endings, .help = "weights of a third point"},
    {"border", 0, OPTION_NUMBER, "SHARE", offsetof(survey_args, options.border), RANGE_NOT_NEGATIVE,
     .help = "room around the paths or points where --x and --y are not given, as a share of their "
             "extent",
     .shown = "0.15; 0.2 for points"},
    {NULL},
};

const option_spec path_slice_options[] = {
    {"to", 0, OPTION_FILE, "FILE", offsetof(survey_args, options.plane.to),
     .endings = cli_array_endings,
     .help = "weights of a second point, at 1: the line from the point to it and beyond, and the "
             "barrier between them",
     .usual = 1},
    {NULL},
};
