/*
 * rows: see rows.h. A chunk of jobs has dozens of values for each, most of them short numbers, and
 * so room is asked for once for many.
 */
#include "store/pg/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/pg/handle.h"

#define SHORT 24 /* bytes: a number or a NULL, and what is between two values */

/* ---- the text form ---- */

/* Up to where one needs a backslash. */
static size_t
plain_length(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] != '\\' && p[i] != '\n' && p[i] != '\r' && p[i] != '\t')
		i++;
	return i;
}

static char
letter_of(char c)
{
	switch (c) {
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return c;
	}
}

static char *
put_text(char *to, const char *p, size_t n)
{
	size_t plain;

	while ((plain = plain_length(p, n)) < n) {
		memcpy(to, p, plain);
		to += plain;
		*to++ = '\\';
		*to++ = letter_of(p[plain]);
		p += plain + 1;
		n -= plain + 1;
	}
	memcpy(to, p, n);
	return to + n;
}

static void
add_bytes(struct buf *b, const unsigned char *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char *to;

	buf_addstr(b, "\\\\x");
	to = buf_room(b, 2 * n);
	for (size_t i = 0; i < n; i++) {
		*to++ = digits[p[i] >> 4];
		*to++ = digits[p[i] & 15];
	}
	b->len += 2 * n;
}

/* `behind` more bytes have room after it. */
static char *
add_long(struct buf *b, const struct val *v, size_t behind)
{
	size_t n = v->n >= 0 ? (size_t)v->n : strlen(v->p);
	char *to;

	if (v->kind == VAL_BLOB) {
		add_bytes(b, v->p, n);
		return buf_room(b, behind);
	}
	to = buf_room(b, 2 * n + behind);
	return put_text(to, v->p, n);
}

void
rows_add(struct pg_copy *c, const struct val *v, size_t n)
{
	struct buf *b = &c->rows;
	char *to = buf_room(b, n * SHORT);

	for (size_t i = 0; i < n; i++) {
		if (v[i].null) {
			*to++ = '\\';
			*to++ = 'N';
		} else if (v[i].kind == VAL_INT)
			to = pg_put_number(to, v[i].n);
		else {
			b->len = (size_t)(to - b->data);
			to = add_long(b, &v[i], (n - i) * SHORT);
		}
		*to++ = '\t';
	}
	to[-1] = '\n';
	b->len = (size_t)(to - b->data);
}

/* ---- their order ---- */

static int
compare(const void *a, const void *b)
{
	const struct row_place *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->begin < y->begin ? -1 : 1;
}

/* The columns are those of occ.c: state, rank, ready_at, job_id … */
void
rows_add_placed(struct pg_copy *c, const struct val *v, size_t n)
{
	struct row_place *p;

	c->places = mem_grow(c->places, c->n, &c->cap, sizeof(*c->places));
	p = &c->places[c->n++];
	*p = (struct row_place){v[1].n, v[2].n, c->rows.len, 0};
	rows_add(c, v, n);
	p->len = c->rows.len - p->begin;
	c->mixed |= c->n > 1 && compare(p - 1, p) > 0;
}

void
rows_sort(struct pg_copy *c)
{
	struct buf sorted = {0};

	if (c->mixed) {
		qsort(c->places, c->n, sizeof(*c->places), compare);
		for (size_t i = 0; i < c->n; i++)
			buf_add(&sorted, c->rows.data + c->places[i].begin, c->places[i].len);
		buf_release(&c->rows);
		c->rows = sorted;
	}
	c->n = 0;
	c->mixed = false;
}

void
rows_clear(struct pg_copy *c)
{
	buf_clear(&c->rows);
	c->n = 0;
	c->mixed = false;
}

void
rows_release(struct pg_copy *c)
{
	buf_release(&c->rows);
	free(c->places);
	c->places = NULL;
	c->cap = 0;
	rows_clear(c);
}
