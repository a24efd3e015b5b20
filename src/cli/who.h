/*
 * who: as whom the jobs of this caller may run.
 */
#ifndef CLI_WHO_H
#define CLI_WHO_H

struct cli;

/*
 * 0 if jobs may run as this account; E_INPUT if there is no such account, E_PERM if the config
 * refuses it, or if it is another than the caller's and the caller is not root. The account of the
 * call before is not looked up again.
 */
struct who {
	char *user; /* NULL at first: nobody was asked for */
};
int who_may(struct cli *, struct who *, const char *user);
void who_release(struct who *);

#endif
