/*
 * notes: the errors and warnings of one tab (private to this floor).
 */
#ifndef TAB_NOTES_H
#define TAB_NOTES_H

#include <stdarg.h>

struct tab;

/* Both count columns from 1. Bytes that would upset a terminal are shown as \xHH. */
void tab_error(struct tab *, int line, int column, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void tab_verror(struct tab *, int line, int column, const char *fmt, va_list)
    __attribute__((format(printf, 4, 0)));
void tab_warn(struct tab *, int line, int column, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds the last note of each kind, where there were more than TAB_ERRORS_MAX. */
void notes_close(struct tab *);

#endif
