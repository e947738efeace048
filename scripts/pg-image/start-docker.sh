#!/bin/bash
# Makes a Docker engine answer on a Debian machine, as root: installs docker.io if dockerd is missing, starts dockerd if nothing answers.
# usage: start-docker.sh      (DOCKER_DATA_ROOT: where the engine keeps images; default /var/lib/docker)
set -euo pipefail
answers() { docker version --format '{{.Server.Version}}' 2>/dev/null; }
if version=$(answers); then echo "Docker $version answers"; exit 0; fi
if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then
  apt-get update -qq
  # policy-rc.d keeps the package from starting a service: this script starts the engine itself.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold docker.io iptables >/dev/null
fi
log=$(mktemp /tmp/dockerd.XXXXXX.log)
setsid nohup dockerd --data-root "${DOCKER_DATA_ROOT:-/var/lib/docker}" >"$log" 2>&1 </dev/null &
pid=$!
for _ in $(seq 300); do
  if version=$(answers); then echo "Docker $version answers (dockerd $pid, log $log)"; exit 0; fi
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.1
done
echo "dockerd does not answer; the end of $log:" >&2
tail -n 20 "$log" >&2
exit 1
