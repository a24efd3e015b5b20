/*
 * backend: which backend a URI means. Its operations are there with the program, or in a module.
 */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

struct err;
struct store_ops;

/* *locator is the URI without its scheme, borrowed. E_INPUT, E_FAIL: as store_open, module_load. */
int backend_find(const char *uri, const struct store_ops **, const char **locator, struct err *);

#endif
