#!/bin/sh
# Finds or installs the servers the tests start: install.sh all | mariadb | postgres | sftp | minio | drivers.
# Everything goes into one folder of the user's cache; no root, no system service.
# A failure is one sentence: what is missing and what to do.
set -eu

tools=${GUIJI_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/guiji/tools}

die() {
	echo "install.sh: $*" >&2
	exit 1
}

# need_disk MEGABYTES: refuses early what would fail half way.
need_disk() {
	mkdir -p "$tools" || die "cannot create $tools: set GUIJI_TOOLS to a folder you may write"
	free=$(df -Pm "$tools" | awk 'NR==2 {print $4}')
	[ "$free" -ge "$1" ] || die "$tools has $free MB free and $1 MB are needed: free some space or set GUIJI_TOOLS"
}

# unpack makes a server out of Debian's packages, unpacked and not
# installed: the packages' scripts, which would create users and start a service, never
# run. A program is a path in them that gets a wrapper in $tools/NAME/bin. The first one
# starts if it ends with the status ANSWERS when it is asked for its version.
# unpack NAME PROGRAMS PACKAGES [ANSWERS]
unpack() {
	name=$1 programs=$2 wanted=$3 answers=${4:-0}
	home=$tools/$name
	for tool in apt-get apt-cache dpkg-deb awk df; do
		command -v $tool >/dev/null 2>&1 || die "$tool is missing: install the server of $name yourself and put it on PATH"
	done
	need_disk 700

	work=$tools/.$name.$$
	trap 'rm -rf "$work"' EXIT
	mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/debs" "$work/root/bin"
	apt_options="-o Dir::State=$work/state -o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache=$work/cache -o APT::Sandbox::User=$(id -un)"
	# A private mirror that does not answer is no obstacle as long as Debian's own does.
	apt-get $apt_options update >"$work/log" 2>&1 || true
	apt-cache $apt_options show ${wanted%% *} >/dev/null 2>&1 ||
		die "no package source offers ${wanted%% *}: check the network and /etc/apt/sources.list.d (apt said: $(tail -n 1 "$work/log"))"
	# The C library and the compiler's stay the system's: another one under
	# LD_LIBRARY_PATH would not start.
	packages=$(apt-cache $apt_options depends --recurse --no-recommends --no-suggests --no-conflicts \
		--no-breaks --no-replaces --no-enhances $wanted 2>/dev/null |
		grep '^[a-z0-9]' | sort -u |
		grep -v -E '^(libc6|libc-bin|libgcc-s1|libstdc\+\+6|gcc-[0-9]+-base|libelogind.*|debconf.*|perl.*|lsb-base|passwd|coreutils)$')
	# Names that are only virtual or of another release have no candidate.
	packages=$(apt-cache $apt_options policy $packages |
		awk '/^[^ ]/ {name = $1; sub(/:$/, "", name)} /Candidate: [0-9]/ {print name}')
	(cd "$work/debs" && apt-get $apt_options download $packages) >>"$work/log" 2>&1 ||
		die "Debian's packages of $name could not be downloaded: check the network and try again (apt said: $(tail -n 1 "$work/log"))"
	for deb in "$work"/debs/*.deb; do
		dpkg-deb -x "$deb" "$work/root" || die "$(basename "$deb") could not be unpacked: delete $tools and try again"
	done
	for pattern in $programs; do
		program=$(cd "$work/root" && ls $pattern 2>/dev/null | sort -V | tail -n 1)
		[ -n "$program" ] || die "Debian's packages hold no $pattern: install the server of $name yourself and put it on PATH"
		cat >"$work/root/bin/$(basename $program)" <<-'WRAPPER'
			#!/bin/sh
			root=$(cd "$(dirname "$0")/.." && pwd)
			libs=$(find "$root/usr/lib" "$root/lib" -maxdepth 1 -type d 2>/dev/null | tr '\n' ':')
			LD_LIBRARY_PATH="$libs${LD_LIBRARY_PATH:-}"
			export LD_LIBRARY_PATH
		WRAPPER
		printf 'exec "$root/%s" "$@"\n' $program >>"$work/root/bin/$(basename $program)"
		chmod +x "$work/root/bin/$(basename $program)"
	done
	first=$(basename ${programs%% *})
	status=0
	"$work/root/bin/$first" --version >"$work/log" 2>&1 || status=$?
	[ "$status" = "$answers" ] ||
		die "the unpacked $first does not start: install the server of $name yourself and put it on PATH (it said: $(tail -n 1 "$work/log"))"
	rm -rf "$home"
	mv "$work/root" "$home" || die "cannot move $name into $home: delete that folder and try again"
	echo "$name: $home/bin/$first"
}

install_mariadb() {
	for found in mariadbd /usr/sbin/mariadbd "$tools/mariadb/bin/mariadbd"; do
		if command -v "$found" >/dev/null 2>&1 && "$found" --version >/dev/null 2>&1; then
			echo "mariadb: $(command -v "$found")"
			return
		fi
	done
	unpack mariadb "usr/sbin/mariadbd usr/bin/mariadb" "mariadb-server-core mariadb-client-core libaio1 libaio1t64 liburing2 libnuma1"
}

# PostgreSQL refuses to run as root: there the tests run it as another account, which
# may not look into root's own cache.
install_postgres() {
	[ "$(id -u)" != 0 ] || [ -n "${GUIJI_TOOLS:-}" ] || tools=/var/cache/guiji/tools
	for found in postgres /usr/lib/postgresql/*/bin/postgres "$tools/postgres/bin/postgres"; do
		if command -v "$found" >/dev/null 2>&1 && "$found" --version >/dev/null 2>&1; then
			echo "postgres: $(command -v "$found")"
			return
		fi
	done
	newest=$(apt-cache pkgnames postgresql- 2>/dev/null | grep -E '^postgresql-[0-9]+$' | sort -V | tail -n 1)
	unpack postgres "usr/lib/postgresql/*/bin/postgres usr/lib/postgresql/*/bin/initdb" "${newest:-postgresql-15}"
}

# The SSH server of OpenSSH: the tests run it as an account that is not root, as they run
# PostgreSQL. It knows no --version and ends with 1.
install_sftp() {
	[ "$(id -u)" != 0 ] || tools=/var/cache/guiji/tools
	for found in /usr/sbin/sshd "$tools/sftp/bin/sshd"; do
		if [ -x "$found" ]; then
			echo "sftp: $found"
			return
		fi
	done
	unpack sftp "usr/sbin/sshd" "openssh-server" 1
}

# MinIO is built from source by Go itself, some minutes the first time. GOFLAGS are
# emptied: guiji's own build tags are none of MinIO's business.
install_minio() {
	for found in "$tools/bin/minio" minio; do
		if command -v "$found" >/dev/null 2>&1 && "$found" --version >/dev/null 2>&1; then
			echo "minio: $(command -v "$found")"
			return
		fi
	done
	command -v go >/dev/null 2>&1 || die "go is missing: install Go, or put a minio binary on PATH"
	need_disk 3000
	mkdir -p "$tools/bin"
	echo "building minio, which takes some minutes the first time ..." >&2
	(cd / && GOFLAGS='' GOBIN="$tools/bin" go install github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c) ||
		die "minio could not be built: check the network (GOPROXY) and try again, or put a minio binary on PATH"
	echo "minio: $tools/bin/minio"
}

# What the example programs of connectors/command need: pyarrow by pip, Arrow for Java and an
# embedded database by Maven. They go into folders of their own; nothing of the system changes.
install_drivers() {
	if ! ls "$tools"/python/pyarrow/__init__.py >/dev/null 2>&1; then
		python3 -m pip --version >/dev/null 2>&1 || die "python3 with pip is missing: install it, the examples of connectors/command are tested with it"
		need_disk 500
		python3 -m pip install -q --no-warn-script-location --target "$tools/python" "pyarrow>=15" >&2 || die "pyarrow could not be installed: check the network and try again"
	fi
	echo "pyarrow: $tools/python"
	if ! ls "$tools"/jdbc/h2-*.jar >/dev/null 2>&1; then
		command -v mvn >/dev/null 2>&1 && command -v javac >/dev/null 2>&1 || die "mvn or javac is missing: install Maven and a JDK of 17 or later, the examples of connectors/command are tested with them"
		mvn -q -B -f "$(dirname "$0")/../../connectors/command/examples/java/pom.xml" dependency:copy-dependencies -DoutputDirectory="$tools/.jdbc.$$" >&2 ||
			die "Maven could not fetch what the Java example needs: check the network and try again"
		rm -rf "$tools/jdbc" && mv "$tools/.jdbc.$$" "$tools/jdbc"
	fi
	echo "jdbc: $tools/jdbc"
}

# install.sh is sourced by nothing: the case is its whole interface.
case ${1:-} in
mariadb) install_mariadb ;;
postgres) install_postgres ;;
sftp) install_sftp ;;
minio) install_minio ;;
drivers) install_drivers ;;
all)
	(install_mariadb) # its trap ends with it, and what root's PostgreSQL sets
	(install_postgres)
	(install_sftp)
	install_minio
	install_drivers
	;;
*) die "usage: install.sh all | mariadb | postgres | sftp | minio | drivers" ;;
esac
