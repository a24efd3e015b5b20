/*
 * options: what stands between user and command (private to this floor).
 */
#ifndef TAB_OPTIONS_H
#define TAB_OPTIONS_H

struct buf;
struct draft;
struct err;

/*
 * Takes the flags and options at p into the draft; returns where the command begins. *name is left
 * alone, or set to where --name stands. NULL with the sentence in err if one is bad, and then
 * *wrong is where. word is scratch.
 */
const char *options_take(struct draft *, const char *p, struct buf *word, const char **name,
    const char **wrong, struct err *);

#endif
