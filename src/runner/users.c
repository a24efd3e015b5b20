/*
 * users: see users.h. A user that is not found is not remembered: it may be created the next
 * moment.
 */
#include "runner/users.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "runner/environment.h"

static void
user_release(struct user *u)
{
	free(u->name);
	free(u->home);
	free(u->groups);
	strv_clear(&u->settings);
	memset(u, 0, sizeof(*u));
}

static void
look_up_groups(struct user *u)
{
	int n = 16;

	u->groups = xreallocarray(NULL, (size_t)n, sizeof(*u->groups));
	/* It says how many there are when there is no room; a group may come in between. */
	while (getgrouplist(u->name, u->gid, u->groups, &n) == -1)
		u->groups = xreallocarray(u->groups, (size_t)n, sizeof(*u->groups));
	u->ngroups = n;
}

/*
 * The runner's own user need not be in the user database: containers often run under a bare number.
 */
static void
fill_unnamed(struct user *u, uid_t uid)
{
	const char *home = getenv("HOME");

	u->name = xasprintf("%u", uid);
	u->home = xstrdup(home != NULL && home[0] == '/' ? home : "/");
	u->uid = uid;
	u->gid = getegid();
}

static int
look_up(struct user *u, const char *name, struct err *e)
{
	const struct passwd *pw;

	errno = 0;
	pw = name != NULL ? getpwnam(name) : getpwuid(geteuid());
	if (pw == NULL && name == NULL) {
		fill_unnamed(u, geteuid());
	} else if (pw == NULL) {
		/* getpwnam(3): these mean that it is not there, anything else that nobody knows. */
		if (errno == 0 || errno == ENOENT || errno == ESRCH)
			return err_set(e, E_NOTFOUND, "no such user '%s'", name);
		return err_errno(e, E_FAIL, "cannot look up user '%s'", name);
	} else {
		u->name = xstrdup(pw->pw_name);
		u->home = xstrdup(pw->pw_dir);
		u->uid = pw->pw_uid;
		u->gid = pw->pw_gid;
	}
	u->own = name == NULL;
	u->same = u->uid == geteuid();
	if (!u->same)
		look_up_groups(u);
	environment_of_user(u);
	return 0;
}

static bool
is_user(const struct user *u, const char *name)
{
	return name != NULL ? strcmp(u->name, name) == 0 : u->own;
}

const struct user *
users_find(struct users *users, const char *name, int64_t now, struct err *e)
{
	struct user *u;

	for (u = users->kept; u < users->kept + USERS_KEPT; u++) {
		if (u->name == NULL || !is_user(u, name))
			continue;
		if (now - u->asked_at < USERS_KEPT_FOR)
			return u;
		break;
	}
	if (u == users->kept + USERS_KEPT) {
		u = &users->kept[users->next];
		users->next = (users->next + 1) % USERS_KEPT;
	}
	user_release(u);
	if (look_up(u, name, e) < 0)
		return NULL;
	u->asked_at = now;
	return u;
}

void
users_release(struct users *users)
{
	for (int i = 0; i < USERS_KEPT; i++)
		user_release(&users->kept[i]);
}
