/* cli_gradient_options.h: what help says of gradients in more than one command. */
#ifndef THALWEG_CLI_GRADIENT_OPTIONS_H
#define THALWEG_CLI_GRADIENT_OPTIONS_H

#define GRADIENT_METHOD_SHOWN                                                                      \
    "forward for softmax and svm; otherwise ladder, central with --step or more than 1,000 "       \
    "parameters, analytic with more than 100,000"
#define GRADIENT_STEP_SHOWN "1e-5 for softmax and svm, else 0"

/* Where the sweep of a coordinate may go. */
#define SWEEP_ENDINGS                                                                              \
    { ".png", ".svg", ".pdf", ".csv", NULL }

#endif
