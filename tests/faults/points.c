/*
 * points: see points.h.
 */
#include "points.h"

#include <err.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/failpoint.h"
#include "base/mem.h"
#include "dice.h"
#include "storm.h"

#ifdef FAILPOINTS

#define LONGEST 4

static char *
draw_action(struct dice *d, bool fails)
{
	static const char *const errors[] = {
	    "EIO", "ENOSPC", "EMFILE", "EAGAIN", "ENOMEM", "EACCES", "EPIPE"};
	static const int weights[] = {4, 2, 4};
	int action = dice_weighed(d, weights, fails ? 3 : 2);

	if (action == 0)
		return xstrdup("kill");
	if (action == 1)
		return xasprintf("delay:%" PRId64, dice_spread(d, 1, 1000));
	return xasprintf(
	    "error:%s", errors[dice_below(d, (int64_t)(sizeof(errors) / sizeof(errors[0])))]);
}

char *
points_draw(struct dice *d)
{
	int64_t known = 0, n = dice_between(d, 1, LONGEST);
	char *list = xstrdup(""), *longer, *action;

	while (failpoints[known].name != NULL)
		known++;
	for (int64_t i = 0; i < n; i++) {
		const struct failpoint *p = &failpoints[dice_below(d, known)];

		action = draw_action(d, p->fails);
		longer = xasprintf("%s%s%s=%s@%" PRId64, list, i > 0 ? "," : "", p->name, action,
		    dice_spread(d, 1, 40));
		free(action);
		free(list);
		list = longer;
	}
	return list;
}

#else

char *
points_draw(struct dice *d)
{
	(void)d;
	return NULL;
}

#endif

char *
points_folder(const struct storm *s)
{
	char *path = xasprintf("%s/points.XXXXXX", s->dir);

	if (mkdtemp(path) == NULL)
		err(2, "cannot make a folder '%s'", path);
	return path;
}
