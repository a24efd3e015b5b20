/*
 * schema: schema.sql as a string, made by the build.
 */
#ifndef STORE_SQLITE_SCHEMA_H
#define STORE_SQLITE_SCHEMA_H

extern const char schema_sql[];

#endif
