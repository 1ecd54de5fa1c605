/** What is asked of a certificate: how strong its key and its signature are. */
export interface Certificate {
  /** Undefined for keys of other kinds (Ed25519), which have one strength. */
  readonly key: { readonly type: 'rsa' | 'dsa' | 'ec'; readonly bits: number } | undefined;
  /** Of a signature by a digest that is broken; undefined for all others. */
  readonly digest: 'MD5' | 'SHA-1' | undefined;
  /** Its issuer is its subject: it signed itself. */
  readonly isSelfIssued: boolean;
}

/** The certificates of a PEM text; those that can not be read are left out (Kong itself refuses them). */
export function certificatesOf(pem: string): readonly Certificate[] {
  const blocks = pem.matchAll(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END/g);
  return [...blocks].flatMap(([, base64 = '']) => {
    try {
      return [certificate(Uint8Array.from(atob(base64.replace(/\s/g, '')), (char) => char.charCodeAt(0)))];
    } catch {
      return [];
    }
  });
}

/** A value of DER: its tag and content. */
interface Der {
  readonly tag: number;
  readonly content: Uint8Array;
}

const KEYS: Readonly<Record<string, 'rsa' | 'dsa' | 'ec'>> = {
  '1.2.840.113549.1.1.1': 'rsa',
  '1.2.840.113549.1.1.10': 'rsa',
  '1.2.840.10040.4.1': 'dsa',
  '1.2.840.10045.2.1': 'ec',
};
const DIGESTS: Readonly<Record<string, 'MD5' | 'SHA-1'>> = {
  '1.2.840.113549.1.1.4': 'MD5',
  '1.2.840.113549.1.1.5': 'SHA-1',
  '1.3.14.3.2.29': 'SHA-1',
  '1.2.840.10040.4.3': 'SHA-1',
  '1.2.840.10045.4.1': 'SHA-1',
};
const VERSION_TAG = 0xa0;

/** RFC 5280, section 4.1. */
function certificate(bytes: Uint8Array): Certificate {
  const [tbs, algorithm] = children(value(bytes, 0).der);
  const fields = children(tbs).filter(({ tag }) => tag !== VERSION_TAG);
  const [, , issuer, , subject, publicKey] = fields;
  const [signature] = children(algorithm);
  return {
    key: keyOf(publicKey),
    digest: DIGESTS[oid(signature)],
    isSelfIssued: String(issuer?.content) === String(subject?.content),
  };
}

function keyOf(publicKey: Der | undefined): Certificate['key'] {
  const [algorithm, bits] = children(publicKey);
  const [name, parameters] = children(algorithm);
  const type = KEYS[oid(name)];
  // The first byte of a bit string counts its unused bits.
  const key = bits?.content.slice(1) ?? new Uint8Array();
  if (type === 'rsa') return { type, bits: bitsOf(children(value(key, 0).der)[0]) };
  if (type === 'dsa') return { type, bits: bitsOf(children(parameters)[0]) };
  if (type === 'ec') return { type, bits: pointBits(key) };
  return undefined;
}

/** A point is a byte that says how it is written and one coordinate or two. */
const pointBits = (point: Uint8Array): number => ((point.length - 1) / (point[0] === 4 ? 2 : 1)) * 8;

function bitsOf(integer: Der | undefined): number {
  const digits = [...(integer?.content ?? [])];
  const first = digits.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (digits.length - first - 1) * 8 + (32 - Math.clz32(digits[first] ?? 0));
}

function value(bytes: Uint8Array, at: number): { der: Der; end: number } {
  const tag = bytes[at];
  let length = bytes[at + 1];
  if (tag === undefined || length === undefined) throw new Error('the DER ends too early');
  let start = at + 2;
  if (length >= 0x80) {
    const count = length - 0x80;
    length = 0;
    for (const byte of bytes.slice(start, start + count)) length = length * 256 + byte;
    start += count;
  }
  const end = start + length;
  if (end > bytes.length) throw new Error('the DER ends too early');
  return { der: { tag, content: bytes.slice(start, end) }, end };
}

function children(parent: Der | undefined): Der[] {
  if (parent === undefined) throw new Error('a field is missing');
  const found: Der[] = [];
  for (let at = 0; at < parent.content.length;) {
    const { der, end } = value(parent.content, at);
    found.push(der);
    at = end;
  }
  return found;
}

function oid(der: Der | undefined): string {
  const [first = 0, ...rest] = der?.content ?? [];
  const parts = [Math.floor(first / 40), first % 40];
  let number = 0;
  for (const byte of rest) {
    number = number * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      parts.push(number);
      number = 0;
    }
  }
  return parts.join('.');
}
