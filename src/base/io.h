/*
 * io: whole reads and writes, and files that are there whole or not at all.
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct buf;
struct err;

/* All of data, through EINTR and short writes. 0 or -1 with errno. */
int io_write_all(int fd, const void *data, size_t len);

/* Appends what fd gives up to its end; more than max bytes is E_INPUT. */
int io_read_all(int fd, struct buf *, size_t max, struct err *);

/* Opens path (O_NOFOLLOW not implied) and reads it whole. E_FAIL if it cannot be read. */
int io_read_file(const char *path, struct buf *, size_t max, struct err *);

/* Replaces path by a new file of these bytes and mode: temporary file, fsync, rename, fsync. */
int io_replace_file(const char *path, const void *data, size_t len, mode_t mode, struct err *);

/* Makes path and what is missing above it, each with mode. It is no error if it is there. */
int io_mkdirs(const char *path, mode_t mode, struct err *);

/*
 * As io_mkdirs, and the last folder must be the caller's, a real folder (no link), with no
 * permission for group and others (they are taken away if it is ours). E_PERM otherwise.
 */
int io_private_dir(const char *path, struct err *);

/*
 * A file without a name, close-on-exec: whoever reads it can seek in it, and nobody has to feed
 * them. name is for people who look at /proc; folder is where files may be made. -1 with errno.
 */
int io_nameless(const char *name, const char *folder);

int io_set_nonblock(int fd); /* 0 or -1 with errno */
int io_set_cloexec(int fd);

#endif
