/*
 * pam: one session of PAM, as the service "jobsched", for a user who has proved nothing: root's
 * scheduler vouches. Account, credentials, session, in that order.
 */
#ifndef RUNNER_PAM_H
#define RUNNER_PAM_H

struct err;
struct pam;
struct strv;

/*
 * Opens it; what the modules put into the environment goes into granted. NULL if PAM refuses, with
 * the step and its reason, and nothing is left open.
 */
struct pam *pam_begin(const char *user, struct strv *granted, struct err *);

/* Closes it. */
void pam_finish(struct pam *);

#endif
