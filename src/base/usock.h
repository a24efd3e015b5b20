/*
 * usock: Unix sockets by path, of any path length (sun_path has room for 107 bytes only: a
 * longer path is reached through a descriptor of its folder).
 */
#ifndef BASE_USOCK_H
#define BASE_USOCK_H

struct err;

#define USOCK_NAME 48

/*
 * A listening stream socket at path, mode 0600; a stale one is replaced. Non-blocking,
 * close-on-exec. fd or <0.
 */
int usock_listen(const char *path, struct err *);

/*
 * As usock_listen, at a random name that nobody can have taken before, and in no folder: whoever
 * has the name can reach it, whatever folders he may see. The name begins with '@'. Linux has
 * such names.
 */
int usock_listen_anywhere(char name[USOCK_NAME], struct err *);

/*
 * Connects a stream socket: fd, or -1 with errno (ENOENT, ECONNREFUSED: nobody there).
 * Close-on-exec. The path may be a name that begins with '@'.
 */
int usock_connect(const char *path);

/*
 * A bound datagram socket, mode 0600; a stale one is replaced. Non-blocking, close-on-exec. fd
 * or <0.
 */
int usock_bind_datagram(const char *path, struct err *);

/* Sends one datagram, never blocks: 0, or -1 with errno. */
int usock_send(const char *path, const void *data, unsigned long len);

#endif
