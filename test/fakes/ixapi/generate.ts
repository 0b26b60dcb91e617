import { createRng } from '../peeringdb/rng';
import { createBook, type Book } from './book';
import { addAccounts, SUB_ACCOUNT } from './generate/accounts';
import { CASES } from './generate/cases';
import { addCircuits } from './generate/circuits';
import { addMember, plainCase } from './generate/members';
import { addPlaces } from './generate/places';
import { addRouted } from './generate/routed';
import { addExchange, DEFAULT_EXCHANGES, type ExchangeOptions } from './generate/services';
import { OTHER_ACCOUNT, OUR_ACCOUNT } from './keys';

export interface DataOptions {
  /** 1 by default. */
  readonly seed?: number;
  /**
   * Configurations of exchange LANs that our key sees, 24 by default. The first are one for each thing that can be
   * special (`state.cases`), the rest are as most are, every fourth of them of an account that ours manages.
   */
  readonly configs?: number;
  /** Names of the special ones that are there; all by default. */
  readonly cases?: readonly string[];
  /** Accounts that have nothing to do with us, besides the neighbour; 5 by default. */
  readonly strangers?: number;
  /** Configurations of the neighbour; 3 by default. */
  readonly foreign?: number;
  readonly exchanges?: readonly ExchangeOptions[];
  /** OUR_ACCOUNT by default. */
  readonly account?: string;
  /** Our AS number; 64500 by default. */
  readonly asn?: number;
}

/** Makes up an exchange; the same options make the same one. */
export function generate(options: DataOptions): Book {
  const { seed = 1, configs = 24, strangers = 5, foreign = 3, asn = 64_500 } = options;
  const book = createBook(options.account ?? OUR_ACCOUNT);
  const rng = createRng(seed);
  addPlaces(book);
  addAccounts(book, asn, strangers);
  const exchanges = (options.exchanges ?? DEFAULT_EXCHANGES).map((exchange) => addExchange(book, exchange));
  const context = { book, seed, exchanges };
  const special = CASES.filter(({ name }) => options.cases?.includes(name) ?? true);
  for (let n = 0; n < configs; n += 1) {
    const { account } = n % 4 === 3 ? { account: SUB_ACCOUNT } : { account: book.account };
    addMember(context, special[n] ?? { ...plainCase(n, rng, exchanges.length), account });
  }
  for (let n = 0; n < foreign; n += 1) addMember(context, { name: `foreign-${n + 1}`, account: OTHER_ACCOUNT });
  addCircuits(book, seed);
  addRouted(book, exchanges[0]!);
  return book;
}
