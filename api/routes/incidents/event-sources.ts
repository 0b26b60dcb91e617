import { SOURCES } from '../../../store/incidents/lists';
import { SOURCE } from '../../../store/incidents/tables';
import type { RecordKind } from '../../http/records';
import { name, text } from '../../http/schemas';
import { BUSINESS } from './deps';

/** Where events come from. */
export const SOURCE_KIND: RecordKind = {
  path: `${BUSINESS}event-sources/`,
  label: 'event source',
  schemaId: 'EventSource',
  tags: ['incidents'],
  source: SOURCES,
  table: SOURCE,
  fields: { name: name(255), description: text(10_000) },
  defaults: { description: '' },
};
