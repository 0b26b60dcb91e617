import { isIP } from 'node:net';
import { z } from 'zod';
import { ROUTERS } from '../../../store/devices/lists';
import { watchRouter } from '../../../store/devices/people';
import { ROUTER } from '../../../store/devices/tables';
import { STATES } from '../../../store/peering/lists';
import type { RecordKind } from '../../http/records';
import { document } from '../../http/document';
import { choice, name, reference, text } from '../../http/schemas';

const address = (version: 4 | 6): z.ZodType<string> =>
  z
    .string()
    .refine(
      (value) => isIP(value) === version && !value.includes('%'),
      `expected an IPv${version} address without a prefix length`,
    );

/** Each once and in order, as those of NetBox's devices are. */
const tags = z
  .array(name(100))
  .max(1000)
  .transform((texts) => [...new Set(texts)].sort());

/** Routers. Those that are linked follow devices of NetBox's. */
export const ROUTER_KIND: RecordKind = {
  path: '/api/devices/routers/',
  label: 'router',
  schemaId: 'Router',
  tags: ['devices'],
  source: ROUTERS,
  table: ROUTER,
  fields: {
    name: name(255),
    hostname: name(255),
    platform: reference.nullable(),
    status: choice(STATES),
    description: text(200),
    primary_ip4: address(4).nullable(),
    primary_ip6: address(6).nullable(),
    site: name(100).nullable(),
    tags,
    custom_fields: document,
    local_context_data: document.nullable(),
    comments: text(10_000),
  },
  defaults: {
    ...{ hostname: undefined, platform: null, status: 'enabled', description: '', comments: '' },
    ...{ primary_ip4: null, primary_ip6: null, site: null },
    ...{ tags: [], custom_fields: {}, local_context_data: null },
  },
  derive: async (_knex, { name, hostname = name }) => ({ hostname, state: 'local' }),
  around: watchRouter,
};
