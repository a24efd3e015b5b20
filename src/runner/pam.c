/*
 * pam: see pam.h.
 */
#include "runner/pam.h"

#include <errno.h>
#include <security/pam_appl.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/strv.h"

#define SERVICE "jobsched"

struct pam {
	pam_handle_t *handle;
	char said[200]; /* the last error that a module has told the user */
	bool has_credentials, is_open;
};

/* There is nobody to ask. */
static int
converse(int n, const struct pam_message **messages, struct pam_response **answers, void *arg)
{
	struct pam *p = arg;

	*answers = NULL;
	for (int i = 0; i < n; i++) {
		int style = messages[i]->msg_style;

		if (style == PAM_ERROR_MSG)
			strlcpy(p->said, messages[i]->msg, sizeof(p->said));
		else if (style != PAM_TEXT_INFO)
			return PAM_CONV_ERR;
	}
	*answers = xcalloc((size_t)n, sizeof(**answers));
	return PAM_SUCCESS;
}

/* Undoes what has been done, and forgets it. */
static void
undo(struct pam *p, int rc)
{
	if (p->is_open)
		rc = pam_close_session(p->handle, PAM_SILENT);
	if (p->has_credentials)
		rc = pam_setcred(p->handle, PAM_DELETE_CRED | PAM_SILENT);
	if (p->handle != NULL)
		pam_end(p->handle, rc);
	free(p);
}

static struct pam *
refuse(struct pam *p, const char *step, int rc, struct err *e)
{
	const char *reason = pam_strerror(p->handle, rc);

	if (p->said[0] != '\0')
		err_set(e, E_FAIL, "PAM %s: %s (%s)", step, reason, p->said);
	else
		err_set(e, E_FAIL, "PAM %s: %s", step, reason);
	undo(p, rc);
	return NULL;
}

static void
take_environment(struct pam *p, struct strv *granted)
{
	char **list = pam_getenvlist(p->handle);

	for (char **setting = list; list != NULL && *setting != NULL; setting++)
		strv_take(granted, *setting);
	free(list);
}

struct pam *
pam_begin(const char *user, struct strv *granted, struct err *e)
{
	struct pam *p = xcalloc(1, sizeof(*p));
	struct pam_conv conv = { converse, p };
	int rc;

	if ((rc = pam_start(SERVICE, user, &conv, &p->handle)) != PAM_SUCCESS)
		return refuse(p, "start", rc, e);
	/* Some modules want one; cron has always had its name there. */
	if ((rc = pam_set_item(p->handle, PAM_TTY, SERVICE)) != PAM_SUCCESS)
		return refuse(p, "start", rc, e);
	if ((rc = pam_acct_mgmt(p->handle, PAM_SILENT)) != PAM_SUCCESS)
		return refuse(p, "account", rc, e);
	if ((rc = pam_setcred(p->handle, PAM_ESTABLISH_CRED | PAM_SILENT)) != PAM_SUCCESS)
		return refuse(p, "credentials", rc, e);
	p->has_credentials = true;
	if ((rc = pam_open_session(p->handle, PAM_SILENT)) != PAM_SUCCESS)
		return refuse(p, "session", rc, e);
	p->is_open = true;
	take_environment(p, granted);
	return p;
}

void
pam_finish(struct pam *p)
{
	undo(p, PAM_SUCCESS);
}
