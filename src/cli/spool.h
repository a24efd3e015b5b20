/*
 * spool: the lines of a file or of a pipe.
 */
#ifndef CLI_SPOOL_H
#define CLI_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct err;

#define LINE_MAX_BYTES (16 * 1024 * 1024) /* the longest line that is read */

struct spool {
	int fd;
	const char *name; /* for messages; borrowed */
	int64_t size;	  /* bytes of all lines; 0: nobody knows */
	int64_t read;	  /* bytes of the lines given so far */
	int64_t number;	  /* of the line given last, from 1 */
	struct buf buf;
	size_t at;	  /* where in buf the next line begins */
	bool end;	  /* all of the file is in buf */
};

/* path "-" is standard input. E_FAIL, or E_INPUT for a file that is not there. */
int spool_open(struct spool *, const char *path, struct err *);

/*
 * 1 and the next line without its end, borrowed until the next call; 0 at the end; E_INPUT for a
 * line that is too long.
 */
int spool_next(struct spool *, const char **text, size_t *len, struct err *);

void spool_close(struct spool *);

#endif
