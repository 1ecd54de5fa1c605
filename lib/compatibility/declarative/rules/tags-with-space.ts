import { TABLES } from '../kinds';
import type { DeclarativeRule } from '../rule';

export const tagsWithSpace: DeclarativeRule = {
  id: 'tags-with-space',
  on: [...TABLES],
  check({ value }) {
    if (!Array.isArray(value.tags) || value.tags.length === 0) return 'not-applicable';
    const found = value.tags.flatMap((tag, index) =>
      typeof tag === 'string' && /\s/.test(tag)
        ? [
            {
              path: ['tags', index],
              message: `the tag ${JSON.stringify(tag)} holds white space: 2.8 refuses it, which matters on the way back`,
            },
          ]
        : [],
    );
    return found.length > 0 ? found : 'compliant';
  },
};
