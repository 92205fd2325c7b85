/* The memory of a pass: buffers, states, what is lent to them, and rooms. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/program/net_keep.h"
#include "net/program/net_memory.h"
#include "net/program/net_pass_private.h"

void TW_NET_REAL(tw_net_pass_free)(tw_net_pass *pass) {
    if (pass == NULL)
        return;
    const tw_net_program *program = pass->program;
    for (size_t which = 0; which < TW_NET_WHICH; which++) {
        for (size_t e = 0; pass->buffers[which] != NULL && e < program->edge_count; e++)
            free(pass->buffers[which][e].own);
        free(pass->buffers[which]);
        free(pass->in[which]);
    }
    for (size_t s = 0; pass->states != NULL && s < program->step_count; s++)
        if (pass->states[s] != NULL)
            program->steps[s].kernel->state_free(pass->states[s]);
    tw_net_firsts_release(&pass->firsts);
    free(pass->keeps);
    free(pass->fresh);
    free(pass->states);
    free(pass->shared);
    free(pass->scratch);
    free(pass->zeros);
    free(pass->spare);
    free(pass);
}

static tw_status out_of_memory(const tw_net_pass *pass) {
    return tw_fail(TW_ERR_MEMORY, "%s: not enough memory to run it", pass->program->graph->name);
}

size_t TW_NET_REAL(tw_net_pass_bytes)(const tw_net_pass *pass) {
    return pass->bytes;
}

/* Numbers, as far as the machine has memory for all of the pass. */
static void *take(tw_net_pass *pass, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) ||
        __builtin_add_overflow(pass->bytes, bytes, &pass->bytes) ||
        pass->bytes > tw_memory_of_machine())
        return NULL;
    return tw_alloc(count, size);
}

static tw_status give_buffer(tw_net_pass *pass, tw_net_which which, size_t edge) {
    buffer *to = &pass->buffers[which][edge];
    if (to->own != NULL)
        return TW_OK;
    to->count = tw_net_shape_count(&pass->program->edges[edge].shape);
    to->own = to->used = take(pass, to->count, sizeof(real));
    return to->own == NULL ? out_of_memory(pass) : TW_OK;
}

static tw_status give_known(tw_net_pass *pass, size_t edge) {
    tw_status status = give_buffer(pass, TW_NET_VALUE, edge);
    buffer *to = &pass->buffers[TW_NET_VALUE][edge];
    for (size_t i = 0; status == TW_OK && i < to->count; i++)
        to->own[i] = (real)pass->program->edges[edge].known[i];
    return status;
}

/* What a step reads of an earlier time is bound, but for what is known. */
static tw_status give_input(tw_net_pass *pass, size_t edge, int first, int second) {
    const tw_net_edge *read = &pass->program->edges[edge];
    tw_status status = TW_OK;
    if (read->time == TW_NET_AT_BUILD && pass->buffers[TW_NET_VALUE][edge].own == NULL)
        status = give_known(pass, edge);
    if (status == TW_OK && first && read->active)
        status = give_buffer(pass, TW_NET_ADJOINT, edge);
    if (status == TW_OK && second && read->active)
        status = give_buffer(pass, TW_NET_ADJOINT_TANGENT, edge);
    return status;
}

/* Where the places of a plan begin, each on a cache line of its own; the entries of all. */
static size_t place_all(const tw_net_memory *memory, size_t *starts) {
    enum { LINE = 64 / sizeof(real) };
    size_t at = 0;
    for (size_t slot = 0; slot < memory->count; slot++) {
        starts[slot] = at;
        at += (memory->sizes[slot] + LINE - 1) / LINE * LINE;
    }
    return at;
}

/* The numbers of all that is computed, in places that they share. */
static tw_status give_shared(tw_net_pass *pass) {
    const tw_net_program *program = pass->program;
    tw_net_memory memory;
    tw_status status = tw_net_memory_plan(program, pass->time, &memory);
    size_t *starts = tw_alloc(memory.count, sizeof *starts);
    if (status == TW_OK && (starts == NULL || (pass->shared = take(pass, place_all(&memory, starts),
                                                                   sizeof(real))) == NULL))
        status = out_of_memory(pass);
    for (size_t e = 0; e < program->edge_count && status == TW_OK; e++)
        if (memory.slots[e] != TW_NET_NONE)
            pass->buffers[TW_NET_VALUE][e] =
                (buffer){.used = pass->shared + starts[memory.slots[e]],
                         .count = tw_net_shape_count(&program->edges[e].shape)};
    free(starts);
    tw_net_memory_release(&memory);
    return status;
}

static tw_status give_step(tw_net_pass *pass, const tw_net_step *step, tw_net_order order) {
    int first = order >= TW_NET_FIRST, second = order >= TW_NET_SECOND;
    tw_status status =
        order == TW_NET_OUTPUT ? TW_OK : give_buffer(pass, TW_NET_VALUE, step->output);
    if (status == TW_OK && second && pass->program->edges[step->output].active)
        status = give_buffer(pass, TW_NET_TANGENT, step->output);
    if (status == TW_OK)
        status = give_input(pass, step->output, first, second);
    for (size_t i = 0; i < step->input_count && status == TW_OK; i++)
        status = give_input(pass, step->inputs[i], first, second);
    return status;
}

static tw_status give_lists(tw_net_pass *pass) {
    const tw_net_program *program = pass->program;
    size_t longest = 1, largest = 1;
    for (size_t s = 0; s < program->step_count; s++)
        if (program->steps[s].input_count > longest)
            longest = program->steps[s].input_count;
    for (size_t e = 0; e < program->edge_count; e++) {
        size_t count = tw_net_shape_count(&program->edges[e].shape);
        if (count > largest)
            largest = count;
    }
    for (size_t which = 0; which < TW_NET_WHICH; which++)
        if ((pass->in[which] = tw_alloc(longest, sizeof(real *))) == NULL)
            return out_of_memory(pass);
    pass->fresh = tw_alloc(longest, 1);
    pass->zeros = take(pass, largest, sizeof(real));
    pass->spare = take(pass, largest, sizeof(real));
    return pass->fresh == NULL || pass->zeros == NULL || pass->spare == NULL ? out_of_memory(pass)
                                                                             : TW_OK;
}

/* The states, and what they share. */
static tw_status give_states(tw_net_pass *pass) {
    const tw_net_program *program = pass->program;
    size_t most = 0;
    tw_status status = TW_OK;
    for (size_t s = 0; s < program->step_count && status == TW_OK; s++) {
        const tw_net_step *step = &program->steps[s];
        if (!is_mine(pass, step) || step->kernel->state_new == NULL)
            continue;
        size_t bytes = step->kernel->scratch != NULL ? step->kernel->scratch(step->plan) : 0;
        most = bytes > most ? bytes : most;
        status = step->kernel->state_new(step->plan, &pass->states[s]);
    }
    if (status == TW_OK && (pass->scratch = take(pass, most, 1)) == NULL)
        status = out_of_memory(pass);
    for (size_t s = 0; s < program->step_count && status == TW_OK; s++)
        if (pass->states[s] != NULL && program->steps[s].kernel->lend != NULL)
            program->steps[s].kernel->lend(pass->states[s], pass->scratch);
    return status;
}

tw_status TW_NET_REAL(tw_net_pass_new)(const tw_net_program *program, tw_net_time time,
                                       tw_net_order order, tw_net_pass **out) {
    tw_net_pass *pass = tw_alloc(1, sizeof *pass);
    if (pass == NULL)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory to run it", program->graph->name);
    pass->program = program;
    pass->time = time;
    pass->changed[0] = pass->changed[1] = 1;
    tw_status status = TW_OK;
    for (size_t which = 0; which < TW_NET_WHICH; which++)
        if ((pass->buffers[which] = tw_alloc(program->edge_count, sizeof(buffer))) == NULL)
            status = out_of_memory(pass);
    if ((pass->states = tw_alloc(program->step_count, sizeof(void *))) == NULL)
        status = out_of_memory(pass);
    if (status == TW_OK)
        status = give_lists(pass);
    if (status == TW_OK)
        status = tw_net_firsts_plan(program, time, &pass->firsts);
    if (status == TW_OK && order == TW_NET_SECOND)
        status = tw_net_keep_plan(program, time, &pass->keeps);
    if (status == TW_OK && order == TW_NET_OUTPUT)
        status = give_shared(pass);
    for (size_t s = 0; s < program->step_count && status == TW_OK; s++)
        if (is_mine(pass, &program->steps[s]))
            status = give_step(pass, &program->steps[s], order);
    if (status == TW_OK)
        status = give_states(pass);
    if (status != TW_OK) {
        TW_NET_REAL(tw_net_pass_free)(pass);
        return status;
    }
    *out = pass;
    return TW_OK;
}

void TW_NET_REAL(tw_net_pass_bind)(tw_net_pass *pass, tw_net_which which, size_t edge,
                                   const real *numbers) {
    pass->buffers[which][edge].used = (real *)numbers; /* read only: the pass computes others */
    if (pass->program->edges[edge].time < pass->time)
        pass->changed[which == TW_NET_TANGENT] = 1;
}

real *TW_NET_REAL(tw_net_pass_at)(const tw_net_pass *pass, tw_net_which which, size_t edge) {
    return pass->buffers[which][edge].used;
}

/* ---- rooms ---- */

/* Entries of an edge in a room, each on a cache line of its own. */
static size_t housed(const tw_net_pass *pass, size_t edge) {
    enum { LINE = 64 / sizeof(real) };
    return (tw_net_shape_count(&pass->program->edges[edge].shape) + LINE - 1) / LINE * LINE;
}

size_t TW_NET_REAL(tw_net_pass_kept)(const tw_net_pass *pass) {
    size_t count = 0;
    for (size_t e = 0; e < pass->program->edge_count; e++)
        count += housed(pass, e) * (!!(pass->keeps[e] & TW_NET_KEEP_VALUE) +
                                    !!(pass->keeps[e] & TW_NET_KEEP_ADJOINT));
    return count;
}

void TW_NET_REAL(tw_net_pass_house)(tw_net_pass *pass, real *room) {
    static const tw_net_which which[] = {TW_NET_VALUE, TW_NET_ADJOINT};
    for (size_t k = 0; k < 2; k++)
        for (size_t e = 0; e < pass->program->edge_count; e++) {
            buffer *of = &pass->buffers[which[k]][e];
            if (!(pass->keeps[e] & (k == 0 ? TW_NET_KEEP_VALUE : TW_NET_KEEP_ADJOINT)))
                continue;
            of->used = room != NULL ? room : of->own;
            room += room != NULL ? housed(pass, e) : 0;
        }
}

/* What no step of the pass gives is bound: parameters too, where it is the pass of their time. */
static int is_computed(const tw_net_pass *pass, size_t e) {
    const tw_net_edge *edge = &pass->program->edges[e];
    return edge->time == pass->time && edge->step != TW_NET_NONE;
}

void TW_NET_REAL(tw_net_pass_clear)(tw_net_pass *pass, tw_net_which which) {
    const tw_net_program *program = pass->program;
    for (size_t e = 0; e < program->edge_count; e++)
        if (!is_computed(pass, e))
            clear_buffer(&pass->buffers[which][e]);
}

/* What has a first writer need not be 0. */
static void zero(tw_net_pass *pass, tw_net_which which) {
    const tw_net_program *program = pass->program;
    for (size_t e = 0; e < program->edge_count; e++)
        if (is_computed(pass, e) && !pass->firsts.first[e])
            clear_buffer(&pass->buffers[which][e]);
}

void TW_NET_REAL(tw_net_pass_zero)(tw_net_pass *pass) {
    zero(pass, TW_NET_ADJOINT);
    zero(pass, TW_NET_ADJOINT_TANGENT);
}

void TW_NET_REAL(tw_net_pass_zero_tangents)(tw_net_pass *pass) {
    zero(pass, TW_NET_ADJOINT_TANGENT);
}
