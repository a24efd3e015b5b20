/*
 * count: see count.h.
 */
#include "store/sql/count.h"

#include "store/sql/db.h"

#define NAME_SIZE 40

static const char *const plain[] = {
    [N_ENQUEUED] = "enqueued",
    [N_CLAIMED] = "claimed",
    [N_STARTED] = "started",
    [N_RETRIES] = "retries",
    [N_LATE_SUM] = "lateness.sum",
    [N_LAST_JOB] = "last.job",
    [N_LAST_FENCE] = "last.fence",
};

static const char *const rests[] = {
    [REST_OPEN] = "open",
    [REST_DONE] = "done",
    [REST_FAILED] = "failed",
    [REST_CANCELLED] = "cancelled",
    [REST_RETIRED] = "retired",
};

static void
name_of(int i, char name[NAME_SIZE])
{
	if (i >= N_JOBS)
		snprintf(name, NAME_SIZE, "jobs.%s", rests[i - N_JOBS]);
	else if (i >= N_LATE)
		snprintf(name, NAME_SIZE, "lateness.%d", i - N_LATE);
	else if (i >= N_SKIPPED)
		snprintf(
		    name, NAME_SIZE, "skipped.%s", skip_word((enum skip_reason)(i - N_SKIPPED)));
	else if (i >= N_FINISHED)
		snprintf(
		    name, NAME_SIZE, "finished.%s", outcome_word((enum outcome)(i - N_FINISHED)));
	else
		snprintf(name, NAME_SIZE, "%s", plain[i]);
}

void
count_add(struct db *db, int counter, int64_t n)
{
	db->counted[counter] += n;
}

void
count_started(struct db *db, int64_t lateness)
{
	int i = 0;

	if (lateness < 0)
		lateness = 0;
	while (i < LATENESS_BUCKETS - 1 && lateness > lateness_bounds[i])
		i++;
	db->counted[N_LATE + i]++;
	db->counted[N_LATE_SUM] += lateness;
	db->counted[N_STARTED]++;
}

void
count_moved(struct db *db, enum rest from, enum rest to)
{
	if (from != REST_COUNT)
		db->counted[N_JOBS + from]--;
	if (to != REST_COUNT)
		db->counted[N_JOBS + to]++;
}

/*
 * What stood there before this transaction; never below what is in the table. Two plain statements:
 * one that asks for both takes SQLite longer to prepare.
 */
static int
read_last(struct db *db, enum counter counter, int64_t *last, struct err *e)
{
	int64_t there;
	int rc;

	if ((rc = db_number(db, e, last, 0, "SELECT max(value) FROM counters WHERE name = ?",
		 BIND(S(plain[counter])))) < 0 ||
	    (rc = db_number(db, e, &there, 0,
		 counter == N_LAST_JOB ? "SELECT max(id) FROM jobs"
				       : "SELECT max(id) FROM attempts",
		 NOBIND)) < 0)
		return rc;
	if (there > *last)
		*last = there;
	return 0;
}

int
count_next(struct db *db, enum counter counter, int64_t *id, struct err *e)
{
	int64_t *last = &db->last[counter - N_LAST_JOB];
	int rc;

	if ((rc = db->driver->next_id(db, counter == N_LAST_FENCE, id, e)) != 0)
		return rc < 0 ? rc : 0;
	if (*last == -1 && (rc = read_last(db, counter, last, e)) < 0)
		return rc;
	*id = *last + ++db->counted[counter];
	return 0;
}

int
count_highest(struct db *db, enum counter counter, int64_t *id, struct err *e)
{
	int rc = db->driver->highest(db, counter == N_LAST_FENCE, id, e);

	return rc != 0 ? rc : read_last(db, counter, id, e);
}

int
count_raise(struct db *db, enum counter counter, int64_t id, struct err *e)
{
	int64_t now;
	int rc = count_one(db, counter, &now, e);

	if (rc < 0 || now >= id)
		return rc;
	db->counted[counter] += id - now;
	return count_write(db, e);
}

/*
 * The sum of lateness has a limit: with millions of jobs that are late by weeks it comes to that.
 * There it stays, for an end that cannot be stored would be worse.
 */
#define ADD                                                                                   \
	"INSERT INTO counters (name, value, shard) VALUES (?, ?, ?)"                          \
	" ON CONFLICT (name, shard) DO UPDATE"                                                \
	" SET value = CASE WHEN excluded.value <= 0 THEN counters.value + excluded.value"     \
	" WHEN counters.value > 9223372036854775807 - excluded.value THEN 9223372036854775807" \
	" ELSE counters.value + excluded.value END"

int
count_write(struct db *db, struct err *e)
{
	char name[NAME_SIZE];
	int rc;

	for (int i = 0; i < N_COUNTERS; i++) {
		if (db->counted[i] == 0)
			continue;
		name_of(i, name);
		if ((rc = db_do(db, e, ADD, BIND(S(name), I(db->counted[i]), I(db->shard)))) < 0)
			return rc;
		db->counted[i] = 0;
	}
	return 0;
}

static void
add(int64_t *sum, int64_t n)
{
	*sum = n > 0 && *sum > INT64_MAX - n ? INT64_MAX : *sum + n;
}

int
count_one(struct db *db, int counter, int64_t *n, struct err *e)
{
	char name[NAME_SIZE];
	struct cursor *st;
	int rc;

	name_of(counter, name);
	*n = 0;
	rc = db_first(db, e, &st, "SELECT value FROM counters WHERE name = ?", BIND(S(name)));
	for (; rc > 0; rc = db_next(db, e, st))
		add(n, col_int(st, 0));
	return rc;
}

int
count_read(struct db *db, int64_t values[N_COUNTERS], struct err *e)
{
	int rc = 0;

	for (int i = 0; i < N_COUNTERS && rc >= 0; i++)
		rc = count_one(db, i, &values[i], e);
	return rc;
}
