// Loaded into the command with `node --require`: it kills its own process at a point of its work, as `kill -9` would.
// A point is a moment before, within or after a line of the journal, or before or after a write of a rule reaches AWS.
//   CRASH_AT   number of the point, from 1; 0: none
//   CRASH_LOG  file that gets the name of each point that is passed
const { appendFileSync, writeSync } = require('node:fs');
const files = require('node:fs/promises');
const http = require('node:http');

const at = Number(process.env.CRASH_AT ?? 0);
let passed = 0;

/** Dies here when this is the point; `first` is done before. */
function point(name, first) {
  passed += 1;
  appendFileSync(process.env.CRASH_LOG, `${name}\n`);
  if (passed !== at) return;
  first?.();
  process.kill(process.pid, 'SIGKILL');
  // Nothing of this process goes on while the signal is on its way.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const { open } = files;
files.open = async (path, flags, ...rest) => {
  const handle = await open(path, flags, ...rest);
  if (!String(path).endsWith('.ndjson') || flags !== 'a') return handle;
  const { appendFile, sync } = handle;
  let type;
  handle.appendFile = async (text, ...more) => {
    type = JSON.parse(text).type;
    point(`before line "${type}"`);
    point(`half of line "${type}"`, () => writeSync(handle.fd, text.slice(0, text.length / 2)));
    return appendFile.call(handle, text, ...more);
  };
  handle.sync = async () => {
    await sync.call(handle);
    point(`after line "${type}"`);
  };
  return handle;
};

const { request } = http;
http.request = (...args) => {
  const sent = request(...args);
  let body = '';
  for (const method of ['write', 'end']) {
    const original = sent[method];
    sent[method] = (chunk, ...more) => {
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) body += Buffer.from(chunk).toString();
      if (method === 'end' && body.includes('Action=ModifyRule')) {
        point('before ModifyRule');
        // The answer is there, nobody has read it yet.
        sent.prependOnceListener('response', () => point('after ModifyRule'));
      }
      return original.call(sent, chunk, ...more);
    };
  }
  return sent;
};
