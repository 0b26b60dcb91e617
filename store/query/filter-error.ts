/** Thrown when the parameters of a list are not usable: texts by parameter. */
export class FilterError extends Error {
  override readonly name = 'FilterError';

  constructor(readonly errors: Readonly<Record<string, readonly string[]>>) {
    super(
      Object.entries(errors)
        .map(([name, texts]) => `${name}: ${texts.join(', ')}`)
        .join('; '),
    );
  }
}
