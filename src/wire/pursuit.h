/*
 * pursuit: the journal's record of a job that is being ended before its time, written before its
 * TERM: whoever takes in the journal of a killed runner goes on from there.
 */
#ifndef WIRE_PURSUIT_H
#define WIRE_PURSUIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/kin.h"
#include "job/attempt.h"

struct buf;

struct pursuit {
	struct kin kin;
	enum outcome outcome; /* timeout or cancelled */
	int64_t kill_at;      /* boot clock, µs */
};

/* The body of FRAME_PURSUIT. */
void pursuit_pack(struct buf *, const struct pursuit *);
int pursuit_unpack(const void *, size_t, struct pursuit *); /* 0, or -1: broken */
void pursuit_release(struct pursuit *);

#endif
