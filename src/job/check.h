/*
 * check: whether one value given by a person may stand in a job (private to this floor).
 *
 * Each returns 0, or E_INPUT with a sentence about the value; the caller puts before it whose it
 * is.
 */
#ifndef JOB_CHECK_H
#define JOB_CHECK_H

#include <stddef.h>

struct err;

/* The beginning of a text as it may stand in a sentence: escaped, and "..." for the rest. */
struct quoted {
	char text[100];
};
struct quoted quoted(const char *);

int check_text(const char *, struct err *);	/* printable UTF-8, not empty */
int check_user(const char *, struct err *);	/* a login name */
int check_folder(const char *, struct err *);	/* absolute */
int check_setting(const char *, struct err *);	/* NAME=VALUE of the environment */
int check_zone(const char *, struct err *);	/* in the tz database */
int check_calendar(const char *, struct err *); /* a calendar_name_ok */
int check_label(const char *, struct err *);	/* K=V */
int check_job_ref(const char *, struct err *);	/* an id or a name */
int check_address(const char *, struct err *);	/* for the mailer's command line */

/* A decimal number from min to max, without blanks or '+'. */
int number_parse(const char *, long long min, long long max, long long *, struct err *);

#endif
