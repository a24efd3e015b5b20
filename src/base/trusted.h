/*
 * trusted: files that decide what runs, read only if nobody else can have written them.
 */
#ifndef BASE_TRUSTED_H
#define BASE_TRUSTED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct err;

/* What a file looked like when it was last read; equal stamps mean an unchanged file. */
struct file_stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	int64_t mtime, ctime; /* ns */
};

/* The file's stamp without reading it; false if it has gone. */
bool file_stamp_get(const char *path, struct file_stamp *);

bool file_stamp_equal(const struct file_stamp *, const struct file_stamp *);

/*
 * Appends the text of a regular file (a FIFO or device never blocks it), owned by root or by the
 * user running this, not writable by group or others, one link, by a trusted_way; a symbolic link
 * only if it is root's or the user's too and its target obeys all that. The stamp is taken before
 * and after reading; a file that changes meanwhile, cannot be opened or is no file is E_FAIL.
 * E_PERM if owner or mode forbid it. E_INPUT if it is longer than max bytes.
 */
int trusted_read(const char *path, size_t max, struct buf *text, struct file_stamp *, struct err *);

/*
 * Root's files only, for anybody else it always holds: whether nobody else can put another thing in
 * the way of this path. Each folder on the way (path itself too, if it is one) and each link there
 * is root's, and can be written by root and root's group only, or by others but sticky, as /tmp.
 * What does not exist yet is nobody's. E_PERM names the folder.
 */
int trusted_way(const char *path, struct err *);

/*
 * Whether a file that may be written to is a regular one of root or the user running this, which
 * nobody else can write to. One that does not exist is nobody's. E_PERM.
 */
int trusted_file(const char *path, struct err *);

#endif
