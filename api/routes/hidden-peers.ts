import type { Knex } from 'knex';
import { z } from 'zod';
import {
  createHiddenPeer,
  deleteHiddenPeer,
  HiddenPeerExistsError,
  unknownReferences,
  updateHiddenPeer,
  type HiddenPeer,
} from '../../store/peeringdb/hidden-peers';
import { HIDDEN_PEERS } from '../../store/peeringdb/lists';
import { findRecord } from '../../store/query/list';
import { endpoint, type Endpoint } from '../http/endpoint';
import { rowSchema } from '../http/list';
import { listEndpoint } from '../http/read-list';
import { idParams, peeringdbId, text, time } from '../http/schemas';
import { invalidRequest, notFound, Problem } from '../problem';

const PATH = '/api/peeringdb/hidden-peers/';
const ONE = `${PATH}{id}/`;
const TAGS = ['peeringdb'];
const schema = rowSchema(HIDDEN_PEERS, 'HiddenPeer');

const fields = { peeringdb_network: peeringdbId, peeringdb_ixlan: peeringdbId };
const body = z.strictObject({ ...fields, until: time.nullable().default(null), comments: text(10_000).default('') });
const patch = z.strictObject({ ...fields, until: time.nullable(), comments: text(10_000) }).partial();

/** Only what was given, so that nothing is set to nothing. */
const given = (peer: z.output<typeof patch>): Partial<HiddenPeer> =>
  Object.fromEntries(Object.entries(peer).filter(([, value]) => value !== undefined));

async function checkReferences(knex: Knex, peer: Partial<HiddenPeer>): Promise<void> {
  const unknown = await unknownReferences(knex, peer);
  if (unknown.length === 0) return;
  const errors = unknown.map((field) => [field, [`the PeeringDB cache has no record ${peer[field] ?? ''}`]] as const);
  throw invalidRequest(Object.fromEntries(errors));
}

async function unlessHidden<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof HiddenPeerExistsError) throw new Problem('conflict', error.message, { cause: error });
    throw error;
  }
}

async function record(knex: Knex, id: number): Promise<Record<string, unknown>> {
  const row = await findRecord(knex, HIDDEN_PEERS, id);
  if (!row) throw notFound('hidden peer', id);
  return row;
}

async function change(knex: Knex, id: number, peer: Partial<HiddenPeer>, now: Date): Promise<Record<string, unknown>> {
  await checkReferences(knex, peer);
  if (!(await unlessHidden(updateHiddenPeer(knex, id, peer, now)))) throw notFound('hidden peer', id);
  return record(knex, id);
}

const common = { tags: TAGS, scope: 'write' } as const;
const changed = { 200: { description: 'The record afterwards', schema } };

function writeRoutes(knex: Knex): Endpoint[] {
  return [
    endpoint({
      ...common,
      method: 'post',
      path: PATH,
      summary: 'Hide a network among the available peers of an exchange',
      creates: true,
      request: { body },
      responses: { 201: { description: 'The record', schema }, 409: { description: 'It is hidden already' } },
      handler: async ({ body: peer }, { now, baseUrl }) => {
        await checkReferences(knex, peer);
        const id = await unlessHidden(createHiddenPeer(knex, peer, now));
        return { status: 201, headers: { Location: `${baseUrl}${PATH}${id}/` }, body: await record(knex, id) };
      },
    }),
    endpoint({
      ...common,
      method: 'put',
      path: ONE,
      summary: 'Replace a hidden peer',
      request: { params: idParams, body },
      responses: changed,
      handler: async ({ params: { id }, body: peer }, { now }) => ({ body: await change(knex, id, peer, now) }),
    }),
    endpoint({
      ...common,
      method: 'patch',
      path: ONE,
      summary: 'Change some fields of a hidden peer',
      request: { params: idParams, body: patch },
      responses: changed,
      handler: async ({ params: { id }, body: peer }, { now }) => ({ body: await change(knex, id, given(peer), now) }),
    }),
    endpoint({
      ...common,
      method: 'delete',
      path: ONE,
      summary: 'Show a hidden peer again',
      request: { params: idParams },
      responses: { 204: { description: 'It is gone' } },
      handler: async ({ params: { id } }) => {
        if (!(await deleteHiddenPeer(knex, id))) throw notFound('hidden peer', id);
        return { status: 204 };
      },
    }),
  ];
}

/** Networks that are not to be shown among the available peers of an exchange. */
export function createHiddenPeerRoutes({ knex }: { readonly knex: Knex }): Endpoint[] {
  return [
    listEndpoint(knex, { path: PATH, summary: 'Hidden peers', tags: TAGS, source: HIDDEN_PEERS, schema }),
    endpoint({
      method: 'get',
      path: ONE,
      summary: 'One hidden peer',
      tags: TAGS,
      scope: 'read',
      request: { params: idParams },
      responses: { 200: { description: 'The record', schema } },
      handler: async ({ params: { id } }) => ({ body: await record(knex, id) }),
    }),
    ...writeRoutes(knex),
  ];
}
