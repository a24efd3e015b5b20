/*
 * queues: the limits of the config, told to the store.
 */
#ifndef DAEMON_QUEUES_H
#define DAEMON_QUEUES_H

#include <stdint.h>

struct conf;
struct err;
struct store;

int queues_tell(struct store *, const struct conf *, int64_t now, struct err *);

#endif
