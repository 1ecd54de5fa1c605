import { byType, text } from './cloud';
import type { Made } from './cloud';
import type { ResourceType } from './resource-type';
import type { Values } from './values';

export interface ByType extends Omit<ResourceType, 'create' | 'update' | 'remove'> {
  /** Of CloudFormation. */
  readonly type: string;
  readonly properties: (values: Values) => object;
  /** What Terraform's state says of what was made. */
  readonly made: (made: Made, values: Values) => { readonly [name: string]: unknown };
  /** What the local AWS calls the resource. @default the state's `id` */
  readonly id?: (state: Values) => string;
  /** Before it is made: names, mostly. */
  readonly prepare?: (values: Values) => Values;
}

/** A resource that the local AWS makes as CloudFormation would; what is not read back keeps what the state says. */
export function resource(description: ByType): ResourceType {
  const {
    type,
    properties,
    made,
    id = (state: Values) => text(state['id']),
    prepare = () => ({}),
    ...rest
  } = description;
  return {
    ...rest,
    async create({ planned }) {
      const values = { ...planned, ...prepare(planned) };
      const answer = await byType({ action: 'create', type, name: 'resource', properties: properties(values) });
      return { ...values, ...(made(answer, values) as Values) };
    },
    async update({ planned, prior }) {
      const values = { ...planned };
      const answer = await byType({
        action: 'update',
        type,
        name: 'resource',
        id: id(prior),
        old: properties(prior),
        properties: properties(values),
      });
      return { ...values, ...(made(answer, values) as Values) };
    },
    async remove(state) {
      await byType({ action: 'delete', type, name: 'resource', id: id(state), properties: properties(state) });
    },
  };
}
