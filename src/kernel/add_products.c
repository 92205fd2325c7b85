/* c += a b in double precision. */
#include "kernel/kernels.h"

typedef double real;
typedef tw_matrix matrix;

#include "kernel/add_products.h"

void KERNEL(add_products)(size_t m, size_t n, size_t k, matrix a, matrix b, real *c, size_t row) {
    add_product(m, n, k, a, b, c, row);
}
