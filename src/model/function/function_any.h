/* function_any.h: the test functions of any number of parameters. */
#ifndef TW_MODEL_FUNCTION_FUNCTION_ANY_H
#define TW_MODEL_FUNCTION_FUNCTION_ANY_H

#include "model/function/function_private.h"

TW_DECLARE_VALUE(ackley);
TW_DECLARE_GRADIENT(ackley);
TW_DECLARE_VALUE(quadratic);
TW_DECLARE_GRADIENT(quadratic);
TW_DECLARE_VALUE(rastrigin);
TW_DECLARE_GRADIENT(rastrigin);
TW_DECLARE_VALUE(rosenbrock);
TW_DECLARE_GRADIENT(rosenbrock);
TW_DECLARE_VALUE(sphere);
TW_DECLARE_GRADIENT(sphere);
TW_DECLARE_VALUE(styblinski_tang);
TW_DECLARE_GRADIENT(styblinski_tang);
TW_DECLARE_VALUE(trid);
TW_DECLARE_GRADIENT(trid);

#endif
