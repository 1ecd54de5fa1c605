/** Shell scripts for a node: POSIX sh with flock, timeout, base64, sha256sum and Linux' /proc. One an operation. */

/** A value as one word of the shell, whatever is in it. */
export const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;

/** Seconds on the node for the test, and for the reload command. */
const COMMAND_SECONDS = 15;
/** Hundredths of a second until the workers must be new ones, besides twice the time that the test took. */
const LOAD_WITHIN = 500;
/** Seconds that a script waits for another one on the same node. */
const LOCK_SECONDS = 8;

export interface NodeFiles {
  readonly file: string;
  readonly pidFile: string;
}

export interface WriteOrder extends NodeFiles {
  readonly content: string;
  /** SHA-256 of the content that is to be replaced, or `missing`: with any other the node writes nothing. */
  readonly expected: string;
  /** Whether the workers are known to run that content: noted on the node, because what follows changes the file's times. */
  readonly loaded: boolean;
  /** Hundredths of a second of the node's own uptime, after which it writes nothing any more. */
  readonly deadline: number;
  readonly test: string;
  readonly reload: string;
  /** What the printed configuration must hold; left out for a way back. */
  readonly needs?: { readonly text: string; readonly variable: string; readonly upstreams: readonly string[] };
}

/**
 * Content of the file, and what is needed to know whether the running workers have read it. Changes nothing.
 */
export const readScript = (files: NodeFiles): string =>
  script(files, `flock -s -w ${LOCK_SECONDS} 9 || fail busy\n${LOOK}`);

/**
 * Writes the file, tests, reloads and waits for the new workers; puts the old file back when nginx does not take it.
 * A shell reads a function to its end before it runs it, so that a connection that breaks halfway runs nothing.
 */
export function writeScript(order: WriteOrder): string {
  const { needs } = order;
  const checks = needs
    ? [
        // A test that prints no configuration (nginx -t) has nothing to be searched.
        `if printed -q '^# configuration file '; then`,
        `  printed -qxF ${quoted(hashLine(needs.text))} || reject unused "no include reads $file"`,
        `  [ "$(used -cE ${quoted(`\\$([{]${needs.variable}[}]|${needs.variable}([^a-zA-Z0-9_]|$))`)})" -gt 1 ] || reject unused ${quoted(`no proxy_pass uses $${needs.variable}`)}`,
        ...needs.upstreams.map(
          (name) =>
            `  joined -Eq ${quoted(`(^|[[:space:];{}])upstream[[:space:]]+["']?${name.replaceAll('.', '\\.')}["']?[[:space:]]*[{]`)} || reject unused ${quoted(`there is no upstream ${name}`)}`,
        ),
        'fi',
      ]
    : [];
  return script(
    order,
    `
flock -w ${LOCK_SECONDS} 9 || fail busy
[ "$(content_hash)" = ${quoted(order.expected)} ] || fail changed
find_master
[ -n "$master" ] || fail stopped
[ "$(uptime)" -le ${Math.floor(order.deadline)} ] || fail late
before=$(workers)
reject() {
  if [ -e "$old" ]; then mv -f "$old" "$file"; else rm -f "$file"; fi
  [ "$1" = unloaded ] && timeout ${COMMAND_SECONDS} sh -c ${quoted(order.reload)} </dev/null >/dev/null 2>&1 9<&-
  fail "$1" "$2"
}
printed() { printf '%s\\n' "$config" | grep "$@"; }
used() { printf '%s\\n' "$config" | grep -v '^[[:space:]]*#' | grep "$@"; }
joined() { printf '%s\\n' "$config" | grep -v '^[[:space:]]*#' | tr '\\n' ' ' | grep "$@"; }
try() { said=$("$@" 2>&1) || fail unwritable "$said"; }
rm -f "$new" "$old"
[ -e "$file" ] && try cp -p "$file" "$new"
said=$( { printf %s ${quoted(Buffer.from(order.content).toString('base64'))} | base64 -d > "$new"; } 2>&1) || fail unwritable "$said"
sync "$new" 2>/dev/null || sync
[ -e "$file" ] && { ln "$file" "$old" 2>/dev/null || try cp -p "$file" "$old"; }
note_load() { { printf '%s\\n' "$1" "$2"; } > "$receipt.new" && mv -f "$receipt.new" "$receipt"; }
${order.loaded ? `note_load ${quoted(order.expected)} "$before"` : ''}
try mv -f "$new" "$file"
began=$(uptime)
config=$(timeout ${COMMAND_SECONDS} sh -c ${quoted(order.test)} </dev/null 2>"$errors" 9<&-) || reject test "$(cat "$errors")"
${checks.join('\n')}
timeout ${COMMAND_SECONDS} sh -c ${quoted(order.reload)} </dev/null >"$errors" 2>&1 9<&- || reject reload "$(cat "$errors")"
tested=$(uptime)
while :; do
  now=$(workers)
  fresh=yes
  for worker in $before; do case " $now " in *" $worker "*) fresh= ;; esac; done
  [ -n "$now" ] && [ -n "$fresh" ] && break
  [ "$(uptime)" -lt $((tested + 2 * (tested - began) + ${LOAD_WITHIN})) ] || reject unloaded "the workers are still those from before; the error log says why"
  sleep 0.05
done
note_load "$(content_hash)" "$now"
rm -f "$old" "$errors"
${LOOK}`,
  );
}

const LOOK = `
find_master
echo "clock=$(date -u '+%s.%N')"
read -r up rest < /proc/uptime
echo "uptime=$up"
echo "ticks=$(getconf CLK_TCK 2>/dev/null || echo 100)"
echo "changed=$(stat -c %z "$file" 2>/dev/null)"
echo "master=$master"
echo "workers=$([ -n "$master" ] && workers)"
echo "receipt=$({ tr '\\n' ' ' < "$receipt"; } 2>/dev/null)"
[ -e "$file" ] && echo "content=$(head -c 65536 "$file" | base64 | tr -d '\\n')"
echo end=ok`;

/** \`workers\` prints pid:start (clock ticks since boot) of the workers that accept; one that shuts down has another title. */
const script = ({ file, pidFile }: NodeFiles, body: string): string => `main() {
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
LC_ALL=C TZ=UTC0
export PATH LC_ALL TZ
echo
echo begin=ok
file=${quoted(file)}
pid_file=${quoted(pidFile)}
[ -e "$file" ] && file=$(readlink -f "$file")
folder=\${file%/*}
name=\${file##*/}
new=$folder/.$name.new
old=$folder/.$name.old
errors=$folder/.$name.errors
receipt=$folder/.$name.loaded
fail() {
  rm -f "$errors"
  echo "failed=$1"
  echo "said=$(printf %s "$2" | head -c 4000 | base64 | tr -d '\\n')"
  echo end=ok
  exit 0
}
content_hash() { if [ -e "$file" ]; then sha256sum < "$file" | cut -c 1-64; else echo missing; fi; }
uptime() {
  read -r up rest < /proc/uptime
  echo "\${up%.*}\${up#*.}"
}
title() { tr '\\0' ' ' < "/proc/$1/cmdline" 2>/dev/null; }
find_master() {
  master=
  { read -r master < "$pid_file"; } 2>/dev/null
  case $(title "$master") in 'nginx: master process'*) ;; *) master= ;; esac
}
workers() {
  found=
  for stat in /proc/[0-9]*/stat; do
    { read -r line < "$stat"; } 2>/dev/null || continue
    set -- \${line##*) }
    [ "$2" = "$master" ] || continue
    id=\${stat#/proc/}
    id=\${id%/stat}
    case $(title "$id") in
      'nginx: worker process is shutting down'*) ;;
      'nginx: worker process'*) found="$found\${found:+ }$id:\${20}" ;;
    esac
  done
  printf %s "$found"
}
[ -d "\${folder:-/}" ] || fail unreadable "there is no folder $folder"
[ -d "$file" ] && fail unreadable "$file is a folder"
[ -r "\${folder:-/}" ] || fail unreadable "$folder cannot be read"
exec 9< "\${folder:-/}"
${body}
}
main
`;

/** The line of the file that no other file has. */
const hashLine = (text: string): string => text.split('\n').find((line) => line.startsWith('# sha256: ')) ?? '';
