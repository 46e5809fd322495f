#!/bin/sh
# Run once by the image of PostgreSQL, when its data folder is new: an owner each for Temporal's databases and the register.
set -eu

make_owner() {
  OWNER=$1 PASSWORD=$(cat "$SECRETS/$2") psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" \
    --dbname=postgres <<'SQL'
\getenv owner OWNER
\getenv password PASSWORD
CREATE ROLE :"owner" LOGIN PASSWORD :'password';
SQL
}

make_database() {
  OWNER=$1 DATABASE=$2 psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres <<'SQL'
\getenv owner OWNER
\getenv database DATABASE
CREATE DATABASE :"database" OWNER :"owner" ENCODING 'UTF8';
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
SQL
}

SECRETS=${SECRETS:-/run/secrets}
make_owner temporal temporal_database_password
make_database temporal temporal
make_database temporal temporal_visibility
make_owner twentydays register_database_password
make_database twentydays twentydays
