/*
 * schema: schema.sql as a string, made by the build.
 */
#ifndef STORE_PG_SCHEMA_H
#define STORE_PG_SCHEMA_H

extern const char pg_schema_sql[];

#endif
