import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { errorCode } from '../config/error-code';

const DEADLOCK_DETECTED = '40P01';
/** Whoever is ended makes way for the other: once more is nearly always enough. */
const TRIES = 8;
/** Those who were ended at the same time do not begin again at the same time. */
const LONGEST_PAUSE_MS = 100;

const isDeadlock = (error: unknown): boolean => errorCode(error) === DEADLOCK_DETECTED;

/**
 * Does work in a transaction; from the beginning where PostgreSQL ended it to let another one go on (a deadlock), or where
 * it failed with an error that means the same to the caller.
 */
export async function transact<T>(
  knex: Knex,
  work: (trx: Knex.Transaction) => Promise<T>,
  meansAgain: (error: unknown) => boolean = () => false,
): Promise<T> {
  for (let tries = 1; ; tries++)
    try {
      return await knex.transaction(work);
    } catch (error) {
      if (tries === TRIES || !(isDeadlock(error) || meansAgain(error))) throw error;
      await sleep(Math.random() * LONGEST_PAUSE_MS);
    }
}
