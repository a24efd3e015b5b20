/*
 * tabname: which loaded tab is meant: people name it by its path, by another way to the same file,
 * or only by the last part.
 */
#ifndef CLI_TABNAME_H
#define CLI_TABNAME_H

struct cli;

/*
 * The path under which the daemon has loaded it; the caller's. What no loaded tab is called comes
 * back as it was given. E_CONFLICT, with err set, if a name without '/' is that of several.
 */
int tabname_find(struct cli *, const char *given, char **path);

#endif
