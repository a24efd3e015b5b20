/*
 * A folder of services for tests: linked into the test jobsched-session, where it stands before
 * that of libpam. JOBSCHED_TEST_PAM names the folder; without it, there is none.
 */
#include <security/pam_appl.h>
#include <stdlib.h>

const char *__lsan_default_suppressions(void), *__lsan_default_options(void);

/* libpam does not give back everything when it refuses, and of that no report is to be told. */
const char *
__lsan_default_options(void)
{
	return "print_suppressions=0";
}

const char *
__lsan_default_suppressions(void)
{
	return "leak:libpam.so\n";
}

int
pam_start(const char *service, const char *user, const struct pam_conv *conv, pam_handle_t **handle)
{
	const char *folder = getenv("JOBSCHED_TEST_PAM");

	return pam_start_confdir(service, user, conv, folder != NULL ? folder : "/nowhere", handle);
}
