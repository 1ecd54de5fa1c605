import type { Entity } from '../rule';
import { isMap, type Fields } from './plugins/config';

/** `_info.defaults` of a file by kind (`route`, `service`): decK fills them in where an entity leaves a field out. */
export class FileDefaults {
  private defaults: Fields = {};

  /** The file comes before its entities. */
  read(file: Entity): void {
    const info = file.value._info;
    this.defaults = isMap(info) && isMap(info.defaults) ? info.defaults : {};
  }

  /** What the entity says, else what the file says for all of its kind; undefined where both are silent. */
  valueOf({ value }: Entity, kind: string, field: string): unknown {
    const own = value[field];
    const ofKind = this.defaults[kind];
    return own ?? (isMap(ofKind) ? ofKind[field] : undefined) ?? undefined;
  }
}
