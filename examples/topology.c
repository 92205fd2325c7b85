/* topology.c: how many minima a surface has, how deep they are, and the pass between two of them.
 *
 *     cc topology.c $(pkg-config --cflags --libs thalweg) -o topology
 */
#include <stdio.h>

#include <thalweg/thalweg.h>

/* Two valleys, at (-1, 0) and (1, 0), and a pass between them: x^4 - 2 x^2 + 0.2 x + y^2. */
static double valleys(size_t n, const double *x, void *user) {
    return x[0] * x[0] * (x[0] * x[0] - 2) + 0.2 * x[0] + x[1] * x[1];
}

int main(void) {
    const tw_axis axis = {-1.6, 1.6, 81};
    const char *names[] = {"train_loss"};
    const double origin[2] = {0, 0}, dx[2] = {1, 0}, dy[2] = {0, 1};
    const tw_plane plane = tw_plane_of(2, origin, dx, dy);
    tw_objective *f = NULL;
    tw_surface surface = {0};
    tw_topology shape = {0};
    tw_pass pass = {0};
    tw_status status = tw_objective_from_function(valleys, NULL, 2, &f);
    if (status == TW_OK)
        status = tw_surface_init(&surface, &axis, &axis, 1, names);
    if (status == TW_OK)
        status = tw_survey_run(f, &plane, NULL, &surface);
    if (status == TW_OK)
        status = tw_topology_find(&surface, 0, NULL, &shape);
    for (size_t k = 0; k < shape.count; k++)
        printf("minimum %g at (%g, %g), persistence %g\n", shape.minimum[k].place.value,
               shape.minimum[k].place.x, shape.minimum[k].place.y, shape.minimum[k].persistence);
    if (status == TW_OK && shape.count == 2)
        status =
            tw_pass_find(&surface, 0, shape.minimum[0].place.at, shape.minimum[1].place.at, &pass);
    if (status == TW_OK)
        printf("the pass between them is %g high at x = %g\n", pass.top.value, pass.top.x);
    else
        fprintf(stderr, "%s\n", tw_message());
    /* the pass of x^4 - 2 x^2 + 0.2 x is at x = 0.0501, and 0.00501 high; the grid's at 0.04 */
    int right =
        status == TW_OK && shape.count == 2 && pass.top.value > 0.0045 && pass.top.value < 0.0055;
    tw_pass_release(&pass);
    tw_topology_release(&shape);
    tw_surface_release(&surface);
    tw_objective_free(f);
    return right ? 0 : 1;
}
