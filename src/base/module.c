/*
 * module: see module.h.
 */
#include "base/module.h"

#include <dlfcn.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/proc.h"

static const void *
load(const char *path, struct err *e)
{
	void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const struct module *m;

	if (object == NULL && access(path, F_OK) == -1) {
		err_set(e, E_FAIL,
		    "'%s', a part of this program, is not there: install what it comes with", path);
		return NULL;
	}
	if (object == NULL) {
		err_set(e, E_FAIL, "cannot load a part of this program: %s", dlerror());
		return NULL;
	}
	if ((m = dlsym(object, "jobsched_module")) == NULL) {
		err_set(e, E_FAIL, "'%s' is no part of this program", path);
		return NULL;
	}
	if (strcmp(m->version, PACKAGE_VERSION) != 0) {
		err_set(e, E_FAIL, "'%s' is of version %s, this program of %s: install both anew",
		    path, m->version, PACKAGE_VERSION);
		return NULL;
	}
	return m->table;
}

const void *
module_load(const char *name, struct err *e)
{
	char *file = xasprintf("%s.so", name), *path = proc_beside(file, MODULEDIR);
	const void *table = load(path, e);

	free(path);
	free(file);
	return table;
}
