/* network.c: a trained network's loss and accuracy on data, its gradient, and a Hessian product.
 *
 *     network [NETWORK [DATA [WEIGHTS]]]     NETWORK: model.onnx, resnet20, ...
 *
 * Without weights, an architecture by name is at the start that is drawn for it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <thalweg/thalweg.h>

/* Everything that must be released, so that one function does it. */
typedef struct problem {
    tw_dataset *data;
    tw_network *network;
    tw_runner *runner;
    tw_objective *loss;
    double *x, *gradient, *product;
} problem;

static void release(problem *p) {
    /* the objective looks at network and data and uses the runner, so it goes first */
    tw_objective_free(p->loss);
    tw_runner_free(p->runner);
    tw_network_free(p->network);
    tw_dataset_free(p->data);
    free(p->x);
    free(p->gradient);
    free(p->product);
}

static tw_status open_network(const char *spec, const char *weights, problem *p) {
    tw_network_open_options options = {.bytes = sizeof options,
                                       .classes = tw_dataset_classes(p->data)};
    tw_status status = tw_network_open(spec, &options, &p->network);
    if (status != TW_OK)
        return status;
    const tw_space *space = tw_network_space(p->network);
    size_t n = tw_space_size(space);
    p->x = malloc(n * sizeof *p->x);
    p->gradient = malloc(n * sizeof *p->gradient);
    p->product = malloc(n * sizeof *p->product);
    if (p->x == NULL || p->gradient == NULL || p->product == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", n);
    for (size_t i = 0; i < n; i++)
        p->x[i] = tw_network_start(p->network)[i];
    if (weights != NULL)
        status = tw_weights_read(weights, space, p->x);
    /* what is found out about the outputs is found where the network is trained */
    return status == TW_OK ? tw_network_set_start(p->network, p->x) : status;
}

static void say(void *user, const char *line) {
    (void)user;
    printf("note: %s\n", line);
}

/* In double precision, with plain loops; in single it is several times as fast. */
static tw_status open_loss(problem *p) {
    static const double mean[] = {0.485, 0.456, 0.406}, std[] = {0.229, 0.224, 0.225};
    tw_network_options options = {.bytes = sizeof options,
                                  .precision = TW_NETWORK_DOUBLE,
                                  .mean = mean,
                                  .std = std,
                                  .mean_count = 3,
                                  .std_count = 3,
                                  .say = say};
    tw_status status = tw_runner_new(0, &p->runner);
    if (status == TW_OK)
        status = tw_network_objective(p->network, p->data, &options, p->runner, &p->loss);
    return status;
}

/* Along the gradient g the loss has the slope |g|^2 and the curvature g' H g. */
static tw_status show(problem *p, int *agree) {
    size_t n = tw_objective_size(p->loss);
    double metrics[8], ahead[8], behind[8], square = 0, curvature = 0;
    tw_status status = tw_objective_gradient(p->loss, p->x, metrics, p->gradient);
    if (status == TW_OK)
        status = tw_objective_hessian_product(p->loss, p->x, p->gradient, p->product);
    if (status != TW_OK)
        return status;
    for (size_t i = 0; i < n; i++) {
        square += p->gradient[i] * p->gradient[i];
        curvature += p->gradient[i] * p->product[i];
    }
    printf("%zu parameters, loss %.6f\n", n, metrics[0]);
    printf("gradient %.6f, curvature along it %.6f\n", sqrt(square), curvature / square);

    double h = 1e-6 / sqrt(square);
    for (size_t i = 0; i < n; i++)
        p->product[i] = p->x[i] + h * p->gradient[i];
    status = tw_objective_value(p->loss, p->product, ahead);
    for (size_t i = 0; i < n; i++)
        p->product[i] = p->x[i] - h * p->gradient[i];
    if (status == TW_OK)
        status = tw_objective_value(p->loss, p->product, behind);
    double slope = (ahead[0] - behind[0]) / (2 * h * sqrt(square));
    printf("slope along it, by differences, %.6f\n", slope);
    *agree = fabs(slope - sqrt(square)) < 1e-4 * sqrt(square);
    return status;
}

int main(int argc, char **argv) {
    problem p = {0};
    int agree = 0;
    const tw_dataset_options some = {.bytes = sizeof some, .limit = 8};
    tw_status status = tw_dataset_open(argc > 2 ? argv[2] : "synthetic:100", &some, &p.data);
    if (status == TW_OK)
        status = open_network(argc > 1 ? argv[1] : "resnet20", argc > 3 ? argv[3] : NULL, &p);
    if (status == TW_OK)
        status = open_loss(&p);
    if (status == TW_OK)
        status = show(&p, &agree);
    if (status != TW_OK)
        fprintf(stderr, "network: %s\n", tw_message());
    release(&p);
    return status == TW_OK && agree ? 0 : 1;
}
