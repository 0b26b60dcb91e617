/** Thrown when something of the embedded engine cannot be found or started. The message says which setting helps. */
export class EngineError extends Error {
  override readonly name: string = 'EngineError';
}

/** Thrown when a port that was asked for is taken. The message names the setting that changes it. */
export class PortInUseError extends EngineError {
  override readonly name = 'PortInUseError';

  constructor(
    readonly port: number,
    readonly setting: string,
    use: string,
  ) {
    super(`port ${port} of 127.0.0.1, for ${use}, is in use: expected a free one; set ${setting} to another`);
  }
}
