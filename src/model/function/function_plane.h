/* function_plane.h: the test functions of two parameters, x and y. */
#ifndef TW_MODEL_FUNCTION_FUNCTION_PLANE_H
#define TW_MODEL_FUNCTION_FUNCTION_PLANE_H

#include "model/function/function_private.h"

TW_DECLARE_GRADIENT(beale); /* of tw_mgh_beale */
TW_DECLARE_VALUE(booth);
TW_DECLARE_GRADIENT(booth);
TW_DECLARE_VALUE(branin);
TW_DECLARE_GRADIENT(branin);
TW_DECLARE_VALUE(camel);
TW_DECLARE_GRADIENT(camel);
TW_DECLARE_VALUE(goldstein_price);
TW_DECLARE_GRADIENT(goldstein_price);
TW_DECLARE_VALUE(himmelblau);
TW_DECLARE_GRADIENT(himmelblau);
TW_DECLARE_VALUE(matyas);
TW_DECLARE_GRADIENT(matyas);

#endif
