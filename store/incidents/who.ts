/** Who does something, and when. */
export interface Who {
  /** The name of a token, of a source, or of somebody in PagerDuty. */
  readonly actor: string;
  readonly now: Date;
}
