/*
 * places: where things are when nobody says otherwise, and which database is meant (private to this
 * floor).
 */
#ifndef CONF_PLACES_H
#define CONF_PLACES_H

#include <stdbool.h>

struct conf;
struct err;

struct places {
	char *config, *tabs, *calendars, *database, *state;
	char *runtime;	     /* NULL: under the state folder in use */
	bool runtime_shared; /* several databases of this user would come to the same runtime folder
			      */
};

/*
 * The places of root, or of the effective user by HOME and the XDG variables. E_FAIL if there is no
 * home.
 */
int places_init(struct places *, bool system, struct err *);
void places_release(struct places *);

/*
 * path made absolute against folder (NULL: the current one), not resolved any further. The
 * caller's.
 */
char *place_absolute(const char *path, const char *folder);

/*
 * The part of a URI that is a path: all of it, or what follows "sqlite:". NULL for other schemes.
 * Borrowed.
 */
const char *place_path(const char *uri);

/*
 * A database's URI with its path made absolute like that; other schemes than sqlite stay as they
 * are. E_INPUT if empty.
 */
int place_database(const char *uri, const char *folder, char **absolute, struct err *);

/*
 * Blanks a URI of the command line that may have a password in it, where all who list processes
 * would read it. Who needs it has made a copy. NULL is nothing.
 */
void place_hide(char *argument);

/*
 * Fills the state_dir and runtime_dir that were not configured, and takes `apart` from the default
 * database: see conf.h.
 */
void places_of_database(const struct places *, struct conf *);

#endif
