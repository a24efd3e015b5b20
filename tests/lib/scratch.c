/*
 * scratch: see scratch.h.
 */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"

char *
scratch_new(const char *name)
{
	char *shm = xasprintf("/dev/shm/%s.XXXXXX", name), *tmp = xasprintf("/tmp/%s.XXXXXX", name);
	char *folder = mkdtemp(shm);

	if (folder == NULL && (folder = mkdtemp(tmp)) == NULL) {
		printf("Bail out! no folder in /tmp\n");
		exit(1);
	}
	free(folder == shm ? tmp : shm);
	return folder;
}

char *
scratch_file(const char *folder, const char *name, const char *text, mode_t mode)
{
	char *path = xasprintf("%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd == -1 || io_write_all(fd, text, strlen(text)) == -1 || fchmod(fd, mode) == -1) {
		printf("Bail out! %s: %s\n", path, strerror(errno));
		exit(1);
	}
	close(fd);
	return path;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

void
scratch_remove(const char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
