import type { SourceRule } from '../rule';
import { lineRule } from './text';

/** Plugins in JavaScript, Python and Go. */
export const polyglotRules: readonly SourceRule[] = [
  lineRule(
    'pdk-js-python-rawbody',
    /\bgetRawBody\s*\(|\bget_raw_body\s*\(/,
    {
      field: 'raw body',
      message: 'the raw body is bytes (Uint8Array in JavaScript, bytes in Python), it was a string',
      how: 'decode it: Buffer.from(body).toString("utf8"), body.decode("utf-8")',
    },
    { on: ['javascript', 'python'] },
  ),
  lineRule(
    'pdk-get-path-normalized',
    /\bkong\.request\.(getPath|get_path)\s*\(|\bkong\.Request\.GetPath\s*\(/,
    {
      field: 'kong.request.get_path',
      message: 'the path of the request is normalized: percent-encoding decoded, dot segments and double slashes gone',
      how: 'use the raw path (getRawPath, get_raw_path, GetRawPath) where it is meant as the client sent it',
    },
    { on: ['javascript', 'python'] },
  ),
];
