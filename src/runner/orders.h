/*
 * orders: what each frame of a scheduler asks of the runner.
 */
#ifndef RUNNER_ORDERS_H
#define RUNNER_ORDERS_H

struct runner;
struct server_ops;

/* For server_new; its arg is the struct runner. */
extern const struct server_ops orders;

/* Answers each FRAME_SYNC once everything that came before it has been dealt with. */
void orders_turn(struct runner *);

#endif
