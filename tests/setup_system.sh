#!/bin/sh
# Installs what the tests need of the system where that can be done without asking: as root, with
# apt-get. Else it says what is missing. With CI=true something missing is a failure.
# Prometheus' and Alertmanager's own services are neither started nor left switched on: the tests
# start the programs themselves, on free ports.
set -eu

have() { command -v "$1" >/dev/null 2>&1; }

missing=""
{ have prometheus && have promtool; } || missing="$missing prometheus"
{ { have prometheus-alertmanager || have alertmanager; } && have amtool; } ||
    missing="$missing prometheus-alertmanager"
{ have chromium || have chromium-browser || have google-chrome; } || missing="$missing chromium"
[ -n "$missing" ] || exit 0

if ! have apt-get || [ "$(id -u)" -ne 0 ]; then
    echo "Missing for some tests:$missing"
    echo "On Debian: sudo apt-get install --no-install-recommends$missing"
    [ "${CI:-}" != true ] || exit 1
    echo "Going on: the tests that need them are skipped and say so."
    exit 0
fi

# Debian asks this file before it starts a service at installation; 101 means no.
policy=/usr/sbin/policy-rc.d
ours=""
clean_up() { [ -z "$ours" ] || rm -f "$policy"; }
trap clean_up EXIT
if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi

log=$(mktemp)
echo "Installing for the tests:$missing (a minute or two) …"
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update -qq -o Acquire::Retries=3 &&
    # shellcheck disable=SC2086  # the names are separate words
    apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 $missing; } >"$log" 2>&1
then
    cat "$log"
    echo "Could not install:$missing (above is what apt-get said)"
    exit 1
fi
rm -f "$log"

# Installed by us, so switched off by us; a service that stood before is left as it was.
if have systemctl; then
    for service in prometheus prometheus-node-exporter prometheus-alertmanager; do
        case " $missing " in
            *" ${service} "*) systemctl disable --quiet "$service" 2>/dev/null || true ;;
        esac
    done
fi
