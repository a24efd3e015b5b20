/*
 * finish: the statements by which attempts end in a crowd (private to finish.c).
 */
#ifndef STORE_PG_FINISH_H
#define STORE_PG_FINISH_H

/*
 * Values of the statements, in their order: arrays of numbers, how many, outputs in text, and where
 * the rows are, or of which wishes for mail (a bit for each) nothing comes, by such an end.
 */
enum {
	A_FENCE,
	A_STARTED,
	A_FINISHED,
	A_EXIT,
	A_SIGNAL,
	A_USER,
	A_SYSTEM,
	A_RSS,
	A_BYTES,
	A_OUTCOME,
	NUMBERS
};
enum { O_NUMBER, O_DROPPED_AT, O_DROPPED, O_DATA, OUTPUTS };
enum { P_OCCURRENCE, P_ATTEMPT, PLACES };

/* What the statements are made for: fewer words where all is as usual. */
#define HINTED 1 /* it is known where the rows are: hint.h */
#define FAILED 2 /* some are not well */
#define OUTPUT 4 /* some have an output */
#define GATED 8  /* some may have an order key or a queue */
#define KINDS 16

/* Of such a kind. The caller's. */
char *finish_text(int kind);

#endif
