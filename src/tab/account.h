/*
 * account: whether entries may run as an account, looked up once for each (private to this floor).
 */
#ifndef TAB_ACCOUNT_H
#define TAB_ACCOUNT_H

#include <stddef.h>

#include "tab/seen.h"

struct tab_context;

struct account {
	char *name, *refusal;
};

/* All zero is empty. */
struct accounts {
	struct seen index; /* of name: its index + 1 */
	struct account *v;
	size_t n, cap;
};

/*
 * NULL if entries may run as this account, else why not: a sentence that lives as long as the
 * accounts.
 */
const char *account_refusal(struct accounts *, const struct tab_context *, const char *name);
void accounts_release(struct accounts *);

#endif
