#!/bin/sh
# Stand-in for the official postgres image's entrypoint (same variables, same order of steps).
set -eu
case "${1:-}" in -*|'') set -- postgres "$@";; esac
if [ "$1" = postgres ]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  if [ "$(id -u)" = 0 ]; then
    chown -R postgres:postgres "$PGDATA" /var/run/postgresql
    chmod 700 "$PGDATA"; chmod 3775 /var/run/postgresql
    exec setpriv_to postgres "$0" "$@"
  fi
  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE"); fi
    : "${POSTGRES_USER:=postgres}"; : "${POSTGRES_DB:=$POSTGRES_USER}"
    if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
      echo 'Error: Database is uninitialized and superuser password is not specified.' >&2; exit 1
    fi
    pw=$(mktemp); printf '%s\n' "${POSTGRES_PASSWORD:-}" > "$pw"
    eval "initdb --username=\"\$POSTGRES_USER\" --pwfile=\"\$pw\" ${POSTGRES_INITDB_ARGS:-}"
    rm -f "$pw"
    printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"
    shift
    export PGPASSWORD="${POSTGRES_PASSWORD:-}" PGUSER="$POSTGRES_USER"
    quoted=$(for arg in "$@"; do printf "'%s' " "$(printf %s "$arg" | sed "s/'/'\\\\''/g")"; done)
    pg_ctl -D "$PGDATA" -o "$quoted -c listen_addresses=''" -w start
    if [ "$POSTGRES_DB" != postgres ]; then
      printf 'CREATE DATABASE :"db";\n' | psql -qX -v ON_ERROR_STOP=1 -v db="$POSTGRES_DB" -d postgres
    fi
    for f in /docker-entrypoint-initdb.d/*; do
      case "$f" in
        *.sh) if [ -x "$f" ]; then "$f"; else . "$f"; fi;;
        *.sql) psql -X -v ON_ERROR_STOP=1 -d "$POSTGRES_DB" -f "$f";;
        *.sql.gz) gunzip -c "$f" | psql -X -v ON_ERROR_STOP=1 -d "$POSTGRES_DB";;
      esac
    done
    pg_ctl -D "$PGDATA" -m fast -w stop
    unset PGPASSWORD PGUSER
    set -- postgres "$@"
    printf '\nPostgreSQL init process complete; ready for start up.\n\n'
  fi
fi
exec "$@"
