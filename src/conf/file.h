/*
 * file: jobsched.conf as a file (private to this floor).
 */
#ifndef CONF_FILE_H
#define CONF_FILE_H

#include <stdbool.h>

struct conf;
struct err;

/*
 * Reads path (absolute) over what is in *conf. If it need not exist and does not, nothing happens
 * and *found is false. In system mode it must be root's and not writable by others: E_PERM. E_INPUT
 * with "path:line: …".
 */
int conf_file_read(
    struct conf *, const char *path, bool system, bool must_exist, bool *found, struct err *);

#endif
