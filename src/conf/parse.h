/*
 * parse: the text of a jobsched.conf, taken over what is in a struct conf (private to this floor).
 */
#ifndef CONF_PARSE_H
#define CONF_PARSE_H

#include <stddef.h>

struct conf;
struct err;

/*
 * path (absolute) is for messages, and its folder is where relative paths begin. text is
 * NUL-terminated, holds no other NUL, and is changed. E_INPUT with "path:line: …".
 */
int conf_parse(struct conf *, const char *path, char *text, size_t len, struct err *);

#endif
