/*
 * err: how lower floors report failure.
 *
 * A function that can fail returns 0 or one of the negative codes below and
 * fills a struct err with one sentence: lower case, no full stop, subject in
 * single quotes. The code is the negated exit status of the command that
 * prints it. Lower floors never print and never exit.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err_code {
	E_FAIL = -1,	 /* anything without a code of its own */
	E_INPUT = -2,	 /* usage or bad input */
	E_NOTFOUND = -3, /* no such job */
	E_CONFLICT = -4, /* name taken, or the job's state does not allow it */
	E_STORE = -5,	 /* store out of reach, busy, full, or of another version */
	E_PERM = -6,	 /* not permitted */
};

struct err {
	int code;	/* 0 or an enum err_code */
	char text[480]; /* the sentence, NUL-terminated, truncated if need be */
};

/* Sets the sentence and returns code, so that `return err_set(...)` reads well. */
int err_set(struct err *, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set, with ": " and strerror(errno) appended. */
int err_errno(struct err *, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before the sentence that is there; returns its code. */
int err_prefix(struct err *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
