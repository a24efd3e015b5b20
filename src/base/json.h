/*
 * json: the little of JSON that stands in columns of the database: strings, lists of them, whole
 * numbers. Bytes that are not UTF-8 go through as they are. What people and scripts read and write
 * is the JSON library's business.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct strv;

void json_add_string(struct buf *, const char *);
void json_add_words(struct buf *, const struct strv *);

/*
 * Each takes what stands at *p, behind any blanks, and moves *p behind it. False, NULL: something
 * else stands there, and *p is anywhere.
 */
bool json_take(const char **p, char c); /* this one; else *p is at the other */
char *json_take_string(const char **p); /* the caller's */
bool json_take_words(const char **p, struct strv *); /* appends, also before it finds a fault */
bool json_take_int(const char **p, int64_t *);

/* Whether nothing but blanks stands there. */
bool json_ends(const char *p);

#endif
