/* c += a b in single precision. */
#include "kernel/kernels.h"

typedef float real;
typedef tw_matrix_single matrix;

#include "kernel/add_products.h"

void KERNEL(add_products_single)(size_t m, size_t n, size_t k, matrix a, matrix b, real *c,
                                 size_t row) {
    add_product(m, n, k, a, b, c, row);
}
