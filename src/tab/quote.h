/*
 * quote: one word as sh quotes it, with no expansion of any kind (private to this floor).
 */
#ifndef TAB_QUOTE_H
#define TAB_QUOTE_H

struct buf;

/*
 * Reads the word at p into *word, which is cleared first and is NUL-terminated then, up to the
 * blank or the end behind it; returns that place. NULL if a quote or a backslash has nothing to end
 * it: *wrong is where it stands.
 */
const char *quote_word(const char *p, struct buf *word, const char **wrong);

#endif
