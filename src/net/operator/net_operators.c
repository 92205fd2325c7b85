/* The list of operators. */
#include "net/operator/net_operators.h"

#include <string.h>

#define IN_LIST(family) tw_net_family_##family,
static const tw_net_operator *const families[] = {TW_NET_FAMILIES(IN_LIST)};

enum { FAMILIES = sizeof families / sizeof families[0] };

const tw_net_operator *tw_net_operator_at(size_t index) {
    for (size_t f = 0; f < FAMILIES; f++)
        for (const tw_net_operator *op = families[f]; op->name != NULL; op++)
            if (index-- == 0)
                return op;
    return NULL;
}

const tw_net_operator *tw_net_operator_find(const char *domain, const char *name) {
    const tw_net_operator *op;
    for (size_t i = 0; (op = tw_net_operator_at(i)) != NULL; i++)
        if (strcmp(op->name, name) == 0 &&
            strcmp(op->domain != NULL ? op->domain : "", domain) == 0)
            return op;
    return NULL;
}
