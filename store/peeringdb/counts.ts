/** Rows of one type by what a publication did to them; `quarantined` is how many wait after it. */
export interface Counts {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly quarantined: number;
}

/** Counts of a type in which nothing happened. */
export const unchangedRows = (count: number): Counts => ({
  created: 0,
  updated: 0,
  deleted: 0,
  unchanged: count,
  quarantined: 0,
});

/** Two types' counts together. */
export const add = (a: Counts, b: Counts): Counts => ({
  created: a.created + b.created,
  updated: a.updated + b.updated,
  deleted: a.deleted + b.deleted,
  unchanged: a.unchanged + b.unchanged,
  quarantined: a.quarantined + b.quarantined,
});
