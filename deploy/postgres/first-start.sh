#!/bin/sh
# Run by the postgres image on an empty volume: the roles, their passwords, the database.
set -eu
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -f /understudy/roles.sql
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres \
    -v owner="$UNDERSTUDY_OWNER_PASSWORD" -v runtime="$UNDERSTUDY_RUNTIME_PASSWORD" <<'SQL'
alter role understudy_owner password :'owner';
alter role understudy_runtime password :'runtime';
create database understudy owner understudy_owner;
SQL
