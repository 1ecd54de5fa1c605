/** `10.20.3.4` -> 169083652. */
export const addressNumber = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

export const addressText = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');

/** Number of addresses behind a prefix length. */
export const rangeSize = (prefix: number): number => 2 ** (32 - prefix);

/** The range by its first address, as EC2 keeps it: `10.1.2.3/16` -> `10.1.0.0/16`. What is not IPv4 stays as it is. */
export function networkRange(cidr: string): string {
  const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(cidr);
  if (match === null) return cidr;
  const prefix = Number(match[2]);
  const number = addressNumber(match[1]!);
  return `${addressText(number - (number % rangeSize(prefix)))}/${prefix}`;
}
