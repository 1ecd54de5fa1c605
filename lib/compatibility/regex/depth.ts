import type { ClassSet, Node } from './ast';

/** How deep the tree of a pattern is, counted as the crate counts for its limit of 250. */
export function depth(root: Node): number {
  let deepest = 0;
  // By hand and not by calls: the trees that this is for are deeper than a stack ought to be.
  const left: { readonly node: Node; readonly at: number }[] = [{ node: root, at: 0 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { node, at } = next;
    const inside = at + 1;
    if (node.type === 'class') deepest = Math.max(deepest, inside + depthOfSet(node.set));
    else if (node.type === 'group' || node.type === 'repeat') left.push({ node: node.node, at: inside });
    else if (node.type === 'concat' || node.type === 'alternate') {
      for (const part of node.nodes) left.push({ node: part, at: inside });
    } else deepest = Math.max(deepest, at);
  }
  return deepest;
}

function depthOfSet(root: ClassSet): number {
  let deepest = 0;
  const left: { readonly set: ClassSet; readonly at: number }[] = [{ set: root, at: 0 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { set, at } = next;
    const parts =
      set.type === 'bracketed'
        ? [set.set]
        : set.type === 'union'
          ? set.items
          : set.type === 'operation'
            ? set.sides
            : [];
    deepest = Math.max(deepest, parts.length > 0 ? at + 1 : at);
    for (const part of parts) left.push({ set: part, at: at + 1 });
  }
  return deepest;
}
