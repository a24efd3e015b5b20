/*
 * module: a part of a program that is a shared object of its own, so that only those who need it
 * load the libraries on which it stands.
 *
 * To add one: its sources in a module_PROGRAMS line of the room's module.mk, with MODULE_CFLAGS and
 * MODULE_LDFLAGS; one of them says MODULE(&table). It may use whatever the program that loads it
 * has linked (EXPORT_LDFLAGS), and that program finds it by module_load("name").
 */
#ifndef BASE_MODULE_H
#define BASE_MODULE_H

struct err;

struct module {
	const char *version; /* of the program with which it was built */
	const void *table;   /* of what it provides; who loads it knows the type */
};

#define MODULE(provided) \
	extern const struct module jobsched_module; \
	const struct module jobsched_module = { PACKAGE_VERSION, (provided) }

/*
 * The table of name.so, which lies beside the program, as in a build tree, or is installed in
 * MODULEDIR; it stays loaded. NULL: it is not there, cannot be loaded, or is of another version.
 */
const void *module_load(const char *name, struct err *);

#endif
