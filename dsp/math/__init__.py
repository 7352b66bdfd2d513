"""Vector math for kernels, with stated error bounds. The C library's functions are scalar calls and so not allowed there."""
