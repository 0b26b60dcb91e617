import type { Knex } from 'knex';
import type { Secret } from '../../config/secret';
import { createStore } from '../../store/knex';

const quiet = (): undefined => undefined;

/** A small pool for one command. Knex says nothing by itself: standard output is for data, and its errors are thrown as well. */
export function openDatabase(url: Secret, command: string): Knex {
  return createStore(url.reveal(), {
    max: 2,
    applicationName: `crossconnect ${command}`,
    log: { warn: quiet, error: quiet, deprecate: quiet, debug: quiet },
  });
}
