/* Tensors of known numbers, and how the types hold them. */
#include "net/graph/net_tensor.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int tw_net_type_real(tw_net_type type) {
    return type == TW_NET_F32 || type == TW_NET_F16 || type == TW_NET_F64 || type == TW_NET_BF16;
}

const char *tw_net_type_name(tw_net_type type) {
    switch (type) {
    case TW_NET_F32:
        return "float32";
    case TW_NET_U8:
        return "uint8";
    case TW_NET_I8:
        return "int8";
    case TW_NET_U16:
        return "uint16";
    case TW_NET_I16:
        return "int16";
    case TW_NET_I32:
        return "int32";
    case TW_NET_I64:
        return "int64";
    case TW_NET_STRING:
        return "string";
    case TW_NET_BOOL:
        return "bool";
    case TW_NET_F16:
        return "float16";
    case TW_NET_F64:
        return "float64";
    case TW_NET_U32:
        return "uint32";
    case TW_NET_U64:
        return "uint64";
    case TW_NET_BF16:
        return "bfloat16";
    default:
        return NULL;
    }
}

/* To a significand of `bits` bits, exponents from `least` to below `most` (of the value in [1/2, 1)
 * times 2^exponent), ties to even. */
static double round_to(double number, int bits, int least, int most) {
    if (number == 0 || !isfinite(number))
        return number;
    int exponent;
    frexp(number, &exponent);
    int last = (exponent < least ? least : exponent) - bits;
    double rounded = ldexp(nearbyint(ldexp(number, -last)), last);
    return fabs(rounded) >= ldexp(1, most) ? copysign(HUGE_VAL, number) : rounded;
}

/* The lowest `bits` bits of an integer, as C converts to a narrower type. */
static double wrap(double number, int bits, int is_signed) {
    if (isnan(number))
        return 0;
    number = trunc(number);
    double span = ldexp(1, bits), least = is_signed ? -span / 2 : 0;
    if (number >= least && number < least + span)
        return number;
    if (bits == 64) /* beyond what is exact: the nearest end */
        return number < least ? least : least + (span - ldexp(1, 11));
    if (isinf(number))
        return number < 0 ? least : least + (span - 1);
    number = fmod(number, span);
    if (number < least)
        number += span;
    return number >= least + span ? number - span : number;
}

double tw_net_type_hold(tw_net_type type, double number) {
    switch (type) {
    case TW_NET_F32:
        return (float)number;
    case TW_NET_F16:
        return round_to(number, 11, -13, 16);
    case TW_NET_BF16:
        return round_to(number, 8, -125, 128);
    case TW_NET_U8:
        return wrap(number, 8, 0);
    case TW_NET_I8:
        return wrap(number, 8, 1);
    case TW_NET_U16:
        return wrap(number, 16, 0);
    case TW_NET_I16:
        return wrap(number, 16, 1);
    case TW_NET_U32:
        return wrap(number, 32, 0);
    case TW_NET_I32:
        return wrap(number, 32, 1);
    case TW_NET_U64:
        return wrap(number, 64, 0);
    case TW_NET_I64:
        return wrap(number, 64, 1);
    case TW_NET_BOOL:
        return number != 0;
    default:
        return number;
    }
}

tw_status tw_net_tensor_new(tw_net_type type, const tw_net_shape *shape, tw_net_tensor *out) {
    size_t count = tw_net_shape_count(shape);
    char text[160];
    tw_net_shape_print(shape, text, sizeof text);
    double *numbers = count <= PTRDIFF_MAX / sizeof *numbers
                          ? calloc(count > 0 ? count : 1, sizeof *numbers)
                          : NULL;
    if (numbers == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a tensor of shape %s", text);
    *out = (tw_net_tensor){.type = type, .shape = *shape, .numbers = numbers};
    return TW_OK;
}

tw_status tw_net_tensor_copy(const tw_net_tensor *tensor, tw_net_tensor *out) {
    tw_status status = tw_net_tensor_new(tensor->type, &tensor->shape, out);
    if (status == TW_OK)
        memcpy(out->numbers, tensor->numbers,
               tw_net_shape_count(&tensor->shape) * sizeof *tensor->numbers);
    return status;
}

void tw_net_tensor_release(tw_net_tensor *tensor) {
    free(tensor->numbers);
    *tensor = (tw_net_tensor){0};
}
