/* No engine: the plain kernels stay. */
#include "net/engine/convolver.h"

const tw_net_kernel tw_engine_product;

size_t tw_engine_block(void) {
    return 0;
}

const char *tw_engine_name(void) {
    return NULL;
}

static tw_status no_plan(const tw_engine_convolution_spec *spec, void **plan) {
    return TW_DECLINED;
}

const tw_convolver tw_convolver_dnnl = {.plan = no_plan};

tw_status tw_engine_product_plan(const tw_engine_product_spec *spec, void **plan) {
    return TW_DECLINED;
}
