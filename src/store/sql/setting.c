/*
 * setting: small values that outlive the daemon.
 */
#include "store/sql/setting.h"

#include "base/mem.h"
#include "store/sql/db.h"
#include "store/sql/slots.h"

int
setting_get(struct db *db, const char *key, char **value, struct err *e)
{
	struct cursor *st;
	int rc;

	*value = NULL;
	if ((rc = db_first(db, e, &st, "SELECT value FROM settings WHERE key = ?", BIND(S(key)))) <=
	    0)
		return rc;
	*value = xstrdup(col_text(st, 0));
	db_reset(st);
	return 0;
}

int
sql_setting_get(struct store *s, const char *key, char **value, struct err *e)
{
	return setting_get(db_of(s), key, value, e);
}

int
setting_set(struct db *db, const char *key, const char *value, struct err *e)
{
	if (value == NULL)
		return db_do(db, e, "DELETE FROM settings WHERE key = ?", BIND(S(key)));
	return db_do(db, e,
	    "INSERT INTO settings (key, value) VALUES (?, ?)"
	    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
	    BIND(S(key), S(value)));
}

int
sql_setting_set(struct store *s, const char *key, const char *value, struct err *e)
{
	struct db *db = db_of(s);
	int rc;

	if ((rc = db_begin(db, e)) < 0)
		return rc;
	return db_end(db, setting_set(db, key, value, e), e);
}
