#include "command/cli_command.h"
#include "option/cli_model.h"
#include "report/cli_spectrum_report.h"

typedef struct spectrum_args {
    tw_study_model_options model;
    tw_study_spectrum_options spectrum;
    const char *picture;
} spectrum_args;

static const char *const endings[] = {".h5", NULL};

/* ---- what may be said ---- */

/* Those that scale a matrix (curvature.h). */
static const char *norm_name(size_t index) {
    return index <= TW_NORM_WEIGHT ? tw_norm_name(index) : NULL;
}

/* ---- results ---- */

static void print_json(const cli_context *context, const tw_study_spectrum *result) {
    tw_json writer = {.out = context->out};
    tw_json_object(&writer, NULL);
    tw_json_text(&writer, "model", result->model->kind);
    spectrum_report_json(&writer, &result->report);
    tw_json_number(&writer, "seconds", result->seconds);
    tw_json_array(&writer, "notes");
    for (size_t k = 0; k < result->notes; k++)
        tw_json_text(&writer, NULL, result->note[k]);
    tw_json_end(&writer);
    tw_json_end(&writer);
}

static void print(const cli_context *context, const tw_study_spectrum *result) {
    if (context->common.json) {
        print_json(context, result);
        return;
    }
    spectrum_report_text(context->out, "", &result->report);
    fprintf(context->out, "%-12s %.3f\n", "seconds", result->seconds);
}

/* It is as long as the parameters are many, and nothing but the file has it. */
static tw_status check_diagonal(const tw_study_spectrum_options *o) {
    if (!o->diagonal || o->output != NULL)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT, "--diagonal: the diagonal is written to a file alone; give "
                                    "-o FILE.h5, or --trace for its sum");
}

static tw_status run(cli_context *context, void *data, const option_words *words) {
    spectrum_args *args = data;
    tw_study_model *model = NULL;
    tw_study_spectrum *result = NULL;
    args->spectrum.density |= args->picture != NULL && !args->spectrum.exact;
    tw_status status = check_diagonal(&args->spectrum);
    if (status == TW_OK)
        status = model_open(context, &args->model, words, &model);
    if (status == TW_OK)
        status = tw_study_spectrum_run(model, &args->spectrum, &result);
    if (status == TW_OK && args->picture != NULL)
        status =
            tw_study_picture_spectrum(args->picture, NULL, &result->report, &result->provenance);
    if (result != NULL) /* what cannot be drawn can still be read */
        print(context, result);
    tw_study_spectrum_free(result);
    tw_study_model_free(model);
    return status;
}

/* ---- options ---- */

static const option_spec options[] = {
    {"largest", 0, OPTION_SIZE, "K", offsetof(spectrum_args, spectrum.largest), RANGE_NOT_NEGATIVE,
     .help = "so many of the largest eigenvalues, with their vectors",
     .shown = "1, or none where something else is asked for", .usual = 1},
    {"smallest", 0, OPTION_SIZE, "K", offsetof(spectrum_args, spectrum.smallest),
     RANGE_NOT_NEGATIVE, .help = "so many of the smallest, the most negative first",
     .shown = "likewise", .usual = 1},
    {"trace", 0, OPTION_FLAG, NULL, offsetof(spectrum_args, spectrum.trace),
     .help = "the trace, of every block as well: exact where the structure of the model gives it, "
             "else from random vectors, with standard errors",
     .usual = 1},
    {"diagonal", 0, OPTION_FLAG, NULL, offsetof(spectrum_args, spectrum.diagonal),
     .help = "the trace with the whole diagonal, which goes to the -o file that it needs"},
    {"density", 0, OPTION_FLAG, NULL, offsetof(spectrum_args, spectrum.density),
     .help = "how all eigenvalues are distributed, by Lanczos from random vectors", .usual = 1},
    {"exact", 0, OPTION_FLAG, NULL, offsetof(spectrum_args, spectrum.exact),
     .help = "all eigenvalues, by a dense solver: for some thousand parameters; trace and density "
             "are then theirs"},
    {"tolerance", 0, OPTION_NUMBER, "T", offsetof(spectrum_args, spectrum.tolerance),
     RANGE_POSITIVE,
     .help = "residuals of eigenvalues, as a share of the largest modulus of all; where it is "
             "given, also the standard error of the trace as a share of it",
     .shown = "1e-4, of functions 1e-6; of the trace as --draws make it", .usual = 1},
    {"unconfirmed", 0, OPTION_FLAG, NULL, offsetof(spectrum_args, spectrum.unconfirmed),
     .help = "end when residuals are small; else eigenvalues are confirmed: that a larger "
             "(smaller) one, or a copy, was missed has a probability below 1 in 1,000"},
    {"draws", 0, OPTION_SIZE, "N", offsetof(spectrum_args, spectrum.draws), RANGE_POSITIVE,
     .help = "random vectors for the trace, at most; beside a trace that is exact, for the "
             "Frobenius norm",
     .shown = "100; none where the trace is exact"},
    {"trace-method", 0, OPTION_CHOICE, "NAME", offsetof(spectrum_args, spectrum.method),
     .values = tw_trace_method_name, .shown = "auto",
     .help = "how the trace is taken: hutch++ gains where a few eigenvalues make up most of it"},
    {"sketch", 0, OPTION_SIZE, "N", offsetof(spectrum_args, spectrum.sketch), RANGE_POSITIVE,
     .help = "vectors of hutch++ that its exact part is made with", .shown = "a third of --draws"},
    {"probes", 0, OPTION_SIZE, "N", offsetof(spectrum_args, spectrum.probes), RANGE_POSITIVE,
     .help = "random vectors for the density", .shown = "4"},
    {"nodes", 0, OPTION_SIZE, "M", offsetof(spectrum_args, spectrum.nodes), RANGE_POSITIVE,
     .help = "products for each of them", .shown = "80"},
    {"max-products", 0, OPTION_SIZE, "N", offsetof(spectrum_args, spectrum.products),
     RANGE_POSITIVE,
     .help = "the search for eigenvalues ends after so many, but not before there are as many as "
             "pairs; two products before it and one for the residual of each pair are not counted",
     .shown = "100000"},
    {"basis", 0, OPTION_SIZE, "N", offsetof(spectrum_args, spectrum.basis), RANGE_POSITIVE,
     .help = "vectors that it keeps", .shown = "as many as help, in at most 1 GiB"},
    {"output", 'o', OPTION_FILE, "FILE", offsetof(spectrum_args, spectrum.output),
     .use = FILE_WRITTEN, .endings = endings,
     .help = "write all of it with the vectors, which are directions: .h5; an interrupted run "
             "continues by the same command",
     .usual = 1},
    {"plot", 'p', OPTION_FILE, "FILE", offsetof(spectrum_args, picture), .use = FILE_WRITTEN,
     .endings = cli_picture_endings,
     .help = "draw the density, which it computes, with the eigenvalues in it: .png, .svg or .pdf",
     .usual = 1},
    {"restart", 0, OPTION_FLAG, NULL, offsetof(spectrum_args, spectrum.restart), .silent = 1,
     .help = "start again, whatever an interrupted run has left"},
    {"save-every", 0, OPTION_NUMBER, "S", offsetof(spectrum_args, spectrum.save_every),
     RANGE_NOT_NEGATIVE, .shown = "2", .silent = 1,
     .help = "seconds between two saves of where it is, beside the -o file"},
    {NULL},
};

static const option_spec matrix_options[] = {
    {"matrix", 0, OPTION_CHOICE, "NAME", offsetof(spectrum_args, spectrum.matrix),
     .values = tw_curvature_matrix_name, .shown = "hessian",
     .help = "of second derivatives, or J'HJ: the part that is there without the curvature of the "
             "model, never negative",
     .usual = 1},
    {"product", 0, OPTION_CHOICE, "HOW", offsetof(spectrum_args, spectrum.product),
     .values = tw_product_source_name, .shown = "exact",
     .help = "the model's own products, or differences of its gradients: for a model without such, "
             "and of a loss with kinks another matrix, smoothed over the step",
     .usual = 1},
    {"step", 0, OPTION_NUMBER, "T", offsetof(spectrum_args, spectrum.step), RANGE_POSITIVE,
     .help = "length of the step of differences, as a share of that of the parameters",
     .shown = "from the noise of the loss"},
    {"only", 0, OPTION_TEXT, "BLOCK,...", offsetof(spectrum_args, spectrum.only),
     .help = "parameters of these blocks only; the others stay where they are"},
    {"ignore", 0, OPTION_CHOICE, "WHAT", offsetof(spectrum_args, spectrum.ignore),
     .values = tw_study_ignore_name, .shown = "none",
     .help = "biasbn: biases and normalisations stay where they are"},
    {"norm", 0, OPTION_CHOICE, "NAME", offsetof(spectrum_args, spectrum.norm), .values = norm_name,
     .shown = "none",
     .help = "in units of the parameters' own size: a step of 1 is as long as a filter, layer or "
             "weight"},
    {"asymmetric", 0, OPTION_FLAG, NULL, offsetof(spectrum_args, spectrum.asymmetric),
     .help = "take a matrix that is not symmetric as it is"},
    {NULL},
};

static const option_group groups[] = {
    {"Spectrum", options, 0},
    {"Matrix", matrix_options, 0},
    OPTION_STRUCT(spectrum_args, spectrum),
    MODEL_GROUPS(spectrum_args, model),
    {NULL},
};

static const char *const examples[] = {
    "thalweg spectrum softmax --data cifar-10-batches-py --weights w.npy --largest 5 --smallest 2",
    "the sharpest directions and the most negative one, each with the bound of its error",
    "thalweg spectrum mlp:64 --weights w.h5 --largest 5 --trace --density --plot spectrum.png",
    "how all eigenvalues are distributed, checked by the trace",
    "thalweg spectrum --model resnet20 --weights resnet20.th --data cifar-10-batches-py --split "
    "test --limit 200 --largest 5 --smallest 1 -o spectrum.h5",
    "a network; 'thalweg plane ... --directions spectrum.h5' draws the plane of two of the vectors",
    "thalweg spectrum ./mine.so --product differences",
    "a function of your own that has a gradient only",
    NULL,
};

const cli_command command_spectrum = {
    .name = "spectrum",
    .words = "[MODEL]",
    .most_words = 1,
    .word_values = tw_study_model_name,
    .word_endings = cli_plugin_endings,
    .summary = "the curvature: eigenvalues, trace and density of the Hessian",
    .description =
        "Eigenvalues of the matrix of second derivatives of the loss, each with its residual: "
        "there is an eigenvalue within so much of the number. Traces have standard errors, of "
        "random vectors, or are exact. The loss is a mean over samples, and so is its "
        "curvature.\n\n"
        "Of a loss with kinks (ReLU, max-pooling, a hinge) exact products give the Hessian between "
        "the kinks. Differences of gradients give a smoothed curvature instead, which depends on "
        "the step.",
    .examples = examples,
    .groups = groups,
    .args_size = sizeof(spectrum_args),
    .run = run,
};
