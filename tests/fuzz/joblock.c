/*
 * joblock: what stands in a lock file, whoever wrote it. What is read from it can be written, and
 * is the same when it is read again.
 */
#include "wire/joblock.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "fuzz.h"

static int
read_from(const void *data, size_t len, struct joblock *l)
{
	int fd = memfd_create("lock", MFD_CLOEXEC), named;

	HOLDS(fd != -1 && io_write_all(fd, data, len) == 0);
	named = joblock_read_from(fd, l);
	close(fd);
	return named;
}

static void
check(const struct joblock *l)
{
	char text[JOBLOCK_TEXT];
	struct joblock again;

	HOLDS(l->fence > 0 && l->proc.pid > 0 && l->proc.start > 0 && l->proc.boot[0] != '\0');
	joblock_format(text, l->fence, &l->proc);
	HOLDS(text[JOBLOCK_TEXT - 1] == '\n');
	HOLDS(read_from(text, sizeof(text), &again) == 1);
	HOLDS(again.fence == l->fence && again.proc.pid == l->proc.pid &&
	    again.proc.start == l->proc.start && strcmp(again.proc.boot, l->proc.boot) == 0);
	/* One that is being written, or was cut, names nobody. */
	for (size_t n = 0; n < sizeof(text); n = 2 * n + 1)
		HOLDS(read_from(text, n, &again) == 0);
}

int
fuzz_joblock(const uint8_t *data, size_t len)
{
	char text[JOBLOCK_TEXT];
	struct joblock l;

	if (read_from(data, len, &l) == 1)
		check(&l);
	/* The same as the beginning of a whole text. */
	if (len > 0 && len < sizeof(text)) {
		memset(text, ' ', sizeof(text));
		memcpy(text, data, len);
		text[sizeof(text) - 1] = '\n';
		if (read_from(text, sizeof(text), &l) == 1)
			check(&l);
	}
	return 0;
}
