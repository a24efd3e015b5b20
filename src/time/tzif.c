/*
 * tzif: see tzif.h. Section numbers are those of RFC 8536.
 */
#include "time/tzif.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "time/posixtz.h"
#include "time/zone_table.h"

#define HEADER_SIZE 44
#define TYPE_SIZE 6

/* No transition is later than the year 4000: so no sum of times can overflow. */
#define LATEST INT64_C(64060588800)
#define EARLIEST (-(INT64_C(1) << 59)) /* 3.2: nothing earlier should be there */

/* The header (3.1), and where its data block is. */
struct block {
	char version;
	uint32_t isut, isstd, leaps, times, types, chars;
	size_t time_size; /* 4 in the first block, 8 in the second */
	const uint8_t *data;
	uint64_t size; /* of the data */
};

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t
be_time(const uint8_t *p, size_t size)
{
	if (size == 4)
		return (int32_t)be32(p);
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* Reads the header at p and checks its counts against what is there. */
static const char *
read_header(const uint8_t *p, size_t left, size_t time_size, struct block *b)
{
	if (left < HEADER_SIZE || memcmp(p, "TZif", 4) != 0)
		return "it is not a TZif file";
	b->version = (char)p[4];
	if (b->version != '\0' && (b->version < '2' || b->version > '4'))
		return "its version is unknown";
	b->isut = be32(p + 20);
	b->isstd = be32(p + 24);
	b->leaps = be32(p + 28);
	b->times = be32(p + 32);
	b->types = be32(p + 36);
	b->chars = be32(p + 40);
	b->time_size = time_size;
	b->data = p + HEADER_SIZE;
	b->size = (uint64_t)b->times * (time_size + 1) + (uint64_t)b->types * TYPE_SIZE + b->chars +
		  (uint64_t)b->leaps * (time_size + 4) + b->isstd + b->isut;
	if (b->size > left - HEADER_SIZE)
		return "it is cut short";
	if (b->types == 0 || b->types > 256 || b->chars == 0 ||
	    (b->isstd != 0 && b->isstd != b->types) || (b->isut != 0 && b->isut != b->types))
		return "its counts are wrong";
	if (b->leaps != 0)
		return "it counts leap seconds";
	return NULL;
}

/* The local time types (3.2): offset, DST flag, and an index into the names. */
static const char *
read_types(const struct block *b, int32_t off[256])
{
	const uint8_t *type = b->data + (size_t)b->times * (b->time_size + 1);
	const uint8_t *names = type + (size_t)b->types * TYPE_SIZE;

	for (uint32_t i = 0; i < b->types; i++, type += TYPE_SIZE) {
		off[i] = (int32_t)be32(type);
		if (off[i] < OFFSET_MIN || off[i] > OFFSET_MAX)
			return "an offset is out of range";
		if (type[4] > 1 || type[5] >= b->chars ||
		    memchr(names + type[5], '\0', b->chars - type[5]) == NULL)
			return "a local time type is wrong";
	}
	return NULL;
}

static const char *
read_transitions(const struct block *b, const int32_t off[256], struct zone *z, int64_t *last)
{
	const uint8_t *index = b->data + (size_t)b->times * b->time_size;
	int64_t at;

	*last = EARLIEST - 1;
	for (uint32_t i = 0; i < b->times; i++) {
		at = be_time(b->data + i * b->time_size, b->time_size);
		if (at <= *last || at > LATEST)
			return "its transitions are out of order";
		if (index[i] >= b->types)
			return "a transition has no local time type";
		zone_table_add(z, at, off[index[i]]);
		*last = at;
	}
	return NULL;
}

/* The footer (3.3): a TZ string between two newlines, for times after the last transition. */
static const char *
read_footer(const uint8_t *p, const uint8_t *end, struct zone *z, int64_t last)
{
	struct posixtz tz;
	char text[256];
	const uint8_t *nl;

	if (p == end || *p != '\n' || (nl = memchr(p + 1, '\n', (size_t)(end - p - 1))) == NULL)
		return "it has no footer";
	if (nl == p + 1)
		return NULL;
	if ((size_t)(nl - p) > sizeof(text) || memchr(p, '\0', (size_t)(nl - p)) != NULL)
		return "its footer is wrong";
	memcpy(text, p + 1, (size_t)(nl - p - 1));
	text[nl - p - 1] = '\0';
	if (!posixtz_parse(text, &tz))
		return "its footer is wrong";
	zone_table_follow(z, last, &tz);
	return NULL;
}

static const char *
parse(const uint8_t *p, size_t len, struct zone *z)
{
	struct block b;
	int32_t off[256];
	int64_t last;
	const char *wrong;

	if ((wrong = read_header(p, len, 4, &b)) != NULL)
		return wrong;
	if (b.version != '\0') { /* the first block is for readers of 32 bits */
		p += HEADER_SIZE + b.size;
		len -= HEADER_SIZE + b.size;
		if ((wrong = read_header(p, len, 8, &b)) != NULL)
			return wrong;
	}
	if ((wrong = read_types(&b, off)) != NULL)
		return wrong;
	z->off[0] = off[0];
	if ((wrong = read_transitions(&b, off, z, &last)) != NULL)
		return wrong;
	if (b.version == '\0')
		return NULL;
	return read_footer(b.data + b.size, p + len, z, last);
}

int
tzif_parse(const void *data, size_t len, struct zone *z, struct err *e)
{
	const char *wrong;

	zone_table_init(z, 0);
	wrong = parse(data, len, z);
	if (wrong == NULL)
		return 0;
	zone_table_release(z);
	return err_set(e, E_INPUT, "%s", wrong);
}
