/*
 * scratch: see scratch.h.
 */
#include "scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

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
