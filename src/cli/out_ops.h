/*
 * out_ops: what a form of output has to provide (private to out.c and the forms). All slots are
 * mandatory.
 */
#ifndef CLI_OUT_OPS_H
#define CLI_OUT_OPS_H

#include "cli/out.h"

enum out_type { OUT_NULL, OUT_NUMBER, OUT_TEXT, OUT_TIME, OUT_DURATION, OUT_BOOL };

struct out_value {
	enum out_type type;
	int64_t number; /* also time, duration (µs) and bool */
	const char *text;
};

struct out_ops {
	void *(*open)(const struct out_style *);
	void (*list)(void *, const char *name, const struct out_column *);
	void (*object)(void *, const char *name);
	void (*end)(void *);
	void (*value)(void *, const char *name, const struct out_value *);
	void (*close)(void *);
};

#endif
