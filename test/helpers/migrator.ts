import { createStore } from '../../store/knex';
import { migrate } from '../../store/migrate';

/** Migrates the database given as argument, in a process of its own that a test can kill. */
const knex = createStore(process.argv[2] ?? '');
void migrate(knex).finally(() => knex.destroy());
