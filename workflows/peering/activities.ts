/** What publications of the PeeringDB cache mean to own records of peering. */
export interface PeeringActivities {
  /**
   * Renews what own records know of PeeringDB, once for each publication: links of connections, exchanges and hidden
   * peers, and the values of autonomous systems that follow it. What changed is kept with the synchronisation; here it is
   * only counted.
   */
  renewRecords(input: { readonly synchronisation: number }): Promise<RenewedCounts>;
}

/** How many records a renewal changed. */
export interface RenewedCounts {
  readonly links: number;
  readonly autonomous_systems: number;
}
