/** All items of an AWS answer that comes in pages: `read` answers the items and the marker of the next page. */
export async function collectPages<T>(
  read: (marker: string | undefined) => Promise<[T[] | undefined, string | undefined]>,
): Promise<T[]> {
  const items: T[] = [];
  let marker: string | undefined;
  do {
    const [page, next] = await read(marker);
    items.push(...(page ?? []));
    marker = next;
  } while (marker);
  return items;
}
