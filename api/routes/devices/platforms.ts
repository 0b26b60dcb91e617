import { z } from 'zod';
import { PLATFORMS } from '../../../store/devices/lists';
import { watchPlatform } from '../../../store/devices/platforms';
import { PLATFORM } from '../../../store/devices/tables';
import { slugOf } from '../../../store/peering/slugs';
import type { RecordKind } from '../../http/records';
import { name, text } from '../../http/schemas';

/** Platforms: what routers run. Those of NetBox's devices are found by their slugs. */
export const PLATFORM_KIND: RecordKind = {
  path: '/api/devices/platforms/',
  label: 'platform',
  schemaId: 'Platform',
  tags: ['devices'],
  source: PLATFORMS,
  table: PLATFORM,
  fields: {
    name: name(100),
    slug: z.string().regex(/^[-a-z0-9_]{1,128}$/i, 'expected letters, digits, hyphens and underscores'),
    description: text(200),
  },
  defaults: { slug: undefined, description: '' },
  derive: async (_knex, { name, slug }) => (slug === undefined ? { slug: slugOf(String(name), 'platform') } : {}),
  around: watchPlatform,
};
