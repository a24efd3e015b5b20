/*
 * fuzz: what the targets share. A target takes any bytes, and ends the process where something does
 * not hold; libFuzzer (entry.c) or a replay of the corpus (replay.c) calls it.
 *
 * Targets run no jobs, and touch no file outside fuzz_folder.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct job;
struct zone;

int fuzz_bulk(const uint8_t *, size_t);
int fuzz_calendar(const uint8_t *, size_t);
int fuzz_conf(const uint8_t *, size_t);
int fuzz_cron(const uint8_t *, size_t);
int fuzz_frame(const uint8_t *, size_t);
int fuzz_joblock(const uint8_t *, size_t);
int fuzz_journal(const uint8_t *, size_t);
int fuzz_tab(const uint8_t *, size_t);
int fuzz_time(const uint8_t *, size_t);

/* 2026-03-01T10:00:00Z, µs: the clock of all targets. */
#define FUZZ_NOW INT64_C(1772359200000000)

#define HOLDS(what) ((what) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #what))

_Noreturn void fuzz_broken(const char *file, int line, const char *what);

/* Takes bytes from the end of the input, so that the text before them stays readable. */
struct fuzz_input {
	const uint8_t *data;
	size_t len;
};
unsigned fuzz_byte(struct fuzz_input *); /* 0 when nothing is left */

/* One of a few zones, chosen by any number. Borrowed. */
const struct zone *fuzz_zone(unsigned which);

/* The bytes up to the first NUL, NUL-terminated, in memory of exactly this size; the caller's. */
char *fuzz_text(const void *data, size_t len);

/* A refusal is E_INPUT with a sentence. What is in it is escaped by whoever prints it. */
void fuzz_refused(int code, const struct err *);

/*
 * That it passes job_check, that its schedule goes forward, that what is due late is run or skipped
 * within bounds, and that each member is the same after it was written as the store writes it, and
 * read back.
 */
void fuzz_job(const struct job *);
void fuzz_same_job(const struct job *, const struct job *);

/* A folder of this process, made at the first call and removed at its end. */
const char *fuzz_folder(void);

#endif
