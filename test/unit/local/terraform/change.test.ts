import { applied, planned } from '../../../../local/terraform/change';
import { MadeButFailed } from '../../../../local/terraform/resource-type';
import type { ResourceType } from '../../../../local/terraform/resource-type';
import type { BlockSchema } from '../../../../local/terraform/schema';
import { Unknown, read, write } from '../../../../local/terraform/values';
import type { Values } from '../../../../local/terraform/values';

const block: BlockSchema = {
  attributes: {
    id: { type: 'string', computed: true },
    name: { type: 'string', required: true },
    size: { type: 'number', optional: true },
    secret_wo: { type: 'string', optional: true, writeOnly: true },
  },
  blocks: {},
};
const nothing = { id: null, name: null, size: null, secret_wo: null };
const fails = () => Promise.reject(new Error('refused'));
const kind = (more: Partial<ResourceType> = {}): ResourceType => ({
  forceNew: ['name'],
  create: ({ config }) => Promise.resolve({ id: `made with ${String(config['secret_wo'] as string)}` }),
  remove: () => Promise.resolve(),
  ...more,
});
const change = (prior: Values | null, config: Values | null, more: Partial<ResourceType> = {}) => ({
  block,
  kind: kind(more),
  prior,
  config,
  tags: {},
});
const prior: Values = { ...nothing, id: '1', name: 'a', size: 0 };

describe('a plan', () => {
  test('of a new resource says that the provider will give its id', () => {
    expect(planned(change(null, nothing), { ...nothing, name: 'a' }).state).toMatchObject({
      id: Unknown.value,
      size: null,
    });
  });

  test('gives what nobody set its default, and keeps a zero that somebody set', () => {
    const defaults = { defaults: { size: 3 } };
    expect(planned(change(null, nothing, defaults), { ...nothing, name: 'a' }).state).toMatchObject({ size: 3 });
    expect(planned(change(null, nothing, defaults), { ...nothing, name: 'a', size: 0 }).state).toMatchObject({
      size: 0,
    });
  });

  test('takes nothing for the zero value, and so sees no change', () => {
    expect(planned(change(prior, prior), { ...prior, size: null })).toEqual({ state: prior, replaces: [] });
  });

  test('replaces for a name and changes for a size', () => {
    expect(planned(change(prior, prior), { ...prior, name: 'b' }).replaces).toEqual(['name']);
    expect(planned(change(prior, prior), { ...prior, size: 2 })).toEqual({
      state: { ...prior, size: 2 },
      replaces: [],
    });
  });

  test('takes what is unknown for a change', () => {
    expect(planned(change(prior, prior), { ...prior, name: Unknown.value }).replaces).toEqual(['name']);
  });
});

describe('an apply', () => {
  test('hands a write-only value to the creation and to no state', async () => {
    const config = { ...nothing, name: 'a', secret_wo: 'x' };
    const { state } = await applied(change(null, config), { ...nothing, id: Unknown.value, name: 'a' });
    expect(state).toMatchObject({ id: 'made with x' });
    expect(read(write({ ...state, secret_wo: 'x' }, block))).toMatchObject({ secret_wo: null });
  });

  test('that fails to create leaves nothing, unless it was made', async () => {
    const next = { ...nothing, name: 'a', id: Unknown.value };
    expect(await applied(change(null, next, { create: fails }), next)).toMatchObject({ state: null });
    const half = () => Promise.reject(new MadeButFailed({ id: '7' }, new Error('not steady')));
    expect(await applied(change(null, next, { create: half }), next)).toMatchObject({ state: { id: '7', name: 'a' } });
  });

  test('that fails to update keeps the new values, so that nobody tries again', async () => {
    const next = { ...prior, size: 5 };
    const { state, error } = await applied(change(prior, next, { update: fails }), next);
    expect(state).toEqual(next);
    expect(error).toBeInstanceOf(Error);
  });

  test('that fails to delete keeps the resource', async () => {
    expect(await applied(change(prior, null, { remove: fails }), null)).toMatchObject({ state: prior });
    expect(await applied(change(prior, null), null)).toEqual({ state: null });
  });
});
