"""Vector math for kernels, with stated error bounds. The functions of the C library are scalar calls, so kernels may not use them."""
