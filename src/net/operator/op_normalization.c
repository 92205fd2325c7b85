#include "net/operator/net_operators.h"

const tw_net_operator tw_net_family_normalization[] = {
    {NULL},
};
