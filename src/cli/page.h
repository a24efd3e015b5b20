/*
 * page: lines for people, in which nothing can drive the terminal or break the line.
 */
#ifndef CLI_PAGE_H
#define CLI_PAGE_H

/* head "": a further line of the heading before. */
void page_line(const char *head, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A line without a heading. */
void page_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
