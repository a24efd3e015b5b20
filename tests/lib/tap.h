/*
 * tap: the few functions a TAP test program needs. No plan in advance: tap_done prints it.
 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stdint.h>

/* Each prints "ok N - name" or "not ok N - name" with what was seen, and returns whether it held. */
bool tap_ok(bool held, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool tap_is_int(int64_t got, int64_t want, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool tap_is_str(const char *got, const char *want, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* "ok N - name # SKIP why" */
void tap_skip(const char *name, const char *why);
void tap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints the plan; returns the exit status for main. */
int tap_done(void);

#endif
